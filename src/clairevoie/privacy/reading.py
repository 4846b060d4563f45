"""Reads declared tables by person, with statements that are composed once a process.

Django composes a query in about as much time as PostgreSQL answers it. The statement of a table
never changes: Django composes it once, and its converters turn columns into Python values. Small
tables are asked together; on PostgreSQL the answers come back in one pipeline.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import DateTimeField, ForeignKey, Model, QuerySet

from clairevoie.lib import calendar
from clairevoie.privacy.declarations import Personal, personal_declarations
from clairevoie.privacy.tables import Table, fetch, tables

Row = tuple[Any, ...]
_CHUNK = 2_000
_NAMED = 500  # names read at once; others are read one by one


@dataclass(frozen=True, slots=True)
class Selection:
    """One composed statement, with the person's number as its only parameter."""

    sql: str
    converters: tuple[tuple[int, tuple[Any, ...], Any], ...]

    def as_python(self, rows: Iterable[Row]) -> list[Row]:
        """Values as Django's fields give them."""
        return [self._converted(row) for row in rows] if self.converters else list(rows)

    def _converted(self, row: Row) -> Row:
        values = list(row)
        for position, functions, expression in self.converters:
            for function in functions:
                values[position] = function(values[position], expression, connection)
        return tuple(values)


@dataclass(frozen=True, slots=True)
class Holding:
    """How many rows one table holds of a person, and their latest own date."""

    rows: int
    latest: date | None


@dataclass(frozen=True, slots=True)
class FirstRows:
    """The rows of a table, oldest first: all of them, or as many as were asked."""

    rows: list[Row]
    latest: date | None
    complete: bool


Names = Mapping[Any, str]  # what keys point to, as a person says it


def read_together(
    wanted: Sequence[tuple[Personal, tuple[str, ...]]], subject_id: int, *, at_most: int
) -> tuple[list[FirstRows], dict[tuple[str, str], Names]]:
    """Some columns of a person's rows in several tables, and their latest own date.

    Also the names of what keys among those columns point to, by label and column: a training
    rather than its number.
    """
    clocks = [_clock(declaration) for declaration, _ in wanted]
    selections = [
        _selection(d.label, (*columns, clock) if clock else columns, at_most + 1)
        for (d, columns), clock in zip(wanted, clocks, strict=True)
    ]
    pointers = [(d.label, name) for d, columns in wanted for name in _pointers(d.label, columns)]
    found = _ask([*selections, *(_pointed(*pointer) for pointer in pointers)], subject_id)
    first = [
        _first(rows, with_clock=clock is not None, at_most=at_most)
        for rows, clock in zip(found, clocks, strict=False)
    ]
    names = zip(pointers, found[len(wanted) :], strict=True)
    return first, {pointer: _names(*pointer, rows) for pointer, rows in names}


def _ask(selections: Sequence[Selection], subject_id: int) -> list[list[Row]]:
    cursors = [connection.cursor() for _ in selections]
    with _pipeline():
        for cursor, chosen in zip(cursors, selections, strict=True):
            cursor.execute(chosen.sql, (subject_id,))
        answers = [cursor.fetchall() for cursor in cursors]
    for cursor in cursors:
        cursor.close()
    return [s.as_python(rows) for s, rows in zip(selections, answers, strict=True)]


def _first(rows: list[Row], *, with_clock: bool, at_most: int) -> FirstRows:
    clocks = [row[-1] for row in rows if with_clock and row[-1] is not None]
    latest = max(clocks, default=None)
    if isinstance(latest, datetime):
        latest = calendar.paris_date(latest)
    kept = [row[:-1] for row in rows[:at_most]] if with_clock else rows[:at_most]
    return FirstRows(kept, latest, complete=len(rows) <= at_most)


def stream(declaration: Personal, columns: Sequence[str], subject_id: int) -> Iterator[Row]:
    """The same for one table of many rows, in pages: memory does not grow with it."""
    yield from _rows(declaration, columns, subject_id).iterator(chunk_size=_CHUNK)


def holdings(subject_id: int, some: Collection[str] | None = None) -> dict[str, Holding]:
    """What each table holds of a person, empty ones left out: one statement for all.

    ``some`` are the labels of the only tables to count.
    """
    every = [t for t in tables() if some is None or t.declaration.label in some]
    if not every:
        return {}
    counting = _counting(tuple(table.declaration.label for table in every))
    return {
        every[position].declaration.label: Holding(rows, _as_date(every[position], latest))
        for position, rows, latest in fetch(counting, [subject_id] * len(every))
        if rows
    }


@cache
def _selection(label: str, columns: tuple[str, ...], at_most: int) -> Selection:
    """The statement of one table."""
    return _compose(_rows(_declaration(label), columns, 0).order_by("pk")[:at_most])


@cache
def _pointers(label: str, columns: tuple[str, ...]) -> tuple[str, ...]:
    meta = _declaration(label).model._meta
    return tuple(name for name in columns if isinstance(meta.get_field(name), ForeignKey))


@cache
def _pointed(label: str, column: str) -> Selection:
    """The statement of the rows that one key of a person's rows points to."""
    declaration = _declaration(label)
    pointer = _pointer(label, column)
    there, key = pointer.related_model, pointer.target_field.name
    keys = _rows(declaration, (column,), 0).order_by()
    found = there._base_manager.filter(**{f"{key}__in": keys}).order_by()
    return _compose(found.values_list(*_attributes(there))[:_NAMED])


def _names(label: str, column: str, rows: Iterable[Row]) -> Names:
    pointer = _pointer(label, column)
    there = pointer.related_model
    objects = (there.from_db(connection.alias, _attributes(there), row) for row in rows)
    return {getattr(found, pointer.target_field.attname): str(found) for found in objects}


def _pointer(label: str, column: str) -> ForeignKey[Any, Any]:
    pointer = _declaration(label).model._meta.get_field(column)
    assert isinstance(pointer, ForeignKey)
    return pointer


def _attributes(model: type[Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


def _declaration(label: str) -> Personal:
    return next(d for d in personal_declarations() if d.label == label)


def _compose(rows: QuerySet[Any, Any]) -> Selection:
    """Have Django compose a statement over the rows of person 0."""
    compiler = rows.query.get_compiler(connection=connection)
    sql, parameters = compiler.as_sql()
    assert tuple(parameters) == (0,), "the person's number is the only parameter"
    converters = compiler.get_converters(expression for expression, _, _ in compiler.select)
    return Selection(sql, tuple((at, tuple(by), of) for at, (by, of) in converters.items()))


@cache
def _counting(labels: tuple[str, ...]) -> str:
    parts = []
    chosen = (table for table in tables() if table.declaration.label in labels)
    for position, table in enumerate(chosen):
        latest = f"CAST(max({table.clock}) AS text)" if table.clock_field else "NULL"
        whose = table.of("{owner} = %s")
        parts.append(f"SELECT {position}, count(*), {latest} FROM {table.name} WHERE {whose}")
    return " UNION ALL ".join(parts)


def _clock(declaration: Personal) -> str | None:
    table = next((t for t in tables() if t.declaration is declaration), None)
    return table.clock_field.name if table and table.clock_field else None


def _as_date(table: Table, text: str | None) -> date | None:
    if text is None:
        return None
    if not isinstance(table.clock_field, DateTimeField):
        return date.fromisoformat(text)
    instant = datetime.fromisoformat(text)
    return calendar.paris_date(instant if instant.tzinfo else instant.replace(tzinfo=UTC))


def _rows(declaration: Personal, columns: Sequence[str], subject_id: int) -> QuerySet[Any, Any]:
    rows: QuerySet[Any, Any] = declaration.model._base_manager.all()
    mine = rows.filter(declaration.of(subject_id)).order_by("pk")
    return mine.values_list(*columns)


def _pipeline() -> AbstractContextManager[Any]:
    if connection.vendor != "postgresql":
        return nullcontext()
    connection.ensure_connection()
    pipeline: AbstractContextManager[Any] = connection.connection.pipeline()
    return pipeline
