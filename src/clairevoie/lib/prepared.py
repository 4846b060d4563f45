"""Reads by fixed keys, written once: for what every page of a member does.

Django spends about five times as long writing a SELECT with two joins as SQLite spends running
it. Here the SQL, the converters and the way to build the objects are kept for each thread, as
Django keeps its connections; a pool may hand another connection to every request.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

from django.db import connection
from django.db.models import Model, QuerySet
from django.db.models.query import get_related_populators

M = TypeVar("M", bound=Model)
Key = str | int | UUID
_ANY_KEY: Final = ("prepared",)


class _Read:
    """The SQL of a queryset, for each thread."""

    def __init__(
        self, queryset: Callable[..., QuerySet[Any, Any]], example: tuple[Key, ...] = _ANY_KEY
    ) -> None:
        self._queryset, self._example = queryset, example
        self._written = threading.local()

    def _ready(self) -> Any:
        if not hasattr(self._written, "sql"):
            self._write()
        return self._written

    def _write(self) -> None:
        query = self._queryset(*self._example).query
        compiler = query.get_compiler(connection=connection)
        sql, parameters = compiler.as_sql()
        if parameters != _parameters(self._example):
            raise ValueError("A prepared read has one parameter a key, in the order of its keys")
        written = self._written
        written.sql, written.compiler = sql, compiler
        written.converters = compiler.get_converters([column[0] for column in compiler.select])


class Prepared(_Read, Generic[M]):
    """``Prepared(lambda key: Session.objects.select_related(…).filter(session_key=key))``.

    The queryset must have its keys as its parameters, and no other; keys that are not text need
    an ``example``.
    """

    def __init__(
        self, queryset: Callable[..., QuerySet[M]], example: tuple[Key, ...] = _ANY_KEY
    ) -> None:
        super().__init__(queryset, example)

    def get(self, *keys: Key) -> M | None:
        """The row under ``keys``; None without one."""
        self._ready()
        with connection.cursor() as cursor:
            cursor.execute(self._written.sql, _parameters(keys))
            found = cursor.fetchone()
        return self._build([found])[0] if found is not None else None

    def all(self, *keys: Key) -> list[M]:
        """Every row under ``keys``."""
        self._ready()
        with connection.cursor() as cursor:
            cursor.execute(self._written.sql, _parameters(keys))
            found = cursor.fetchall()
        return self._build(found)

    def _write(self) -> None:
        super()._write()
        written, compiler = self._written, self._written.compiler
        info = compiler.klass_info
        written.model, fields = info["model"], info["select_fields"]
        written.own = slice(fields[0], fields[-1] + 1)
        written.names = [column[0].target.attname for column in compiler.select[written.own]]
        written.related = get_related_populators(  # type: ignore[call-arg]  # the stubs are of 6.1
            info, compiler.select, connection.alias
        )

    def _build(self, found: list[tuple[Any, ...]]) -> list[M]:
        written = self._written
        return [
            self._built(row)
            for row in written.compiler.apply_converters(found, written.converters)
        ]

    def _built(self, row: Any) -> M:
        written = self._written
        built: M = written.model.from_db(connection.alias, written.names, row[written.own])
        for populator in written.related:
            populator.populate(row, built)
        return built


class PreparedRows(_Read):
    """The same for a queryset of ``values_list``: its rows."""

    def get(self, *keys: Key) -> list[Any]:
        """All the rows under ``keys``."""
        written = self._ready()
        with connection.cursor() as cursor:
            cursor.execute(written.sql, _parameters(keys))
            found = cursor.fetchall()
        if not written.converters:
            return list(found)
        return list(written.compiler.apply_converters(found, written.converters))


def _parameters(keys: tuple[Key, ...]) -> tuple[Key, ...]:
    """As the database takes them."""
    if connection.features.has_native_uuid_field:
        return keys
    return tuple(key.hex if isinstance(key, UUID) else key for key in keys)
