"""Synthetic people for load and benchmarks, over every declared table.

Generic: tables, columns and constraints are read from the registry and the models, so that a
table added tomorrow is sown without a line here. Set-based: one INSERT … SELECT a table for
each thousand people; nothing is built in Python. Deterministic: the same call on an empty
instance gives the same rows.
"""

# ruff: noqa: S608  # table names come from models, values from this module: no input reaches it

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection, models, transaction
from django.db.models import Model, UniqueConstraint

from clairevoie import policy, privacy
from clairevoie.config.sowing import DIALECTS, Dialect, value_of
from clairevoie.lib import calendar
from clairevoie.privacy.models import DataSubject
from clairevoie.privacy.tables import Table, execute, fetch, quoted, tables

CHUNK = 2_000  # people a transaction
_YEARS = 6  # last uses are spread over six years
_DORMANT = "dormant-account"
Progress = Callable[[int], object]


@dataclass(frozen=True, slots=True)
class Sown:
    """How many people and rows were made, by table."""

    subjects: int
    due: int
    tables: Mapping[str, int]

    @property
    def rows(self) -> int:
        return sum(self.tables.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Furrow:
    """One table and how many rows each person gets in it."""

    table: Table
    rows: int


def sow(
    *,
    subjects: int,
    rows_per_subject: int,
    on: date,
    due: int | None = None,
    progress: Progress = lambda _rows: None,
) -> Sown:
    """Make ``subjects`` people with ``rows_per_subject`` rows each over all declared tables.

    Exactly ``due`` of them (a tenth when None) are past the account's term on ``on``; nothing
    else is due then, neither people nor rows. ``progress`` hears of rows made.
    """
    due = subjects // 10 if due is None else due
    if not 0 <= due <= subjects:
        raise ValueError("due must lie between 0 and the number of subjects")
    furrows = plan_rows(rows_per_subject)
    first = _first_free_number()
    counts = {furrow.table.declaration.label: 0 for furrow in furrows}
    with _unchecked_keys():
        for low in range(first, first + subjects, CHUNK):
            high = min(low + CHUNK, first + subjects) - 1
            with transaction.atomic():
                _sow_people(low, high, first=first, due=due, on=on)
                for furrow in furrows:
                    made = _sow_rows(furrow, low, high, on=on)
                    counts[furrow.table.declaration.label] += made
                    progress(made)
    _advance_sequences()
    _note(subjects, sum(counts.values()))
    return Sown(subjects=subjects, due=due, tables=counts)


def plan_rows(total: int) -> tuple[Furrow, ...]:
    """Share ``total`` rows a person among the declared tables, parents first.

    A table that can hold only so many rows a person gets as many; the others share the rest.
    """
    parents_first = tuple(reversed(tables()))
    caps = [most_rows(table) for table in parents_first]
    rows = [0] * len(caps)
    while total > 0:
        spare = [n for n, cap in enumerate(caps) if rows[n] < cap][:total]
        if not spare:
            raise ValueError("no declared table can hold so many rows a person")
        for n in spare:
            rows[n] += 1
        total -= len(spare)
    return tuple(
        Furrow(table=table, rows=count)
        for table, count in zip(parents_first, rows, strict=True)
        if count
    )


def most_rows(table: Table) -> int:
    """The most rows of ``table`` a person may have, from its unique constraints."""
    if not (table.direct or table.declaration.by_number):
        return 1  # hangs on another table's row
    model = table.declaration.model
    owner = table.declaration.subject
    field = model._meta.get_field(owner)
    if getattr(field, "unique", False):
        return 1
    most = 500
    keys = {key.name for key in model._meta.concrete_fields if _is_own(key)}
    if any(model._meta.get_field(name).unique for name in keys):  # type: ignore[union-attr]
        return 1
    for fields in _unique_sets(model):
        if not {owner, *keys} & set(fields):
            continue
        others = [model._meta.get_field(name) for name in fields if name != owner]
        most = min(most, _combinations(others))
    return most


def _unique_sets(model: type[Model]) -> Iterator[tuple[str, ...]]:
    for constraint in model._meta.constraints:
        if isinstance(constraint, UniqueConstraint) and constraint.fields:
            yield tuple(constraint.fields)
    yield from (tuple(names) for names in model._meta.unique_together)


def _combinations(fields: list[Any]) -> int:
    """How many different rows these columns tell apart: free ones tell any number apart."""
    found = 1
    for column in fields:
        if column.choices or isinstance(column, models.BooleanField):
            continue  # all rows hold the same value there
        if isinstance(column, models.ForeignKey) and not column.null:
            continue  # the same; a key that may be empty is, and no NULL equals another
        found = 500
    return found


def _first_free_number() -> int:
    last = DataSubject.objects.aggregate(last=models.Max("pk"))["last"]
    return int(last or 0) + 1


def _sow_people(low: int, high: int, *, first: int, due: int, on: date) -> None:
    """The first ``due`` people ran out over the year before; the others did not yet."""
    speak = DIALECTS[connection.vendor]
    account = policy.current().retention["account"].duration
    sleep = policy.current().retention[_DORMANT].duration
    assert account is not None
    assert sleep is not None
    over = calendar.latest_clock_ended_by(on - timedelta(days=1), account)
    asleep = calendar.latest_clock_ended_by(on - timedelta(days=1), sleep)
    back = (over - calendar.add_months(on, -12 * _YEARS)).days or 1
    forth = (on - over).days
    number = f"(s.i - {first})"
    last_use = (
        f"CASE WHEN {number} < {due} THEN {speak.day(over, f'-({number} % {back})')} "
        f"ELSE {speak.day(over, f'1 + ({number} * 1009 % {forth})')} END"
    )
    columns = {
        "id": "s.i",
        "uuid": speak.uuid("s.i"),
        "last_use": last_use,
        "dormant_since": f"CASE WHEN {last_use} <= {speak.constant_day(asleep)} "
        f"THEN {speak.constant_day(on)} END",
        "restricted": speak.boolean(value=False),
        "held": speak.boolean(value=False),
    }
    names = ", ".join(quoted(name) for name in columns)
    values = ", ".join(columns.values())
    _run(
        f"INSERT INTO {quoted(DataSubject._meta.db_table)} ({names}) "
        f"{speak.series('s', low, high, f'SELECT {values} FROM s')}"
    )


def _sow_rows(furrow: Furrow, low: int, high: int, *, on: date) -> int:
    speak = DIALECTS[connection.vendor]
    table = furrow.table
    if table.direct or table.declaration.by_number:
        columns = _columns(table, speak, on=on, person="s.i", row="r.j")
        select = f"SELECT {', '.join(columns.values())} FROM s CROSS JOIN r"
        source = speak.grid(low, high, furrow.rows, select)
    else:
        source, columns = _from_parent(table, speak, low, high, on=on)
    names = ", ".join(columns)
    return _run(f"INSERT INTO {table.name} ({names}) {source}")


def _from_parent(
    table: Table, speak: Dialect, low: int, high: int, *, on: date
) -> tuple[str, dict[str, str]]:
    """Rows that hang on another declared table: one for each row there."""
    hop = table.hops[0]
    parent = next(other for other in tables() if other.name == hop.table)
    columns = _columns(table, speak, on=on, person=f"{hop.table}.{hop.key}", row="0")
    mine = parent.of("{owner}" + f" BETWEEN {low} AND {high}")
    source = f"SELECT {', '.join(columns.values())} FROM {hop.table} WHERE {mine}"
    return source, columns


def _columns(table: Table, speak: Dialect, *, on: date, person: str, row: str) -> dict[str, str]:
    """Every column but a number the database gives, with the SQL of its value."""
    model = table.declaration.model
    unique = {name for names in _unique_sets(model) for name in names}
    owner = table.declaration.subject.split("__")[0]
    found: dict[str, str] = {}
    for column in model._meta.concrete_fields:
        if isinstance(column, models.AutoField):
            continue
        if column.name == owner:
            by_number = table.declaration.by_number
            found[quoted(str(column.column))] = speak.uuid(person) if by_number else person
            continue
        if isinstance(column, models.ForeignKey):
            found[quoted(str(column.column))] = (
                "NULL"
                if column.null
                else _own(table, column, person) or _somebody_else(column, on)
            )
            continue
        found[quoted(str(column.column))] = value_of(
            column,
            speak,
            on=on,
            serial=f"({person} * 1000 + {row})",
            row=row,
            distinct=column.unique or column.name in unique,
            clock=column is table.clock_field,
        )
    return found


def _own(table: Table, key: models.ForeignKey[Any, Any], person: str) -> str:
    """The same person's row of another table of theirs; nothing for a table of nobody's."""
    if not (table.direct and _is_own(key)):
        return ""
    other = next(t for t in tables() if t.declaration.model is key.related_model)
    number = f"{other.name}.{quoted(str(key.target_field.column))}"
    whose = f"{other.name}.{other.owner} = {person}"
    return f"(SELECT {number} FROM {other.name} WHERE {whose} ORDER BY {other.key} LIMIT 1)"


def _is_own(key: Any) -> bool:
    """A key that every row has to a table of people that names its person itself."""
    if not isinstance(key, models.ForeignKey) or key.null:
        return False
    return any(t.declaration.model is key.related_model and t.direct for t in tables())


def _somebody_else(key: models.ForeignKey[Any, Any], on: date) -> str:
    """A row of an impersonal table that every synthetic row may point to; made if needed."""
    target: type[Model] = key.related_model
    name, number = quoted(target._meta.db_table), quoted(str(key.target_field.column))
    first = f"SELECT {number} FROM {name} ORDER BY {quoted(str(target._meta.pk.column))} LIMIT 1"
    if not fetch(first):
        _make_one(target, on)
    return f"({first})"


def _make_one(target: type[Model], on: date) -> None:
    speak = DIALECTS[connection.vendor]
    columns = {
        quoted(str(column.column)): (
            ("NULL" if column.null else _somebody_else(column, on))
            if isinstance(column, models.ForeignKey)
            else value_of(column, speak, on=on, serial="1", row="0", distinct=False, clock=False)
        )
        for column in target._meta.concrete_fields
        if not isinstance(column, models.AutoField)
    }
    _run(
        f"INSERT INTO {quoted(target._meta.db_table)} ({', '.join(columns)}) "
        f"SELECT {', '.join(columns.values())}"
    )


def _run(sql: str) -> int:
    """Nothing is a parameter here, so that « % » is the operator and is written twice."""
    return execute(sql.replace("%", "%%"))


class _unchecked_keys:  # noqa: N801  # reads as a sentence after « with »
    """Spare a superuser of PostgreSQL five million key checks: the rows are right by make."""

    def __enter__(self) -> None:
        self.spared = False
        if connection.vendor == "postgresql":
            may = fetch("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
            self.spared = bool(may and may[0][0])
        if self.spared:
            execute("SET session_replication_role = replica")

    def __exit__(self, *_reason: object) -> None:
        if self.spared:
            execute("SET session_replication_role = DEFAULT")


def _advance_sequences() -> None:
    if connection.vendor == "postgresql":
        name = quoted(DataSubject._meta.db_table)
        execute(
            f"SELECT setval(pg_get_serial_sequence('{DataSubject._meta.db_table}', 'id'), "
            f"(SELECT max(id) FROM {name}))"
        )


def _note(subjects: int, rows: int) -> None:
    privacy.ledger.append(
        executor="config.seed",
        at=calendar.now(),
        facts={"subjects": subjects, "rows": rows},
    )
