"""Pictures that travel inside a mail: nobody is asked for them when it is opened.

Their bytes stand with whoever wrote the letter: the app above teaches this one where to find
them, by their random numbers (RFC 2392: ``cid:``).
"""

from __future__ import annotations

import re
from base64 import encodebytes
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from html import unescape
from typing import Final
from uuid import UUID

from django.conf import settings

_AT: Final = "clairevoie"
_NAMED: Final = re.compile(rf"cid:([0-9a-f]{{32}})@{_AT}")
_SHOWN: Final = re.compile(r'<img(?:\s+[\w-]+="[^"]*")*\s*/?>')
_ALT: Final = re.compile(r'\salt="([^"]*)"')
# Whose API has no place for a picture inside the words (django-anymail refuses «inline» there).
_BARE: Final = ("brevo", "postal", "scaleway")


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosure:
    """One picture as it leaves."""

    uuid: UUID
    name: str
    kind: str  # image/png
    content: bytes

    @property
    def number(self) -> str:
        """Its Content-ID."""
        return f"{self.uuid.hex}@{_AT}"

    def part(self) -> bytes:
        """Its part of the mail, from its headers on."""
        return b"\r\n".join(
            [
                b"Content-Type: " + self.kind.encode("ascii"),
                b"Content-Transfer-Encoding: base64",
                b"Content-ID: <" + self.number.encode("ascii") + b">",
                b'Content-Disposition: inline; filename="' + self.name.encode("ascii") + b'"',
                b"",
                encodebytes(self.content).replace(b"\n", b"\r\n"),
            ]
        )


Finder = Callable[[Collection[UUID]], Collection[Enclosure]]
_finders: list[Finder] = []


def enclosures_from(finder: Finder) -> Finder:
    """Teach this app where pictures are: ``finder`` gives those of some random numbers."""
    _finders.append(finder)
    return finder


def enclosed_address(uuid: UUID) -> str:
    """What the HTML of a letter calls a picture that goes with it."""
    return f"cid:{uuid.hex}@{_AT}"


def enclosed_in(html: str) -> tuple[Enclosure, ...]:
    """The pictures that a letter shows, in its order; one query a finder, none without."""
    numbers = list(dict.fromkeys(UUID(found) for found in _NAMED.findall(html)))
    if not numbers:
        return ()
    known: Mapping[UUID, Enclosure] = {
        each.uuid: each for finder in _finders for each in finder(numbers)
    }
    return tuple(known[number] for number in numbers if number in known)


def are_carried() -> bool:
    """Whether the way that mail takes carries pictures: one provider's API does not."""
    return settings.CLAIREVOIE_MAIL_PROVIDER.replace("-", "_") not in _BARE


def described(html: str) -> str:
    """The same letter with what its pictures show, said in words where they stood."""

    def said(image: re.Match[str]) -> str:
        alt = _ALT.search(image[0])
        return f"<em>[{alt[1]}]</em>" if alt and _NAMED.search(unescape(image[0])) else image[0]

    return _SHOWN.sub(said, html)
