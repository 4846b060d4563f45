"""A read of one row by one key, written once: for what every page of a member does.

Django spends about five times as long writing a SELECT with two joins as SQLite spends running
it. Here the SQL, the converters and the way to build the objects are kept for each thread, as
Django keeps its connections; a pool may hand another connection to every request.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.models import Model, QuerySet
from django.db.models.query import get_related_populators

M = TypeVar("M", bound=Model)
_ANY_KEY = "prepared"


class Prepared(Generic[M]):
    """``Prepared(lambda key: Session.objects.select_related(…).filter(session_key=key))``.

    The queryset must have the key as its one parameter.
    """

    def __init__(self, queryset: Callable[[str], QuerySet[M]]) -> None:
        self._queryset = queryset
        self._written = threading.local()

    def get(self, key: str) -> M | None:
        """The row under ``key``; None without one."""
        if not hasattr(self._written, "sql"):
            self._write()
        written = self._written
        with connection.cursor() as cursor:
            cursor.execute(written.sql, (key,))
            found = cursor.fetchone()
        return self._build(found) if found is not None else None

    def _write(self) -> None:
        query = self._queryset(_ANY_KEY).query
        compiler = query.get_compiler(connection=connection)
        sql, parameters = compiler.as_sql()
        if parameters != (_ANY_KEY,):
            raise ValueError("A prepared read has one parameter, its key")
        written = self._written
        written.sql, written.compiler = sql, compiler
        written.converters = compiler.get_converters([column[0] for column in compiler.select])
        info = compiler.klass_info
        written.model, fields = info["model"], info["select_fields"]
        written.own = slice(fields[0], fields[-1] + 1)
        written.names = [column[0].target.attname for column in compiler.select[written.own]]
        written.related = get_related_populators(  # type: ignore[call-arg]  # the stubs are of 6.1
            info, compiler.select, connection.alias
        )

    def _build(self, found: tuple[Any, ...]) -> M:
        written = self._written
        row = next(iter(written.compiler.apply_converters([found], written.converters)))
        built: M = written.model.from_db(connection.alias, written.names, row[written.own])
        for populator in written.related:
            populator.populate(row, built)
        return built
