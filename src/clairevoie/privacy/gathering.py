"""Everything held about one person, table by table, and until when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, cast

from django.core.files.storage import Storage
from django.db.models import FileField, Model
from django.utils.translation import get_language

from clairevoie import policy
from clairevoie.lib import calendar
from clairevoie.policy import Activity, Clock, Ending, RetentionRule
from clairevoie.privacy.declarations import (
    Personal,
    Provenance,
    declaration_of,
    personal_declarations,
)
from clairevoie.privacy.due import COLUMN
from clairevoie.privacy.models import DataSubject
from clairevoie.privacy.reading import Holding, holdings, stream
from clairevoie.privacy.tables import Table, tables


@dataclass(frozen=True, slots=True)
class Column:
    """One exported column: ``source`` is filled for third-party values (P-010)."""

    name: str
    title: str
    provenance: Provenance
    source: str = ""


@dataclass(frozen=True, slots=True)
class Category:
    """One table's rows about one person, not yet read."""

    declaration: Personal
    subject: DataSubject

    @property
    def columns(self) -> tuple[Column, ...]:
        return _columns(self.declaration.model, get_language())

    @property
    def activity(self) -> Activity:
        return policy.current().activities[self.declaration.activity]

    @property
    def rule(self) -> RetentionRule:
        return policy.current().retention[self.declaration.keep]

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """Values in the order of ``columns``; one indexed query, read in pages: flat memory."""
        yield from stream(self.declaration, self.names, self.subject.pk)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    def stores(self) -> dict[str, Storage]:
        """Where the files of each exported column lie."""
        meta = self.declaration.model._meta
        exported = [
            name for name in self.declaration.files if self.declaration.provenance_of(name)
        ]
        return {name: cast("FileField", meta.get_field(name)).storage for name in exported}

    def files(self) -> Iterator[tuple[Storage, str]]:
        """The person's stored files in this table, of columns that are exported."""
        if stores := self.stores():
            for row in stream(self.declaration, tuple(stores), self.subject.pk):
                yield from ((s, n) for s, n in zip(stores.values(), row, strict=True) if n)


@cache
def _columns(model: type[Model], _language: str | None) -> tuple[Column, ...]:
    """Titles are translated, hence once a language."""
    declaration = declaration_of(model)
    assert isinstance(declaration, Personal)
    return tuple(
        Column(
            name=field.name,
            title=declaration.label_of(field.name),
            provenance=provenance,
            source=declaration.third_party.get(field.name, ""),
        )
        for field in model._meta.concrete_fields
        if (provenance := declaration.provenance_of(field.name)) is not None
    )


def gather(subject: DataSubject) -> Iterator[Category]:
    """Every category of data, empty ones included, in the order of the declarations."""
    for declaration in personal_declarations():
        yield Category(declaration=declaration, subject=subject)


@dataclass(frozen=True, slots=True)
class KeptCategory:
    """What one table keeps of a person and until when.

    ``last_day`` is the last lawful day of the copy that stays longest, None while the clock
    has not started; ``overdue`` says that the term is past: the copy leaves tonight, unless
    locked or held; ``archived`` that it outlives the account.
    """

    title: str
    rule: RetentionRule
    rows: int
    last_day: date | None
    because: str
    overdue: bool
    archived: bool


def kept_until(subject: DataSubject, *, on: date) -> list[KeptCategory]:
    """Computed end dates of everything held on ``on``, by the clocks of ``subject`` as read."""
    return list(kept(subject, holdings(subject.pk), on=on).values())


def kept(person: DataSubject, held: Mapping[str, Holding], *, on: date) -> dict[str, KeptCategory]:
    """The same by table, from what was read already."""
    end = _end_of_account(person)
    return {
        table.declaration.label: _kept(table, held[table.declaration.label], end, on=on)
        for table in tables()
        if table.declaration.label in held
    }


def _kept(table: Table, holding: Holding, end: Mapping[str, date], *, on: date) -> KeptCategory:
    rule, last_day = table.rule, end.get(table.rule.code)
    if holding.latest is not None and rule.duration is not None:
        last_day = calendar.last_lawful_day(holding.latest, rule.duration)
    elif rule.clock is Clock.LAST_PURPOSE:
        last_day = max(end.values(), default=None)
    return KeptCategory(
        title=table.declaration.heading,
        rule=rule,
        rows=holding.rows,
        last_day=last_day,
        because=rule.because,
        overdue=last_day is not None and last_day < on,
        archived=rule.outlives_erasure,
    )


def _end_of_account(person: DataSubject) -> dict[str, date]:
    """For each group of copies under the person's clocks, the nearest end of them (C.4)."""
    ends: dict[str, date] = {}
    for rule in policy.current().retention.values():
        if rule.clock not in COLUMN or rule.then is not Ending.ERASE or rule.duration is None:
            continue
        clock = getattr(person, COLUMN[rule.clock])
        if clock is None:
            continue
        copies = rule.same_copies_as or rule.code
        day = calendar.last_lawful_day(clock, rule.duration)
        ends[copies] = min(day, ends.get(copies, day))
    return ends
