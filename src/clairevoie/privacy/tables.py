"""Declared tables as SQL: one indexed statement a table, whatever the number of people.

The only module of the engine that writes SQL text. Identifiers come from Django's models and
are quoted; values are always parameters. The two dialects differ in three places, all here:
lists of ids, row locks, and instants.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

from django.conf import settings
from django.core.files.storage import storages
from django.db import connection
from django.db.models import DateTimeField, Field, FileField, ForeignKey, Model

from clairevoie import policy
from clairevoie.lib import calendar
from clairevoie.policy import Clock, RetentionRule
from clairevoie.privacy.declarations import (
    Personal,
    Unlinked,
    personal_declarations,
    unlinked_declarations,
)
from clairevoie.privacy.models import DataSubject


def quoted(name: str) -> str:
    return connection.ops.quote_name(name)


def among(column: str) -> str:
    """``column`` is one of the ids given as one parameter, see :func:`ids_parameter`."""
    if connection.vendor == "postgresql":
        return f"{column} = ANY(%s)"
    return f"{column} IN (SELECT value FROM json_each(%s))"


def ids_parameter(ids: Sequence[int]) -> Any:
    return list(ids) if connection.vendor == "postgresql" else json.dumps(list(ids))


def locked() -> str:
    """Take rows that no other worker has; SQLite has a single writer anyway."""
    return "FOR UPDATE SKIP LOCKED" if connection.vendor == "postgresql" else ""


def json_object(**values: str) -> str:
    """SQL of a JSON object; ``values`` are SQL expressions of text."""
    function = "jsonb_build_object" if connection.vendor == "postgresql" else "json_object"
    pairs = ", ".join(f"'{key}', {value}" for key, value in values.items())
    return f"{function}({pairs})"


def execute(sql: str, parameters: Iterable[Any] = ()) -> int:
    """Run one statement; returns the number of rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(sql, tuple(parameters))
        return int(cursor.rowcount)


def fetch(sql: str, parameters: Iterable[Any] = ()) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, tuple(parameters))
        return list(cursor.fetchall())


@dataclass(frozen=True, slots=True)
class Hop:
    """One step of the path from a table to the person."""

    column: str
    table: str
    key: str


@dataclass(frozen=True, slots=True)
class Reference:
    """A foreign key from a declared table to another declared one (not to the person)."""

    child: Table
    column: str
    nullable: bool
    parent: Table
    target: str  # the parent's column that the key holds: not always its primary key


@dataclass(frozen=True, slots=True)
class Copies:
    """One declared table, whose rows end by a rule."""

    declaration: Personal | Unlinked
    name: str
    key: str

    @property
    def rule(self) -> RetentionRule:
        return policy.current().retention[self.declaration.keep]

    @property
    def clock_field(self) -> Field[Any, Any] | None:
        """The column that a record rule counts from; None under a clock of the subject."""
        if self.rule.clock is not Clock.RECORD:
            return None
        named = self.declaration.clock or self.rule.column
        found = self.declaration.model._meta.get_field(str(named))
        return found if isinstance(found, Field) else None

    @property
    def clock(self) -> str:
        field = self.clock_field
        assert field is not None, self.declaration.label
        return f"{self.name}.{quoted(str(field.column))}"

    def cutoff(self, on: date) -> Any:
        """The parameter for ``clock < %s``: copies whose last lawful day is before ``on``."""
        assert self.rule.duration is not None
        latest = calendar.latest_clock_ended_by(on - timedelta(days=1), self.rule.duration)
        return self.first_instant_after(latest)

    def first_instant_after(self, day: date) -> Any:
        after = day + timedelta(days=1)
        if isinstance(self.clock_field, DateTimeField):
            return connection.ops.adapt_datetimefield_value(calendar.paris_midnight(after))
        return after.isoformat()


@dataclass(frozen=True, slots=True)
class Table(Copies):
    """One declared table of people, ready to be asked and emptied by person."""

    declaration: Personal
    owner: str  # the column nearest to the person
    hops: tuple[Hop, ...]
    file_columns: tuple[tuple[str, str], ...]  # column, alias of its storage
    mention_columns: tuple[str, ...]

    @property
    def direct(self) -> bool:
        """The table itself holds the person's number."""
        return not self.hops

    @property
    def needs_a_shell(self) -> bool:
        """An archive whose key needs its person's row to stay; one that copies the person's
        public number needs nobody."""
        return self.rule.outlives_erasure and not self.declaration.by_number

    def of(self, condition: str) -> str:
        """SQL for «the row's person satisfies ``condition``» (written over ``{owner}``)."""
        names = [self.name, *(hop.table for hop in self.hops)]
        sql = condition.format(owner=f"{names[-1]}.{self.owner}")
        for before, hop in reversed(list(zip(names, self.hops, strict=False))):
            sql = f"{before}.{hop.column} IN (SELECT {hop.key} FROM {hop.table} WHERE {sql})"
        return sql

    @property
    def whose(self) -> str:
        """SQL for «belongs to one of these ids», with one parameter."""
        return self.of(among("{owner}"))


def _path(declaration: Personal) -> tuple[list[ForeignKey[Any, Any]], str]:
    """Follow ``subject`` to the person; returns the keys crossed and the owning column."""
    model: type[Model] = declaration.model
    crossed: list[ForeignKey[Any, Any]] = []
    *through, last = declaration.subject.split("__")
    for step in through:
        key = model._meta.get_field(step)
        assert isinstance(key, ForeignKey)
        crossed.append(key)
        model = key.related_model
    return crossed, _column(model, last)


def table_of(declaration: Personal) -> Table:
    """The SQL view of one declaration."""
    meta = declaration.model._meta
    if declaration.by_number:
        hops, owner = _hop_by_number(declaration), "id"
    else:
        crossed, owner = _path(declaration)
        hops = _hops(crossed)
    return Table(
        declaration=declaration,
        name=quoted(meta.db_table),
        key=quoted(str(meta.pk.column)),
        owner=quoted(owner),
        hops=hops,
        file_columns=_file_columns(declaration),
        mention_columns=_columns(meta.model, declaration.mentions),
    )


def _hop_by_number(declaration: Personal) -> tuple[Hop, ...]:
    """From the copy of a public number to the person who has it, while there is one."""
    hub = quoted(DataSubject._meta.db_table)
    column = quoted(_column(declaration.model, declaration.subject))
    return (Hop(column=column, table=hub, key=quoted("uuid")),)


def _hops(crossed: Iterable[ForeignKey[Any, Any]]) -> tuple[Hop, ...]:
    return tuple(
        Hop(
            column=quoted(str(key.column)),
            table=quoted(key.related_model._meta.db_table),
            key=quoted(str(key.target_field.column)),
        )
        for key in crossed
    )


def _column(model: type[Model], name: str) -> str:
    field = model._meta.get_field(name)
    assert isinstance(field, Field)
    return str(field.column)


def _file_columns(declaration: Personal) -> tuple[tuple[str, str], ...]:
    fields = [declaration.model._meta.get_field(name) for name in declaration.files]
    return tuple(
        (quoted(str(field.column)), storage_alias(field))
        for field in fields
        if isinstance(field, FileField)
    )


def storage_alias(field: FileField) -> str:
    """Under which name of ``STORAGES`` a file column keeps its files."""
    for alias in settings.STORAGES:
        if storages[alias] == field.storage:
            return alias
    raise LookupError(f"{field}: its storage is not in STORAGES, nobody could erase its files")


def _columns(model: type[Model], names: Iterable[str]) -> tuple[str, ...]:
    return tuple(quoted(_column(model, name)) for name in names)


@cache
def tables() -> tuple[Table, ...]:
    """Every declared table but the hub itself, children before the parents they point to."""
    found = [table_of(d) for d in personal_declarations() if d.model is not DataSubject]
    by_model = {table.declaration.model: table for table in found}
    ordered: dict[type[Model], Table] = {}

    seen: list[Table] = []

    def visit(table: Table) -> None:
        seen.append(table)
        for reference in table.declaration.model._meta.get_fields(include_hidden=True):
            points_here = reference.auto_created and not reference.concrete
            child = by_model.get(reference.related_model) if points_here else None  # type: ignore[arg-type]
            if child is not None and child not in seen:
                visit(child)
        ordered.setdefault(table.declaration.model, table)

    for table in found:
        if table not in seen:
            visit(table)
    return tuple(ordered.values())


def tables_kept(keep: str) -> tuple[Table, ...]:
    """The copies that one retention rule keeps."""
    return tuple(table for table in tables() if table.declaration.keep == keep)


def unlinked_kept(keep: str) -> tuple[Copies, ...]:
    """What the same rule keeps of people whom nothing leads to."""
    return tuple(_unlinked(d) for d in unlinked_declarations() if d.keep == keep)


def _unlinked(declaration: Unlinked) -> Copies:
    meta = declaration.model._meta
    name, key = quoted(meta.db_table), quoted(str(meta.pk.column))
    return Copies(declaration=declaration, name=name, key=key)


def lasting_tables() -> tuple[Table, ...]:
    """Archives: what the law keeps although the person is erased."""
    return tuple(table for table in tables() if table.rule.outlives_erasure)


def tables_with_shells() -> tuple[Table, ...]:
    """Archives whose rows need their person's own row, empty, as long as they last."""
    return tuple(table for table in tables() if table.needs_a_shell)


def passing_tables() -> tuple[Table, ...]:
    """What leaves with the person."""
    return tuple(table for table in tables() if not table.rule.outlives_erasure)


@cache
def references() -> tuple[Reference, ...]:
    """Keys between declared tables, other than those that say whose a row is."""
    by_model = {table.declaration.model: table for table in tables()}
    found = []
    for child in tables():
        for key in child.declaration.model._meta.concrete_fields:
            if not isinstance(key, ForeignKey):
                continue
            parent = by_model.get(key.related_model)
            if parent is None or _is_owner(child, key) or key.name in child.declaration.mentions:
                continue
            found.append(
                Reference(
                    child=child,
                    column=quoted(str(key.column)),
                    nullable=key.null,
                    parent=parent,
                    target=quoted(str(key.target_field.column)),
                )
            )
    return tuple(found)


def _is_owner(table: Table, key: Field[Any, Any]) -> bool:
    return table.direct and quoted(str(key.column)) == table.owner


def remove_rows(table: Copies, keys: Sequence[Any]) -> int:
    """Delete rows by primary key, after those of other tables that point to them."""
    if not keys:
        return 0
    primary = table.declaration.model._meta.pk  # a UUID, say, is text or bytes on some engines
    keys = [primary.get_db_prep_value(key, connection) for key in keys]
    _detach(table, f"{table.key} {_in_list(keys)}", keys)
    return execute(f"DELETE FROM {table.name} WHERE {table.key} {_in_list(keys)}", keys)


def _in_list(keys: Sequence[Any]) -> str:
    return f"IN ({', '.join(['%s'] * len(keys))})"


def _detach(
    table: Copies, condition: str, parameters: Sequence[Any], *, but: Collection[str] = ()
) -> None:
    """Rows of other declared tables that point to what will go: unlinked, or gone too."""
    for reference in references():
        if reference.parent is not table or reference.child.name in but:
            continue
        child, column = reference.child, f"{reference.child.name}.{reference.column}"
        pointing = f"{column} IN (SELECT {reference.target} FROM {table.name} WHERE {condition})"
        if reference.nullable:
            execute(
                f"UPDATE {child.name} SET {reference.column} = NULL WHERE {pointing}", parameters
            )
        else:
            _detach(child, pointing, parameters)
            execute(f"DELETE FROM {child.name} WHERE {pointing}", parameters)


def remove_rows_of(table: Table, ids: Sequence[int], *, but: Collection[str] = ()) -> int:
    """Delete one table's rows of all these people: one indexed statement.

    Of the tables named ``but``, no row points to them any more.
    """
    parameter = (ids_parameter(ids),)
    _detach(table, table.whose, parameter, but=but)
    return execute(f"DELETE FROM {table.name} WHERE {table.whose}", parameter)


def unname(table: Table, ids: Sequence[int]) -> None:
    """Other people's rows that mention these ones lose the mention."""
    for column in table.mention_columns:
        execute(
            f"UPDATE {table.name} SET {column} = NULL WHERE {among(f'{table.name}.{column}')}",
            (ids_parameter(ids),),
        )
