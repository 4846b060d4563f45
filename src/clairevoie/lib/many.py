"""Many rows of one table, most of whose columns are the same for all.

``bulk_create`` prepares each column of each row by itself: for a file of three hundred thousand
people that is most of the work. Here what is the same is prepared once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, cast

from django.db import connection
from django.db.models import AutoField, CharField, Field, ForeignKey, Model, TextField

Columns = Sequence[str]


def insert_many(
    model: type[Model], *, same: Mapping[str, Any], varying: Columns, rows: Iterable[Sequence[Any]]
) -> None:
    """INSERT ``rows``, tuples of the ``varying`` columns; the others have one value or default.

    No signal, no ``save``, no returned key. Text must be no longer than its column.
    """
    fields = [
        field
        for field in cast("list[Field[Any, Any]]", model._meta.concrete_fields)
        if not isinstance(field, AutoField)
    ]
    fixed = [field for field in fields if field.name not in varying]
    moving = [cast("Field[Any, Any]", model._meta.get_field(name)) for name in varying]
    constants = tuple(_prepared(field, same.get(field.name, _default(field))) for field in fixed)
    prepare = [_preparer(field) for field in moving]
    quote = connection.ops.quote_name
    names = ", ".join(quote(str(field.column)) for field in (*fixed, *moving))
    marks = ", ".join(["%s"] * (len(fixed) + len(moving)))
    values = [(*constants, *(p(v) for p, v in zip(prepare, row, strict=True))) for row in rows]
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {quote(model._meta.db_table)} ({names}) VALUES ({marks})",  # noqa: S608  # our own names
            values,
        )


def _default(field: Field[Any, Any]) -> Any:
    return field.get_default()


def _prepared(field: Field[Any, Any], value: Any) -> Any:
    return field.get_db_prep_save(getattr(value, "pk", value), connection)


def _preparer(field: Field[Any, Any]) -> Callable[[Any], Any]:
    """Text and keys go as they are; of the rest (days, numbers) each value is prepared once."""
    if isinstance(field, CharField | TextField | ForeignKey):
        return lambda value: value
    known: dict[Any, Any] = {}

    def prepare(value: Any) -> Any:
        if value not in known:
            known[value] = _prepared(field, value)
        return known[value]

    return prepare
