"""Avatars drawn for the demonstration: a lattice in the colours of the house, one a person."""

from __future__ import annotations

import hashlib
from io import BytesIO

from PIL import Image, ImageDraw

_SIDE, _STEP, _BAR = 512, 64, 14
_PAIRS = (
    ("#0a6650", "#dff3e4"),
    ("#7a4d00", "#f8edd3"),
    ("#2a5578", "#e2edf6"),
    ("#6b3fa0", "#ece3f6"),
    ("#a12622", "#fae7e4"),
    ("#14211c", "#cbd2ca"),
)


def draw(name: str) -> bytes:
    """A PNG that is always the same for ``name``."""
    seed = hashlib.sha256(name.encode()).digest()
    dark, light = _PAIRS[seed[0] % len(_PAIRS)]
    picture = Image.new("RGB", (_SIDE, _SIDE), light)
    pen = ImageDraw.Draw(picture)
    for row in range(_SIDE // _STEP):
        for column in range(_SIDE // _STEP):
            mirrored = min(column, _SIDE // _STEP - 1 - column)
            _lath(
                pen,
                row,
                column,
                leans=seed[(1 + row * 4 + mirrored) % len(seed)] % 2 == 0,
                colour=dark,
            )
    written = BytesIO()
    picture.save(written, "PNG")
    return written.getvalue()


def _lath(pen: ImageDraw.ImageDraw, row: int, column: int, *, leans: bool, colour: str) -> None:
    left, top = column * _STEP, row * _STEP
    start = (left, top) if leans else (left, top + _STEP)
    end = (left + _STEP, top + _STEP) if leans else (left + _STEP, top)
    pen.line([start, end], fill=colour, width=_BAR)
