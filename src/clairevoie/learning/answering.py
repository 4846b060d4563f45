"""Marking: an answer against what its exercise accepts. Pure, and the same whenever it is asked.

Points are whole numbers (docs/reference/content-format.md): one for a single choice, a word or a
number; one for each right choice, less one for each wrong one that was ticked, never below zero;
one for each item in its place; one for each blank.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from unicodedata import combining, normalize

from clairevoie.learning.content.exercises import (
    Choices,
    Definition,
    Fill,
    Numeric,
    Order,
    Short,
)

LONGEST: Final = 200  # characters: a pattern is matched in a time that grows with their square

# What keyboards, telephones and word processors put in the place of plain signs.
_PLAIN: Final = str.maketrans(
    {
        **dict.fromkeys("\u00a0\u202f\u2009\u2007\u2002\u2003\t\r\n", " "),
        **dict.fromkeys("\u2019\u2018\u02bc\u2032", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u2033", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"),
        "œ": "oe",
        "Œ": "OE",
        "æ": "ae",
        "Æ": "AE",
        "…": "...",
    }
)
_NUMBER: Final = re.compile(r"([+-]?)(\d[\d.,]*|[.,]\d+)(?:e([+-]?\d{1,3}))?", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What somebody answered: in their words, and, of what was offered, which (ranks).

    Words are kept beside ranks so that a person's copy of their data can be read.
    """

    said: tuple[str, ...]
    picked: tuple[int, ...] = ()

    def stored(self) -> dict[str, list[Any]]:
        """As ``Attempt.answer`` holds it."""
        return {"said": list(self.said), "picked": list(self.picked)}


def given_from(stored: dict[str, list[Any]]) -> Given | None:
    """What :meth:`Given.stored` made; None where another tool reported points alone."""
    if not stored.get("said"):
        return None
    return Given(said=tuple(stored["said"]), picked=tuple(stored["picked"]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """``parts`` says which of the picked choices, of the items or of the blanks are right."""

    points: int
    out_of: int
    parts: tuple[bool, ...] = ()

    @property
    def is_right(self) -> bool:
        return self.points == self.out_of


def mark(definition: Definition, given: Given) -> Mark:
    """The points of ``given``, which :mod:`clairevoie.learning.asking` has read and checked."""
    match definition:
        case Choices():
            return _choices(definition, given.picked)
        case Short():
            return _one(right=_is_said(given.said[0], definition.answers, definition.pattern))
        case Numeric():
            return _one(right=_is_near(given.said[0], definition))
        case Order():
            return _each(tuple(rank == item for rank, item in enumerate(given.picked)))
        case Fill():
            pairs = zip(given.said, definition.blanks, strict=True)
            return _each(tuple(_is_said(words, accepted) for words, accepted in pairs))


def _one(*, right: bool) -> Mark:
    return Mark(points=int(right), out_of=1, parts=(right,))


def _each(parts: tuple[bool, ...]) -> Mark:
    return Mark(points=sum(parts), out_of=len(parts), parts=parts)


def _choices(definition: Choices, picked: tuple[int, ...]) -> Mark:
    parts = tuple(definition.choices[rank].right for rank in picked)
    out_of = sum(choice.right for choice in definition.choices)
    return Mark(points=max(0, 2 * sum(parts) - len(parts)), out_of=out_of, parts=parts)


# --- Words --------------------------------------------------------------------------------------


def plain(text: str) -> str:
    """The same words with plain signs: ``l’été`` and ``l'été``; « 1 000 » and « 1 000 »."""
    return normalize("NFC", text).translate(_PLAIN).strip()


def _unaccented(text: str) -> str:
    return "".join(sign for sign in normalize("NFKD", text) if not combining(sign))


def _bare(text: str) -> str:
    """Without case, accents, spaces and the full stop that a telephone adds."""
    return "".join(_unaccented(plain(text)).casefold().split()).removesuffix(".")


def _is_said(words: str, accepted: Iterable[str], pattern: str = "") -> bool:
    bare = _bare(words)
    if not bare or len(words) > LONGEST:
        return False
    if any(bare == _bare(answer) or _same_number(words, answer) for answer in accepted):
        return True
    ways = {plain(words), _unaccented(plain(words))}
    # One sign may stand for eighteen plain ones: they are counted again.
    return bool(pattern) and any(
        len(way) <= LONGEST and re.fullmatch(pattern, way, re.IGNORECASE) for way in ways
    )


# --- Numbers ------------------------------------------------------------------------------------


def numbers_in(words: str, unit: str = "") -> tuple[Decimal, ...]:
    """What the words may mean as a number, with or without its unit; empty where they mean none.

    « 12,5 » and « 12.5 », « 1 234,5 » and « 1,234.5 ». « 1,234 » is read both ways, as the French
    and as the English write it.
    """
    text = _bare(words) if unit else "".join(plain(words).split())
    if unit:
        text = text.removesuffix(_bare(unit).removesuffix("s") + "s")
        text = text.removesuffix(_bare(unit).removesuffix("s"))
    found = _NUMBER.fullmatch(text)
    if found is None:
        return ()
    sign, digits, exponent = found[1], found[2], found[3] or "0"
    readings = dict.fromkeys(_readings(digits))
    return tuple(Decimal(f"{sign}{reading}e{exponent}") for reading in readings)


def _readings(digits: str) -> Iterable[str]:
    """``1,234`` → ``1.234`` and ``1234``."""
    marks = [sign for sign in digits if sign in ".,"]
    if not marks:
        return [digits]
    if len(set(marks)) == 2:
        whole, last, rest = digits.rpartition(marks[-1])
        is_one = last not in whole and _is_grouped(whole, marks[0])
        return [f"{whole.replace(marks[0], '')}.{rest}"] if is_one else []
    readings = []
    if len(marks) == 1:
        readings.append(digits.replace(marks[0], "."))
    if _is_grouped(digits, marks[0]):
        readings.append(digits.replace(marks[0], ""))
    return readings


def _is_grouped(digits: str, separator: str) -> bool:
    """Thousands stand three by three."""
    first, *groups = digits.split(separator)
    return 1 <= len(first) <= 3 and first != "0" and all(len(group) == 3 for group in groups)


def _is_near(words: str, definition: Numeric) -> bool:
    answer, tolerance = Decimal(repr(definition.answer)), Decimal(repr(definition.tolerance))
    readings = numbers_in(words, definition.unit)
    return any(abs(reading - answer) <= tolerance for reading in readings)


def _same_number(words: str, answer: str) -> bool:
    """« 12.50 » is « 12,5 »."""
    return not set(numbers_in(words)).isdisjoint(numbers_in(answer))
