"""The document of a credential: PDF/A-3a and PDF/UA-1, made once and kept as it was made.

The sealed record is attached as JSON, so that a file found in fifty years can be read by a
program and held against its seal. In French, whoever reads it: it is the organisation's word.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, time
from io import BytesIO
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import segno
import typst
from django.conf import settings
from django.urls import reverse
from django.utils import translation

from clairevoie import policy
from clairevoie.credentials.models import Credential, Kind, record_of
from clairevoie.lib.canonical import canonical
from clairevoie.lib.speech import day_in_full

_HERE: Final = Path(__file__).parent
_SHEET: Final = _HERE / "certificate.typ"
_STANDARDS: Final[list[typst.PDFStandard]] = ["a-3a", "ua-1"]
_HEADINGS: Final = {
    Kind.PROJECT: "Projet validé",
    Kind.CERTIFICATE: "Certificat",
    Kind.DIPLOMA: "Diplôme",
}
_DEEDS: Final = {
    Kind.PROJECT: "a réalisé, et fait valider par une personne, le projet",
    Kind.CERTIFICATE: "a suivi jusqu’au bout le parcours",
    Kind.DIPLOMA: "a obtenu le diplôme",
}
# What the fonts of the house write; another name is set whole in one font that can.
_LETTERS: Final = frozenset(map(chr, (*range(0x20, 0x7F), *range(0xA0, 0x100), 0x152, 0x153)))
_LETTERS_TOO: Final = frozenset("–—‘’“”…")
# How many characters stand on one line, and the size in points that allows it.
_NAME_SIZES: Final = ((20, 42), (26, 34), (40, 28), (200, 22))
_TITLE_SIZES: Final = ((40, 25), (70, 20), (200, 15))


def address_of(number: str) -> str:
    """Where anybody checks it, in full: what the QR code says."""
    return f"{settings.SITE_URL}{reverse('credentials:verified', args=[number])}"


def print_document(credential: Credential) -> bytes:
    """The PDF of a record that is complete but for its document.

    A name in a script that no font here writes is printed all the same, in a plain PDF: a
    certificate with a poor look is worth more than none.
    """
    try:
        return _compile(credential, standards=_STANDARDS)
    except typst.TypstError:
        return _compile(credential, standards=[])


def _compile(credential: Credential, *, standards: list[typst.PDFStandard]) -> bytes:
    inputs = {
        "record": canonical(record_of(credential)).decode(),
        "look": json.dumps(_look(credential), ensure_ascii=False),
        "qr": _qr(address_of(credential.number)),
    }
    return typst.compile(
        _SHEET,
        root=_HERE,
        font_paths=[_HERE / "fonts"],
        ignore_system_fonts=bool(standards),  # the same file on every machine
        sys_inputs=inputs,
        pdf_standards=standards,
        timestamp=datetime.combine(credential.made_on, time(12), tzinfo=UTC),
        format="pdf",
    )


def _look(credential: Credential) -> dict[str, Any]:
    """Every word around the record, and the sizes that let the longest names stand."""
    kind = Kind(credential.kind)
    heading, issuer, made = _HEADINGS[kind], credential.issuer, credential.made_on
    groups = credential.number.split("-")
    with translation.override("fr"):
        again = "" if made == credential.issued_on else f"Document établi le {day_in_full(made)}"
        issued = day_in_full(credential.issued_on)
    return {
        "heading": heading,
        "description": f"{heading} délivré par {issuer} le {issued}",
        "day": [made.year, made.month, made.day],
        "issuer_kind": "Organisme de formation",
        "opening": f"{issuer} certifie que",
        "did": _DEEDS[kind],
        "plain_name": set(credential.name) <= _LETTERS | _LETTERS_TOO,
        "name_size": _size(credential.name, _NAME_SIZES),
        "title_size": _size(credential.title, _TITLE_SIZES),
        "issued_label": "Délivré le",
        "issued": issued,
        "made": again,
        "number_label": "Numéro",
        "number_lines": ["-".join(groups[:2]), "-".join(groups[2:])],
        "url": address_of(credential.number),
        "check": f"Vérifier ce document sur {urlsplit(settings.SITE_URL).netloc}/verifier",
        "qr_alt": "Code QR de l’adresse où ce document se vérifie",
        "small_print": _small_print(),
        "attachment": "L’enregistrement scellé de ce document",
    }


def _size(text: str, sizes: tuple[tuple[int, int], ...]) -> int:
    return next((size for longest, size in sizes if len(text) <= longest), sizes[-1][1])


def _small_print() -> str:
    """Code du travail, art. L6352-12: what a declaration of activity is not."""
    house = policy.current().organisation
    return (
        f"{house.name}, {house.legal_form} au capital de {house.capital}, {house.street}, "
        f"{house.postcode} {house.town}. SIRET {house.siret}, RCS {house.rcs}. Déclaration "
        f"d’activité enregistrée sous le numéro {house.training_number} auprès de la "
        f"{house.training_authority}\u00a0; cet enregistrement ne vaut pas agrément de l’État. "
        "Ce document se vérifie pendant cinquante ans à compter de sa délivrance."
    )


def _qr(address: str) -> str:
    drawn = BytesIO()
    segno.make(address, error="q", micro=False).save(
        drawn, kind="svg", border=0, dark="#0d3a2d", xmldecl=False, omitsize=True
    )
    return drawn.getvalue().decode()
