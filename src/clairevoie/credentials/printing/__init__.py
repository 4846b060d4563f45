"""The document of a credential: PDF/A-3a and PDF/UA-1, made once and kept as it was made.

The sealed record is attached as JSON, so that a file found in fifty years can be read by a
program and held against its seal. In French, whoever reads it: it is the organisation's word.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
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
# What the fonts of the house write: Latin letters of Europe and of Vietnam. Another name is set
# whole in one font: Greek and Cyrillic in one of typst's own, all others in those of the server.
_LATIN: Final = frozenset(
    chr(place)
    for first, last in ((0x20, 0x7E), (0xA0, 0x17E), (0x218, 0x21B), (0x1EA0, 0x1EF9))
    for place in range(first, last + 1)
).union("ƠơƯư–—‘’“”…") - frozenset("¤\xadĈĉĔĕĜĝĤĥĬĭĴĵĸĿŀŉŎŏŜŝŢţŦŧ")
_OTHER_ALPHABETS: Final = ("LATIN", "GREEK", "CYRILLIC")
# How many characters stand on one line, and the size in points that allows it.
_NAME_SIZES: Final = ((20, 42), (26, 34), (40, 28), (200, 22))
_TITLE_SIZES: Final = ((40, 25), (90, 20), (200, 16))
_NAME_ELSEWHERE: Final = "la personne nommée à l’adresse ci-contre"
_INCOMPLETE: Final = "document incomplet"  # among the keywords of the file


@dataclass(frozen=True, slots=True)
class Sheet:
    """A document as printed; ``whole`` when every sign of the name and of the title is on it."""

    content: bytes
    whole: bool


def address_of(number: str) -> str:
    """Where anybody checks it, in full: what the QR code says."""
    return f"{settings.SITE_URL}{reverse('credentials:verified', args=[number])}"


def print_document(credential: Credential) -> Sheet:
    """The PDF of a record that is complete but for its document.

    A name that no font at hand writes stops nothing and is never boxes: the sheet says where it
    is read instead, is no less valid, and is not ``whole``. A title with such a sign has a box.
    """
    name = unicodedata.normalize("NFC", credential.name)
    if _comes_with_us(name):
        content = _compiled(credential, name)
        if content:
            return Sheet(content, whole=True)
    content = _compiled(credential, name, server=True)
    if content:
        return Sheet(content, whole=True)
    content = _compiled(credential, "") or _compiled(credential, name, server=True, boxes=True)
    assert content, "without a standard to keep to, typst writes anything"
    return Sheet(content, whole=False)


def is_whole(content: bytes) -> bool:
    """A printed file says all that its record says."""
    return _INCOMPLETE.encode() not in content


def unwritten(samples: Mapping[str, str]) -> list[str]:
    """Of these scripts, each with a few of its signs, those that no font of this server writes."""
    return [
        script
        for script, signs in samples.items()
        if not _typeset(_HERE / "sample.typ", {"signs": signs}, server=True)
    ]


def _comes_with_us(name: str) -> bool:
    """The fonts that come with us write it well, on every machine alike."""
    others = set(name) - _LATIN
    return all(unicodedata.name(sign, "").startswith(_OTHER_ALPHABETS) for sign in others)


def _compiled(
    credential: Credential, name: str, *, server: bool = False, boxes: bool = False
) -> bytes | None:
    """``name`` is empty where it is read elsewhere. None where a font is missing."""
    inputs = {
        "record": canonical(record_of(credential)).decode(),
        "look": json.dumps(_look(credential, name, whole=bool(name) and not boxes)),
        "qr": _qr(address_of(credential.number)),
    }
    at = datetime.combine(credential.made_on, time(12), tzinfo=UTC)
    return _typeset(_SHEET, inputs, server=server, boxes=boxes, at=at)


def _typeset(
    sheet: Path,
    inputs: dict[str, str],
    *,
    server: bool,
    boxes: bool = False,
    at: datetime | None = None,
) -> bytes | None:
    """PDF/A-3a and PDF/UA-1, of which both refuse a sign without a shape: then None.

    With ``server`` its own fonts are tried too; ``boxes`` keeps to no standard and to no shape.
    """
    try:
        return typst.compile(
            sheet,
            root=_HERE,
            font_paths=[_HERE / "fonts"],
            ignore_system_fonts=not server,  # the same file on every machine
            sys_inputs=inputs,
            pdf_standards=[] if boxes else _STANDARDS,
            timestamp=at,
            format="pdf",
        )
    except typst.TypstError:
        if boxes:
            raise
        return None


def _look(credential: Credential, name: str, *, whole: bool) -> dict[str, Any]:
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
        "name": name or _NAME_ELSEWHERE,
        "keywords": [credential.title, credential.number, *([] if whole else [_INCOMPLETE])],
        "name_in": "house"
        if set(name) <= _LATIN
        else "typst"
        if _comes_with_us(name)
        else "server",
        "name_size": _size(name, _NAME_SIZES) if name else 20,
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
