"""Badges as pictures that carry their proof (Open Badges 3.0 § 5.3).

The picture shows what was earned and from whom, never by whom: it is made to be shown. The file
holds the whole badge, hence the name. Drawn when it is asked for, and always the same.
"""

from __future__ import annotations

import json
import struct
import zlib
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import typst
from django.utils import translation

from clairevoie.credentials.models import Credential, Kind
from clairevoie.lib.speech import day_in_full

_HERE: Final = Path(__file__).parent
_FONTS: Final = _HERE.parent / "printing" / "fonts"
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_HEADER_ENDS: Final = len(_PNG) + 4 + 4 + 13 + 4  # IHDR: length, name, 13 bytes, sum
_SPACE: Final = "https://purl.imsglobal.org/ob/v3p0"
_HEADINGS: Final = {
    Kind.PROJECT: "Projet validé",
    Kind.CERTIFICATE: "Certificat",
    Kind.DIPLOMA: "Diplôme",
}
_TITLE_SIZES: Final = ((24, 34), (48, 28), (80, 22), (200, 17))  # longest, points


class Picture(StrEnum):
    """The two pictures that the standard knows how to bake."""

    PNG = "png"
    SVG = "svg"


def baked(credential: Credential, picture: Picture) -> bytes:
    """The picture of a badge, with the badge in it."""
    drawn = _drawn(credential, picture)
    if picture is Picture.PNG:
        return baked_png(drawn, credential.badge)
    return baked_svg(drawn, credential.badge)


def baked_png(picture: bytes, badge: str) -> bytes:
    """§ 5.3.1: one iTXt chunk ``openbadgecredential``, not compressed, after the header."""
    # Keyword, end, no compression, method 0, no language, no translated keyword, the text.
    told = b"openbadgecredential\0" + b"\0\0" + b"\0" + b"\0" + badge.encode()
    chunk = b"iTXt" + told
    sized = struct.pack(">I", len(told)) + chunk + struct.pack(">I", zlib.crc32(chunk))
    return picture[:_HEADER_ENDS] + sized + picture[_HEADER_ENDS:]


def baked_svg(picture: bytes, badge: str) -> bytes:
    """§ 5.3.2: an ``openbadges:credential`` element, first in the drawing, with the JSON."""
    opening, closed, rest = picture.decode().partition(">")
    data = badge.replace("]]>", "]]]]><![CDATA[>")
    element = f"<openbadges:credential><![CDATA[{data}]]></openbadges:credential>"
    return f'{opening} xmlns:openbadges="{_SPACE}"{closed}{element}{rest}'.encode()


def _drawn(credential: Credential, picture: Picture) -> bytes:
    drawn: Any = typst.compile(
        _HERE / "badge.typ",
        root=_HERE,
        font_paths=[_FONTS],
        ignore_system_fonts=True,  # the same picture on every machine
        sys_inputs={"look": json.dumps(_look(credential), ensure_ascii=False)},
        format=picture.value,
        ppi=144,
    )
    return bytes(drawn)


def _look(credential: Credential) -> dict[str, Any]:
    title = credential.title
    with translation.override("fr"):  # as the certificate is: it is the organisation's word
        issued = day_in_full(credential.issued_on)
    return {
        "heading": _HEADINGS[Kind(credential.kind)],
        "title": title,
        "title_size": next((size for most, size in _TITLE_SIZES if len(title) <= most), 15),
        "issuer": credential.issuer,
        "issued": issued,
    }
