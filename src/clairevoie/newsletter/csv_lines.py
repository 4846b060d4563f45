"""A file of addresses, line by line: what each says, or why it says nothing we can take.

One line is one person. Each is decoded and read by itself, so that a broken one costs nothing
to the others; nothing is ever held but the line at hand.
"""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import IO

from django.utils.translation import gettext_lazy as _

from clairevoie.lib.contact import EMAIL, NotAContact, normalise

LONGEST_LINE = 8_192  # bytes
LONGEST_ADDRESS = 254  # RFC 5321
LONGEST_TEXT = 2_000
_INVISIBLE = ("Cc", "Cf", "Zl", "Zp")  # but for tabs that stand between columns


class Reason(StrEnum):
    """Why a line was not taken."""

    ENCODING = "encoding"
    LONG = "long"
    CONTROL = "control"
    QUOTES = "quotes"
    COLUMNS = "columns"
    EMAIL = "email"
    DATE = "date"
    OLD = "old"
    PROOF = "proof"
    TWICE = "twice"
    KNOWN = "known"
    REFUSED = "refused"


SENTENCES = {
    Reason.ENCODING: _("Cette ligne n’est pas en UTF-8."),
    Reason.LONG: _("Cette ligne est trop longue."),
    Reason.CONTROL: _("Cette ligne contient un caractère invisible."),
    Reason.QUOTES: _("Un guillemet ouvert n’est pas fermé sur la ligne."),
    Reason.COLUMNS: _("Le nombre de colonnes n’est pas celui de la première ligne."),
    Reason.EMAIL: _("Ce n’est pas une adresse e-mail."),
    Reason.DATE: _("La date n’existe pas, ou n’est pas encore passée."),
    Reason.OLD: _("L’accord date de plus de trois ans."),
    Reason.PROOF: _("Le texte accepté est vide ou trop long."),
    Reason.TWICE: _("Cette adresse est déjà plus haut dans le fichier."),
    Reason.KNOWN: _("Cette adresse est déjà abonnée."),
    Reason.REFUSED: _("Cette personne ne veut plus recevoir la lettre."),
}
COLUMNS = ("email", "source", "date", "texte")
_HEADINGS = {"e-mail": "email", "mail": "email", "adresse": "email", "origine": "source"}


class NoAddresses(Exception):
    """La première ligne doit nommer les colonnes, dont « email »."""

    field = "file"


@dataclass(frozen=True, slots=True)
class Line:
    """One person of the file: what is empty is said for the whole file."""

    number: int
    email: str
    normalised: str
    source: str
    on: date | None
    text: str


@dataclass(frozen=True, slots=True)
class Broken:
    """One line that cannot be taken."""

    number: int
    reason: Reason


@dataclass(frozen=True, slots=True)
class Layout:
    """What the first line says: the columns in their order, and what stands between them."""

    columns: tuple[str, ...]
    delimiter: str


def layout_of(first: bytes) -> Layout:
    """Raises :class:`NoAddresses`. A bare list of addresses needs no first line."""
    try:
        heading = first.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        raise NoAddresses from None
    if "@" in heading:
        return Layout(("email",), ",")
    delimiter = max(";,\t", key=heading.count)
    names = [name.strip().strip('"').lower() for name in heading.split(delimiter)]
    columns = tuple(_HEADINGS.get(name, name) for name in names)
    if columns.count("email") != 1:
        raise NoAddresses
    return Layout(columns, delimiter)


def lines_of(file: IO[bytes], layout: Layout, *, first: int) -> Iterator[tuple[int, bytes]]:
    """(number, bytes) of each line that is not empty, from where ``file`` stands."""
    number = first
    while raw := file.readline(LONGEST_LINE + 1):
        whole = raw
        while len(raw) > LONGEST_LINE and not raw.endswith(b"\n"):
            raw = file.readline(LONGEST_LINE + 1)
        if whole.strip():
            yield number, whole
        number += 1


def read_line(number: int, raw: bytes, layout: Layout, *, on: date) -> Line | Broken:
    """What one line says on the day ``on``."""
    try:
        return _read(number, raw, layout, on=on)
    except UnicodeDecodeError:
        return Broken(number, Reason.ENCODING)
    except csv.Error:
        return Broken(number, Reason.QUOTES)
    except _Refused as refusal:
        return Broken(number, refusal.reason)


class _Refused(Exception):
    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


def _read(number: int, raw: bytes, layout: Layout, *, on: date) -> Line:
    if len(raw) > LONGEST_LINE:
        raise _Refused(Reason.LONG)
    text = raw.decode("utf-8-sig").rstrip("\r\n")
    if not text.isprintable() and any(
        unicodedata.category(s) in _INVISIBLE for s in text.replace(layout.delimiter, " ")
    ):
        raise _Refused(Reason.CONTROL)
    (cells,) = csv.reader([text], delimiter=layout.delimiter, strict=True)
    if len(cells) != len(layout.columns):
        raise _Refused(Reason.COLUMNS)
    said = dict(zip(layout.columns, (cell.strip() for cell in cells), strict=True))
    if len(said.get("texte", "")) > LONGEST_TEXT:
        raise _Refused(Reason.PROOF)
    return Line(
        number=number,
        email=said["email"],
        normalised=_address(said["email"]),
        source=said.get("source", "")[:64],
        on=_day(said.get("date", ""), on=on),
        text=said.get("texte", ""),
    )


def _address(typed: str) -> str:
    try:
        if len(typed) > LONGEST_ADDRESS:
            raise NotAContact
        return normalise(EMAIL, typed)
    except NotAContact:
        raise _Refused(Reason.EMAIL) from None


def _day(typed: str, *, on: date) -> date | None:
    if not typed:
        return None
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            day = datetime.strptime(typed, form).date()  # noqa: DTZ007  # a day has no zone
        except ValueError:
            continue
        if day <= on:
            return day
    raise _Refused(Reason.DATE)
