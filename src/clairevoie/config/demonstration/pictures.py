"""Drawn for the demonstration: a lattice a person, and the picture of a letter."""

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


_FIGURES = (41, 42, 43, 44, 45)


def draw_two_charts() -> bytes:
    """The same figures twice, as a PNG: on an axis that is cut, and on one that begins at zero."""
    picture = Image.new("RGB", (1_152, 480), "#f6f7f2")
    pen = ImageDraw.Draw(picture)
    for left, least, colour in ((64, 39, "#a12622"), (640, 0, "#0a6650")):
        for place, figure in enumerate(_FIGURES):
            height = 340 * (figure - least) / (max(_FIGURES) - least)
            start = left + 32 + place * 80
            pen.rectangle((start, 400 - height, start + 48, 400), fill=colour)
        pen.line([(left, 40), (left, 400), (left + 448, 400)], fill="#14211c", width=4)
        if least:  # the sign of an axis that was cut
            pen.rectangle((left - 6, 368, left + 6, 384), fill="#f6f7f2")
            pen.line([(left - 14, 388), (left + 14, 378)], fill="#14211c", width=4)
            pen.line([(left - 14, 372), (left + 14, 362)], fill="#14211c", width=4)
    written = BytesIO()
    picture.save(written, "PNG")
    return written.getvalue()
