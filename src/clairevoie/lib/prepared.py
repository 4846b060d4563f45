"""Reads by fixed keys, written once: for what every page of a member does.

Django spends about five times as long writing a SELECT with two joins as SQLite spends running
it. Here the SQL, the converters and the way to build the objects are kept by the process; they
belong to no connection, so that a thread or a connection that is new writes nothing again.

PostgreSQL spends more on planning such a read than on running it: each connection keeps the plan
(:func:`ready_cursor`), which makes the read of a session four times as fast.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.backends.sqlite3.base import SQLiteCursorWrapper
from django.db.backends.utils import CursorWrapper
from django.db.models import Model, QuerySet
from django.db.models.query import get_related_populators
from django.utils.module_loading import import_string

M = TypeVar("M", bound=Model)
Key = str | int | UUID
_ANY_KEY: Final = ("prepared",)


def ready_cursor() -> CursorWrapper:
    """A cursor for statements that come again and again, each under the same text.

    As ``connection.cursor()``, its statements counted and logged alike. On PostgreSQL values
    travel apart from the text, so that the connection keeps the plan for as long as it lives.
    """
    here = connections[DEFAULT_DB_ALIAS]  # looked up once, not at each of its names
    here.ensure_connection()
    with here.wrap_database_errors:
        cursor = _ready(here.vendor)(here.connection)
        wrapped: CursorWrapper = here._prepare_cursor(cursor)  # type: ignore[attr-defined]
    return wrapped


@cache
def _ready(vendor: str) -> type[Any]:
    if vendor == "sqlite":
        return _KeepingTexts
    cursor: type[Any] = import_string("clairevoie.lib.plans.KeepingPlans")
    return cursor


class _KeepingTexts(SQLiteCursorWrapper):
    """Django writes ``?`` for ``%s`` at every execution; here, once a text."""

    def convert_query(self, query: str, *, param_names: Any = None) -> str:
        assert param_names is None, "values are given in order"
        return _with_question_marks(query)


@lru_cache(maxsize=128)
def _with_question_marks(query: str) -> str:
    return str(SQLiteCursorWrapper.convert_query(None, query))  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class _Written:
    """One SELECT, ready to run."""

    sql: str
    parameters: tuple[Any, ...]  # those of the example
    places: tuple[int, ...]  # where the keys stand among them; none where there is nothing else
    converters: Any
    # Of objects alone:
    model: Any = None
    names: Sequence[str] = ()
    own: slice = field(default_factory=lambda: slice(0))
    related: Sequence[Any] = ()
    beside: Sequence[tuple[str, int]] = ()  # names of what was annotated, and their columns

    def run(self, keys: tuple[Key, ...]) -> tuple[Any, ...]:
        """The parameters for these keys."""
        given = _parameters(keys)
        if not self.places:
            return given
        whole = list(self.parameters)
        for place, key in zip(self.places, given, strict=True):
            whole[place] = key
        return tuple(whole)

    def converted(self, rows: Iterable[Sequence[Any]]) -> Iterator[Sequence[Any]]:
        """As ``SQLCompiler.apply_converters``, on the connection of this thread."""
        if not self.converters:
            yield from rows
            return
        here = connections[DEFAULT_DB_ALIAS]
        for row in map(list, rows):
            for place, (convert, expression) in self.converters.items():
                value = row[place]
                for one in convert:
                    value = one(value, expression, here)
                row[place] = value
            yield row


class _Read:
    """The SQL of a queryset whose parameters are its keys.

    With ``fixed=True`` it may have others, which never change; no key of the example may then
    equal one of them.
    """

    def __init__(
        self,
        queryset: Callable[..., QuerySet[Any, Any]],
        example: tuple[Key, ...] = _ANY_KEY,
        *,
        fixed: bool = False,
    ) -> None:
        self._queryset, self._example, self._fixed = queryset, example, fixed
        self._written: _Written | None = None

    def _ready(self) -> _Written:
        if self._written is None:  # two threads may write the same at the same time
            self._written = self._write()
        return self._written

    def _write(self) -> _Written:
        query = self._queryset(*self._example).query
        compiler = query.get_compiler(connection=connection)
        sql, parameters = compiler.as_sql()
        # Of a connection that is never opened: this thread's must end with it.
        nobodys = query.get_compiler(connection=connection.copy())
        return _Written(
            sql,
            tuple(parameters),
            self._places(tuple(parameters)),
            nobodys.get_converters([column[0] for column in compiler.select or ()]),
            **self._of_objects(compiler),
        )

    def _places(self, parameters: tuple[Any, ...]) -> tuple[int, ...]:
        keys = _parameters(self._example)
        if parameters == keys:
            return ()
        once = all(parameters.count(key) == 1 for key in keys)
        if not self._fixed or not once:
            raise ValueError("A prepared read has one parameter a key, in the order of its keys")
        return tuple(parameters.index(key) for key in keys)

    def _of_objects(self, compiler: Any) -> dict[str, Any]:
        del compiler
        return {}

    def _rows(self, keys: tuple[Key, ...]) -> tuple[_Written, list[Any]]:
        written = self._ready()
        with ready_cursor() as cursor:
            cursor.execute(written.sql, written.run(keys))
            return written, cursor.fetchall()


class Prepared(_Read, Generic[M]):
    """``Prepared(lambda key: Session.objects.select_related(…).filter(session_key=key))``.

    Keys that are not text need an ``example``.
    """

    def __init__(
        self,
        queryset: Callable[..., QuerySet[M]],
        example: tuple[Key, ...] = _ANY_KEY,
        *,
        fixed: bool = False,
    ) -> None:
        super().__init__(queryset, example, fixed=fixed)

    def get(self, *keys: Key) -> M | None:
        """The row under ``keys``; None without one."""
        found = self.all(*keys)
        return found[0] if found else None

    def all(self, *keys: Key) -> list[M]:
        """Every row under ``keys``."""
        written, found = self._rows(keys)
        return [_built(written, row) for row in written.converted(found)]

    def _of_objects(self, compiler: Any) -> dict[str, Any]:
        info = compiler.klass_info
        fields = info["select_fields"]
        own = slice(fields[0], fields[-1] + 1)
        return {
            "model": info["model"],
            "own": own,
            "names": [column[0].target.attname for column in compiler.select[own]],
            "related": get_related_populators(  # type: ignore[call-arg]  # the stubs are of 6.1
                info, compiler.select, DEFAULT_DB_ALIAS
            ),
            "beside": list(compiler.annotation_col_map.items()),
        }


def _built(written: _Written, row: Sequence[Any]) -> Any:
    built = written.model.from_db(DEFAULT_DB_ALIAS, written.names, row[written.own])
    for populator in written.related:
        populator.populate(row, built)
    for name, column in written.beside:
        setattr(built, name, row[column])
    return built


class PreparedRows(_Read):
    """The same for a queryset of ``values_list``: its rows."""

    def get(self, *keys: Key) -> list[Any]:
        """All the rows under ``keys``."""
        written, found = self._rows(keys)
        return list(written.converted(found))


def _parameters(keys: tuple[Key, ...]) -> tuple[Key, ...]:
    """As the database takes them."""
    if connection.features.has_native_uuid_field:
        return keys
    return tuple(key.hex if isinstance(key, UUID) else key for key in keys)
