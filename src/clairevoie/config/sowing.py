"""What a column of a synthetic row holds, as SQL, in the two dialects."""

# ruff: noqa: S608  # table names come from models, values from this module: no input reaches it

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import models
from django.db.models import NOT_PROVIDED
from django.db.models.fields.files import FileField

from clairevoie import policy

FIRST_NAMES = ("Anne", "Bruno", "Camille", "Denis", "Élise", "Farid", "Garance", "Hugo", "Inès")
LAST_NAMES = ("Martin", "Petit", "Durand", "Moreau", "Lefèvre", "Roux", "Fontaine", "Garnier")
TOWNS = ("Lyon", "Nantes", "Lille", "Rennes", "Pau", "Metz", "Dijon")


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one engine writes series, dates, truth and numbers in words."""

    postgresql: bool

    def series(self, name: str, low: int, high: int, select: str) -> str:
        """``select`` over the numbers low…high, as ``name.i``."""
        if self.postgresql:
            return f"WITH {name}(i) AS (SELECT generate_series({low}::bigint, {high})) {select}"
        return f"WITH RECURSIVE {self._counted(name, 'i', low, high)} {select}"

    def grid(self, low: int, high: int, rows: int, select: str) -> str:
        """``select`` over every person ``s.i`` and each one's rows ``r.j``."""
        if self.postgresql:
            return (
                f"WITH s(i) AS (SELECT generate_series({low}::bigint, {high})), "
                f"r(j) AS (SELECT generate_series(0, {rows - 1})) {select}"
            )
        numbers = f"{self._counted('s', 'i', low, high)}, {self._counted('r', 'j', 0, rows - 1)}"
        return f"WITH RECURSIVE {numbers} {select}"

    def _counted(self, name: str, column: str, low: int, high: int) -> str:
        return (
            f"{name}({column}) AS (SELECT {low} UNION ALL "
            f"SELECT {column} + 1 FROM {name} WHERE {column} < {high})"
        )

    def day(self, origin: date, days: str) -> str:
        """``origin`` plus a number of days given as SQL."""
        if self.postgresql:
            return f"(DATE '{origin}' + ({days})::int)"
        return f"date('{origin}', ({days}) || ' days')"

    def constant_day(self, day: date) -> str:
        return f"DATE '{day}'" if self.postgresql else f"'{day}'"

    def instant(self, origin: date, days: str) -> str:
        if self.postgresql:
            return f"(TIMESTAMPTZ '{origin} 10:00+00' + ({days})::int * INTERVAL '1 day')"
        return f"(date('{origin}', ({days}) || ' days') || ' 10:00:00')"

    def boolean(self, value: object) -> str:
        return ("TRUE" if value else "FALSE") if self.postgresql else str(int(bool(value)))

    def uuid(self, serial: str) -> str:
        """A number in the form of a UUID: scattered first, so that indexes work as in life."""
        scattered = f"({serial} * 2654435761 & 4294967295)"
        if self.postgresql:
            return (
                f"(lpad(to_hex({scattered}), 8, '0') || '0000400080' "
                f"|| lpad(to_hex({serial}), 14, '0'))::uuid"
            )
        return f"(printf('%08x', {scattered}) || '0000400080' || printf('%014x', {serial}))"

    def digits(self, serial: str, width: int) -> str:
        if self.postgresql:
            return f"lpad(({serial})::text, {width}, '0')"
        return f"printf('%0{width}d', {serial})"

    def one_of(self, words: tuple[str, ...], index: str) -> str:
        quoted = [f"'{word.replace(chr(39), chr(39) * 2)}'" for word in words]
        cases = " ".join(f"WHEN {n} THEN {word}" for n, word in enumerate(quoted[:-1]))
        return f"CASE ({index}) % {len(words)} {cases} ELSE {quoted[-1]} END"

    def text(self, expression: str) -> str:
        return f"({expression})::text" if self.postgresql else f"CAST({expression} AS TEXT)"


DIALECTS = {"postgresql": Dialect(postgresql=True), "sqlite": Dialect(postgresql=False)}

# What a message of the past looks like: the delivery would otherwise try to send five million.
SETTLED = {"messaging.Message.state": "sent"}


_MAY_BE_EMPTY = (models.UUIDField, models.IntegerField, models.DateField)


def value_of(
    column: Any,
    speak: Dialect,
    *,
    on: date,
    serial: str,
    row: str,
    distinct: bool,
    clock: bool,
) -> str:
    """The SQL of one column's value.

    ``serial`` numbers the rows of a table, ``row`` those of one person; ``distinct`` columns
    take part in a unique constraint; a ``clock`` must not have run out on ``on``.
    """
    settled = SETTLED.get(f"{column.model._meta.label}.{column.name}")
    if settled is not None:
        return f"'{settled}'"
    if column.null and not clock and isinstance(column, _MAY_BE_EMPTY):
        return "NULL"  # normal where it may be, and no NULL equals another
    if isinstance(column, models.DateTimeField):
        return speak.instant(on, _days(column, row, clock=clock))
    if isinstance(column, models.DateField):
        return speak.day(on, _days(column, row, clock=clock))
    if isinstance(column, models.UUIDField):
        return speak.uuid(serial)
    default = _default(column, speak)
    if default is not None and not distinct:
        return default
    # A number that is unique with the person, or with a row of theirs, counts their rows.
    told_apart = distinct and isinstance(column, models.IntegerField) and not column.unique
    return row if told_apart else _plain(column, speak, serial=serial, row=row)


def _days(column: Any, row: str, *, clock: bool) -> str:
    """Recent days; a clock that stops at once is set in the future."""
    if not clock:
        return f"-1 - {row}"
    rule_is_short = column.name in ("expire_date", "expires_on", "last_day")
    return f"30 + {row}" if rule_is_short else f"-({row} % 20)"


def _default(column: Any, speak: Dialect) -> str | None:
    if column.default is NOT_PROVIDED or callable(column.default):
        return None
    if isinstance(column, models.BooleanField):
        return speak.boolean(column.default)
    if isinstance(column.default, int):
        return str(column.default)
    return f"'{column.default}'" if isinstance(column.default, str) else None


def _plain(column: Any, speak: Dialect, *, serial: str, row: str) -> str:
    match column:
        case models.BooleanField():
            return speak.boolean(value=False)
        case models.JSONField():
            return "'{}'"
        case models.GenericIPAddressField():
            text = f"'203.0.113.' || {speak.text(f'{serial} % 250')}"
            return f"({text})::inet" if speak.postgresql else f"({text})"
        case models.BigIntegerField() if column.unique:
            return serial
        case models.IntegerField() | models.FloatField() | models.DecimalField():
            return f"(1 + {serial} % 5)"
        case models.BinaryField():
            return "''::bytea" if speak.postgresql else "x''"
    return _words(column, speak, serial=serial, row=row)


def _words(column: Any, speak: Dialect, *, serial: str, row: str) -> str:
    if isinstance(column, FileField):
        return "''"
    if column.choices:
        return "''" if column.blank else f"'{column.choices[0][0]}'"
    named: dict[str, Callable[[], str]] = {
        "first_names": lambda: speak.one_of(FIRST_NAMES, serial),
        "last_name": lambda: speak.one_of(LAST_NAMES, serial),
        "town": lambda: speak.one_of(TOWNS, serial),
        "activity": lambda: speak.one_of(tuple(policy.current().activities), row),
        "rule": lambda: speak.one_of(tuple(policy.current().retention), row),
        "country": lambda: "'FR'",
        "password": lambda: "'!'",
        "phone": lambda: f"'+33' || {speak.digits(f'600000000000 + {serial}', 12)}",
    }
    if column.name in named:
        return named[column.name]()
    length = column.max_length or 10_000
    if isinstance(column, models.EmailField):
        return f"'p' || {speak.text(serial)} || '@exemple.test'"
    if length < 20:
        return f"substr({speak.text(serial)}, 1, {length})"
    return f"'{column.name[: length - 17]} ' || {speak.text(serial)}"
