"""Reads declared tables by person, with statements that are composed once a process.

Django composes a query in about as much time as PostgreSQL answers it. The statement of a table
never changes: Django composes it once, and its converters turn columns into Python values. Small
tables are asked together; on PostgreSQL the answers come back in one pipeline.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import DateTimeField, QuerySet

from clairevoie.lib import calendar
from clairevoie.privacy.declarations import Personal, personal_declarations
from clairevoie.privacy.tables import Table, fetch, tables

Row = tuple[Any, ...]
_CHUNK = 2_000


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


def read_together(
    wanted: Sequence[tuple[Personal, Sequence[str]]], subject_id: int
) -> list[list[Row]]:
    """Some columns of a person's rows in several tables, oldest first."""
    selections = [selection(d.label, tuple(columns)) for d, columns in wanted]
    cursors = [connection.cursor() for _ in selections]
    with _pipeline():
        for cursor, chosen in zip(cursors, selections, strict=True):
            cursor.execute(chosen.sql, (subject_id,))
        answers = [cursor.fetchall() for cursor in cursors]
    for cursor in cursors:
        cursor.close()
    return [s.as_python(rows) for s, rows in zip(selections, answers, strict=True)]


def stream(declaration: Personal, columns: Sequence[str], subject_id: int) -> Iterator[Row]:
    """The same for one table of many rows, in pages: memory does not grow with it."""
    yield from _rows(declaration, columns, subject_id).iterator(chunk_size=_CHUNK)


@dataclass(frozen=True, slots=True)
class Holding:
    """How many rows one table holds of a person, and their latest own date."""

    rows: int
    latest: date | None


def holdings(subject_id: int) -> Mapping[str, Holding]:
    """What each table holds of a person, empty ones left out: one statement for all."""
    every = tables()
    found = fetch(_counting(), [subject_id] * len(every))
    return {
        every[position].declaration.label: Holding(rows, _as_date(every[position], latest))
        for position, rows, latest in found
        if rows
    }


@cache
def selection(label: str, columns: tuple[str, ...]) -> Selection:
    """Have Django compose the statement of one table."""
    declaration = next(d for d in personal_declarations() if d.label == label)
    compiler = _rows(declaration, columns, 0).query.get_compiler(connection=connection)
    sql, parameters = compiler.as_sql()
    assert tuple(parameters) == (0,), "the person's number is the only parameter"
    converters = compiler.get_converters(expression for expression, _, _ in compiler.select)
    return Selection(sql, tuple((at, tuple(by), of) for at, (by, of) in converters.items()))


@cache
def _counting() -> str:
    parts = []
    for position, table in enumerate(tables()):
        latest = f"CAST(max({table.clock}) AS text)" if table.clock_field else "NULL"
        whose = table.of("{owner} = %s")
        parts.append(f"SELECT {position}, count(*), {latest} FROM {table.name} WHERE {whose}")
    return " UNION ALL ".join(parts)


def _as_date(table: Table, text: str | None) -> date | None:
    if text is None:
        return None
    if not isinstance(table.clock_field, DateTimeField):
        return date.fromisoformat(text)
    instant = datetime.fromisoformat(text)
    return calendar.paris_date(instant if instant.tzinfo else instant.replace(tzinfo=UTC))


def _rows(declaration: Personal, columns: Sequence[str], subject_id: int) -> QuerySet[Any, Any]:
    rows: QuerySet[Any, Any] = declaration.model._base_manager.all()
    mine = rows.filter(**{declaration.subject: subject_id}).order_by("pk")
    return mine.values_list(*columns)


def _pipeline() -> AbstractContextManager[Any]:
    if connection.vendor != "postgresql":
        return nullcontext()
    connection.ensure_connection()
    pipeline: AbstractContextManager[Any] = connection.connection.pipeline()
    return pipeline
