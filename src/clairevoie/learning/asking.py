"""Asking: what a learner is shown of an exercise, and reading back what they sent.

Choices and items are shuffled, always the same way for one learner; a form sends ranks as they
were shown, so that a page says nothing of the order in which its author wrote.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from random import Random
from typing import Final
from uuid import UUID

from clairevoie.learning.answering import LONGEST, Given, numbers_in, plain
from clairevoie.learning.content.exercises import (
    Choices,
    Definition,
    Fill,
    Numeric,
    Order,
    Short,
)
from clairevoie.learning.models import Kind

_TAG: Final = re.compile(r"<[^>]+>")


class AnswerRefused(Exception):
    """Cette réponse ne peut pas être lue."""

    def __init__(self, field: str = "") -> None:
        super().__init__(field)
        self.field = field  # of the form


class NothingAnswered(AnswerRefused):
    """Répondez avant de valider."""


class NothingChosen(AnswerRefused):
    """Choisissez une réponse avant de valider."""


class NotOffered(AnswerRefused):
    """Cette réponse ne fait pas partie de celles qui sont proposées."""


class TooLong(AnswerRefused):
    """Une réponse compte 200 caractères au plus."""


class NotANumber(AnswerRefused):
    """Écrivez un nombre seul, comme « 12,5 »."""


class NotRanked(AnswerRefused):
    """Donnez un rang à chaque élément : chaque rang sert une fois."""


@lru_cache(maxsize=4096)
def shuffled(count: int, *, enrolment: UUID, code: str) -> tuple[int, ...]:
    """Rank shown → rank in the definition; never as the author wrote, where there are three."""
    order = list(range(count))
    Random(sha256(f"{enrolment} {code}".encode()).digest()).shuffle(order)  # noqa: S311  # no secret
    if count > 2 and order == sorted(order):
        order.append(order.pop(0))
    return tuple(order)


def order_shown(definition: Definition, *, enrolment: UUID, code: str) -> tuple[int, ...]:
    """Empty where nothing is offered."""
    match definition:
        case Choices():
            return shuffled(len(definition.choices), enrolment=enrolment, code=code)
        case Order():
            return shuffled(len(definition.items), enrolment=enrolment, code=code)
        case _:
            return ()


# --- Reading what was sent ----------------------------------------------------------------------


def fields_of(definition: Definition) -> tuple[str, ...]:
    """The names that the form of an exercise sends."""
    match definition:
        case Order():
            return tuple(f"rang-{shown}" for shown in range(1, len(definition.items) + 1))
        case Fill():
            return tuple(f"trou-{blank}" for blank in range(1, len(definition.blanks) + 1))
        case _:
            return ("reponse",)


def read(
    kind: str, definition: Definition, order: tuple[int, ...], sent: Mapping[str, list[str]]
) -> Given:
    """What the form says; ``order`` is :func:`order_shown`. Raises :class:`AnswerRefused`."""
    fields = fields_of(definition)
    values = [[_visible(value) for value in sent.get(name, [])] for name in fields]
    for name, given in zip(fields, values, strict=True):
        if any(len(value) > LONGEST for value in given):
            raise TooLong(name)
    match definition:
        case Choices():
            return _picked(definition, order, values[0], several=kind == Kind.MULTIPLE)
        case Short():
            return Given(said=(_word(fields[0], values[0]),))
        case Numeric():
            return _number(definition, fields[0], values[0])
        case Order():
            return _ranked(definition, order, fields, values)
        case Fill():
            return _filled(fields, values)


def _visible(value: str) -> str:
    """Without control characters, which PostgreSQL could not keep; what is seen stays."""
    return "".join(sign for sign in value if sign.isprintable() or sign.isspace()).strip()


def _word(field: str, values: list[str]) -> str:
    word = values[-1] if values else ""
    if not plain(word):
        raise NothingAnswered(field)
    return word


def _number(definition: Numeric, field: str, values: list[str]) -> Given:
    word = _word(field, values)
    if not numbers_in(word, definition.unit):
        raise NotANumber(field)
    return Given(said=(word,))


def _picked(
    definition: Choices, order: tuple[int, ...], values: list[str], *, several: bool
) -> Given:
    if not values:
        raise NothingChosen("reponse")
    shown = {str(rank): chosen for rank, chosen in enumerate(order, start=1)}
    if any(value not in shown for value in values) or (len(values) > 1 and not several):
        raise NotOffered("reponse")
    picked = tuple(sorted({shown[value] for value in values}))
    return Given(said=tuple(words_of(definition.choices[i].text) for i in picked), picked=picked)


def _ranked(
    definition: Order, order: tuple[int, ...], fields: tuple[str, ...], values: list[list[str]]
) -> Given:
    """``values`` holds the rank given to each item, as they were shown."""
    by_rank: dict[str, int] = {}
    free = {str(rank) for rank in range(1, len(order) + 1)}
    for field, given, item in zip(fields, values, order, strict=True):
        rank = given[-1] if given else ""
        if rank not in free:
            raise NotRanked(field)
        free.remove(rank)
        by_rank[rank] = item
    picked = tuple(by_rank[str(rank)] for rank in range(1, len(order) + 1))
    return Given(said=tuple(words_of(definition.items[i]) for i in picked), picked=picked)


def _filled(fields: tuple[str, ...], values: list[list[str]]) -> Given:
    """A blank left as it is counts as wrong; all of them left, nothing was answered."""
    said = tuple(given[-1] if given else "" for given in values)
    if not any(plain(word) for word in said):
        raise NothingAnswered(fields[0])
    return Given(said=said)


def words_of(markup: str) -> str:
    """``<code>range(5)</code>`` → « range(5) »."""
    return html.unescape(_TAG.sub("", markup)).strip()
