"""Rows of other tables beside an object, in the one statement that reads it.

A page that asks five tables asks five times: on PostgreSQL, going there and back costs more than
finding the rows. Here each of the others comes as one JSON value, which Python reads faster than
it builds objects.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from django.db.models import JSONField, QuerySet, Subquery

_AS_JSON: Final = {
    "sqlite": "(SELECT json_group_array(json_array({columns})) FROM (%(subquery)s) AS each)",
    "postgresql": (
        "(SELECT coalesce(json_agg(json_build_array({columns})), '[]')::text"
        " FROM (%(subquery)s) AS each)"
    ),
}


class Rows(Subquery):
    """``annotate(read=Rows(Completion….filter(enrolment=OuterRef("uuid")).values_list("place")))``.

    A list of lists, in the order of the queryset. Instants come as text: see :func:`instant`.
    """

    def __init__(self, queryset: QuerySet[Any, Any]) -> None:
        super().__init__(queryset, output_field=JSONField())

    def as_sql(
        self, compiler: Any, connection: Any, template: str | None = None, **extra: Any
    ) -> tuple[str, Any]:
        columns = ", ".join(self._columns(connection))
        template = _AS_JSON[connection.vendor].format(columns=columns)
        sql, parameters = super().as_sql(compiler, connection, template, **extra)
        return sql, parameters

    def _columns(self, connection: Any) -> list[str]:
        """The names of the subquery's columns; on SQLite, JSON is a text that says it is JSON."""
        query, quote = self.query, connection.ops.quote_name
        named = [*zip(query.values_select, query.select, strict=True)]
        named += query.annotation_select.items()
        is_text = connection.vendor == "sqlite"
        return [
            f"json({quote(name)})"
            if is_text and isinstance(column.output_field, JSONField)
            else quote(name)
            for name, column in named
        ]


def instant(text: str) -> datetime:
    """As either engine writes it: SQLite keeps UTC without saying so."""
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)
