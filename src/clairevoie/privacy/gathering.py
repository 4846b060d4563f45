"""Everything held about one person, table by table, and until when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from django.core.files.storage import Storage
from django.db.models import DateTimeField, FileField, Max, Model

from clairevoie import policy
from clairevoie.lib import calendar
from clairevoie.policy import Activity, Clock, Ending, RetentionRule
from clairevoie.privacy.declarations import Personal, Provenance, personal_declarations
from clairevoie.privacy.due import COLUMN
from clairevoie.privacy.erasure import count_rows
from clairevoie.privacy.models import DataSubject
from clairevoie.privacy.tables import table_of, tables

_PAGE = 2_000


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
        return tuple(
            Column(
                name=field.name,
                title=str(field.verbose_name),
                provenance=provenance,
                source=self.declaration.third_party.get(field.name, ""),
            )
            for field in self.declaration.model._meta.concrete_fields
            if (provenance := self.declaration.provenance_of(field.name)) is not None
        )

    @property
    def activity(self) -> Activity:
        return policy.current().activities[self.declaration.activity]

    @property
    def rule(self) -> RetentionRule:
        return policy.current().retention[self.declaration.keep]

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """Values in the order of ``columns``; one indexed query, read in pages: flat memory.

        The common case, fewer rows than a page, costs no server-side cursor.
        """
        yield from self._read(tuple(column.name for column in self.columns))

    def files(self) -> Iterator[tuple[Storage, str]]:
        """The person's stored files in this table, of columns that are exported."""
        exported = [
            name for name in self.declaration.files if self.declaration.provenance_of(name)
        ]
        if exported:
            meta = self.declaration.model._meta
            stores = [cast("FileField", meta.get_field(name)).storage for name in exported]
            for row in self._read(tuple(exported)):
                yield from ((s, name) for s, name in zip(stores, row, strict=True) if name)

    def _read(self, columns: tuple[str, ...]) -> Iterator[tuple[Any, ...]]:
        model: type[Model] = self.declaration.model
        owner = self.declaration.subject
        found = model._base_manager.filter(**{owner: self.subject.pk}).order_by("pk")
        rows = found.values_list(*columns)
        page = list(rows[: _PAGE + 1])
        yield from page if len(page) <= _PAGE else rows.iterator(chunk_size=_PAGE)


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
    """Computed end dates of everything held on ``on``: two queries and one for each table
    under a record's own date that has rows."""
    person = DataSubject.objects.get(pk=subject.pk)
    counts = count_rows(person.pk, tables())
    end = _end_of_account(person)
    kept = []
    for table in tables():
        rows = counts.get(table.declaration.label, 0)
        if not rows:
            continue
        rule = table.rule
        last_day = _latest_record_end(table.declaration, rule, person) or end.get(rule.code)
        if last_day is None and rule.clock is Clock.LAST_PURPOSE:
            last_day = max(end.values(), default=None)
        kept.append(
            KeptCategory(
                title=table.declaration.heading,
                rule=rule,
                rows=rows,
                last_day=last_day,
                because=rule.because,
                overdue=last_day is not None and last_day < on,
                archived=rule.outlives_erasure,
            )
        )
    return kept


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


def _latest_record_end(
    declaration: Personal, rule: RetentionRule, person: DataSubject
) -> date | None:
    if rule.clock is not Clock.RECORD or rule.duration is None:
        return None
    field = table_of(declaration).clock_field
    assert field is not None
    rows = declaration.model._base_manager.filter(**{declaration.subject: person.pk})
    latest = rows.aggregate(latest=Max(field.name))["latest"]
    if latest is None:
        return None
    clock = calendar.paris_date(latest) if isinstance(field, DateTimeField) else latest
    return calendar.last_lawful_day(clock, rule.duration)
