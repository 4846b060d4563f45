"""Statements whose plan a PostgreSQL connection keeps (``lib.prepared``).

Apart, so that an instance on SQLite never loads psycopg.
"""

from __future__ import annotations

from typing import Any

from psycopg import Cursor
from psycopg._queries import PostgresQuery


class KeepingPlans(Cursor[Any]):
    """Values travel apart from the text, and the text is planned once a connection."""

    def execute(self, query: Any, params: Any = None, **_how: Any) -> KeepingPlans:
        # Switched on here alone: elsewhere the texts hold people's values, and are not kept.
        self.connection.prepare_threshold = 0
        try:
            super().execute(query, params, prepare=True)
        finally:
            self.connection.prepare_threshold = None
        # Where Django looks for what it logs: the text, without anybody's values.
        self._query = PostgresQuery(self._tx)
        self._query.query = query.encode()
        return self
