"""One row of one person in every declared table, each text a canary found nowhere else.

Walks the declarations, so that a table added tomorrow is filled, exported, erased and searched
for without a word here. Only values that a table's own constraints demand are given by name.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

from django.core.files.base import ContentFile
from django.db import models

from clairevoie.privacy.declarations import Personal, declaration_of, personal_declarations
from clairevoie.privacy.models import DataSubject

DAY = date(2026, 11, 20)
INSTANT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
FAR = datetime(2027, 11, 20, 9, 30, tzinfo=UTC)

# (model label, column) → value, where any text would break a constraint or end the row at once.
DEMANDED: dict[tuple[str, str], Any] = {
    ("accounts.Session", "expire_date"): FAR,
    ("accounts.Member", "language"): "fr",
    ("accounts.Member", "country"): "FR",
    ("learning.Candidacy", "decision"): "",
    ("privacy.ExportPack", "expires_on"): FAR.date(),
    ("privacy.Disclosure", "recipient"): "host",
    ("privacy.Disclosure", "activity"): "account",
    ("privacy.Disclosure", "fields"): "email,phone",
}
_NEUTRAL: tuple[tuple[type[models.Field[Any, Any]], Any], ...] = (
    (models.UUIDField, uuid4),
    (models.DateTimeField, INSTANT),
    (models.DateField, DAY),
    (models.BooleanField, False),
    (models.IntegerField, 1),
)


@dataclass
class Nest:
    """One person's rows, and the canaries in them."""

    subject: DataSubject
    number: int
    canaries: dict[str, str] = field(default_factory=dict)  # canary → where it was put
    rows: dict[type[models.Model], models.Model] = field(default_factory=dict)
    count: int = 0

    def fill(self, *, lasting: bool = True) -> Nest:
        """One row in every declared table; archives too unless ``lasting`` is False."""
        for declaration in personal_declarations():
            if lasting or not _outlives(declaration):
                self.row(declaration.model)
        return self

    def row(self, model: type[models.Model]) -> models.Model:
        """This person's row in ``model``, made on first use; a row of nobody for other tables."""
        if model is DataSubject:
            return self.subject
        if model not in self.rows:
            declaration = declaration_of(model)
            owner = declaration.subject if isinstance(declaration, Personal) else None
            of_the_person = dict(self.canaries)
            values = dict(self._values(model, owner))
            self.rows[model] = model._base_manager.create(**values)
            if owner is None:  # a training, a type of content: it stays when the person leaves
                self.canaries = of_the_person
        return self.rows[model]

    def _values(self, model: type[models.Model], owner: str | None) -> Iterator[tuple[str, Any]]:
        declaration = declaration_of(model)
        mentions = declaration.mentions if isinstance(declaration, Personal) else ()
        for column in model._meta.concrete_fields:
            if isinstance(column, models.AutoField) or column.name in mentions:
                continue
            if isinstance(column, models.ForeignKey):
                first_step = owner is not None and column.name == owner.split("__")[0]
                if first_step or not column.null:
                    yield column.name, self.row(column.related_model)
            elif column.name == owner:  # a copy of the person's public number
                yield column.name, self.subject.uuid
            elif column.primary_key and isinstance(column, models.IntegerField):
                yield column.name, self.number
            elif (model._meta.label, column.name) in DEMANDED:
                yield column.name, DEMANDED[model._meta.label, column.name]
            else:
                yield column.name, self._value(model, column)

    def _value(self, model: type[models.Model], column: models.Field[Any, Any]) -> Any:
        where = f"{model._meta.label}.{column.name}"
        if column.choices:
            return next(iter(column.flatchoices))[0]
        if isinstance(column, models.CharField | models.TextField | models.FileField):
            return self._text(column, where)
        if isinstance(column, models.GenericIPAddressField):
            self.count += 1
            return self._note(f"2001:db8:{self.number:x}:{self.count:x}::77", where)
        if isinstance(column, models.JSONField):
            return {"canary": self._note(self._canary(), where)}
        return _neutral(column)

    def _text(self, column: models.Field[Any, Any], where: str) -> str:
        canary = self._canary()
        if isinstance(column, models.FileField):
            content = self._note(canary, where).encode()
            return column.storage.save(f"canaris/{uuid4()}.bin", ContentFile(content))
        if isinstance(column, models.EmailField):
            return self._note(f"{canary}@exemple.fr", where)
        if column.max_length and column.max_length < len(canary):
            return "z" * min(column.max_length, 2)
        return self._note(canary, where)

    def _canary(self) -> str:
        self.count += 1
        return f"Zzyx{self.number}n{self.count}q"

    def _note(self, canary: str, where: str) -> str:
        self.canaries[canary] = where
        return canary


def nest(number: int, *, lasting: bool = True) -> Nest:
    """A new person with a row everywhere; ``number`` makes the canaries unique."""
    subject = DataSubject.objects.create(last_use=DAY, uuid=UUID(int=number, version=4))
    return Nest(subject, number).fill(lasting=lasting)


def _neutral(column: models.Field[Any, Any]) -> Any:
    """A value that says nothing of anybody, for a column that can hold no canary."""
    if column.null:
        return None
    for kind, value in _NEUTRAL:
        if isinstance(column, kind):
            return value() if callable(value) else value
    return column.get_default()


def _outlives(declaration: Personal) -> bool:
    from clairevoie import policy

    return policy.current().retention[declaration.keep].outlives_erasure
