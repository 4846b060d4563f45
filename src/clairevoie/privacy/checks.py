"""System checks: every table and every column of every installed app has given its word.

``clairevoie check`` fails with what to write and where. Walks all models, third parties' too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import AppConfig, apps
from django.contrib.auth import get_user_model
from django.core.checks import CheckMessage, Error, register
from django.core.exceptions import FieldDoesNotExist
from django.db import models

from clairevoie import policy
from clairevoie.policy import Clock
from clairevoie.privacy.declarations import (
    Impersonal,
    Personal,
    Unlinked,
    declaration_of,
)
from clairevoie.privacy.models import DataSubject

_TELLING_TYPES = (
    models.EmailField,
    models.GenericIPAddressField,
    models.FileField,
    models.TextField,
    models.JSONField,
    models.BinaryField,
)
_TELLING_NAMES = (
    "name",
    "email",
    "phone",
    "pseudo",
    "address",
    "ip",
    "user_agent",
    "birth",
    "user",
)


@register
def every_table_answers(
    app_configs: Sequence[AppConfig] | None,  # Django's signature
    **kwargs: Any,
) -> list[CheckMessage]:
    """All concrete models, whatever app is being checked: a promise has no exceptions."""
    models_ = apps.get_models(include_auto_created=True)
    return [
        error
        for model in models_
        if model._meta.managed and not model._meta.proxy and not model._meta.swapped
        for error in _answers(model)
    ]


def _answers(model: type[models.Model]) -> Iterator[CheckMessage]:
    declaration = declaration_of(model)
    if declaration is None:
        yield _undeclared(model)
    elif isinstance(declaration, Personal):
        yield from _personal(declaration)
    elif isinstance(declaration, Unlinked):
        yield from _unlinked(declaration)
    else:
        yield from _impersonal(declaration)


def _own_columns(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    return [field for field in model._meta.concrete_fields if not field.primary_key]


def _where(model: type[models.Model]) -> str:
    """The file in which to write: the app's own ``privacy.py``, else the app that uses it."""
    package = apps.get_app_config(model._meta.app_label).name
    mine = package.startswith("clairevoie.")
    return (
        f"src/{package.replace('.', '/')}/privacy.py"
        if mine
        else "the privacy.py of the app that uses it"
    )


def _undeclared(model: type[models.Model]) -> CheckMessage:
    names = [field.name for field in _own_columns(model)]
    listed = ", ".join(f'"{name}"' for name in names if name != "subject")
    return Error(
        f"{model._meta.label}: nobody said whether this table holds personal data.",
        hint=(
            f'In {_where(model)} write: declare(Personal({model.__name__}, activity="…", '
            f'keep="…", provided=({listed},))) and sort its columns into provided, observed, '
            f"derived, third_party, secret, technical or mentions; or "
            f'declare(Impersonal({model.__name__}, because="…")).'
        ),
        obj=model,
        id="privacy.E001",
    )


def _personal(declaration: Personal) -> Iterator[CheckMessage]:
    yield from _columns(declaration)
    yield from _policy(declaration)
    yield from _owner(declaration)
    yield from _files_and_mentions(declaration)


def _columns(declaration: Personal) -> Iterator[CheckMessage]:
    model = declaration.model
    owner = declaration.subject.split("__")[0]
    real = {field.name for field in _own_columns(model)} - {owner}
    for name, times in Counter(declaration.listed).items():
        if times > 1:
            yield _error(model, f"column « {name} » is listed {times} times.", "Leave one.", 2)
    for name in sorted(real - set(declaration.listed)):
        hint = (
            f'In {_where(model)}, add "{name}" to provided, observed, derived, third_party, '
            f"secret, technical or mentions of {model.__name__}."
        )
        yield _error(model, f"nobody said where column « {name} » comes from.", hint, 3)
    for name in sorted(set(declaration.listed) - real - {model._meta.pk.name}):
        yield _error(model, f"declared column « {name} » does not exist.", "Remove it.", 4)


def _policy(declaration: Personal | Unlinked) -> Iterator[CheckMessage]:
    model, current = declaration.model, policy.current()
    if declaration.activity not in current.activities:
        hint = "Use a code of policy/activities.toml, or describe the activity there."
        yield _error(
            model, f"activity « {declaration.activity} » is not in the register.", hint, 5
        )
    rule = current.retention.get(declaration.keep)
    if rule is None:
        hint = "Use a code of policy/retention.toml, or write the rule there."
        yield _error(model, f"retention rule « {declaration.keep} » does not exist.", hint, 6)
    elif rule.clock is Clock.RECORD:
        yield from _clock(declaration, declaration.clock or str(rule.column))


def _clock(declaration: Personal | Unlinked, name: str) -> Iterator[CheckMessage]:
    model = declaration.model
    try:
        field = model._meta.get_field(name)
    except FieldDoesNotExist:
        hint = f'Add the DATE column, or name another with clock="…" in {_where(model)}.'
        yield _error(model, f"its rule counts from « {name} », which does not exist.", hint, 7)
        return
    if not isinstance(field, models.DateField):
        yield _error(model, f"« {name} » is no date.", "Retention counts from a date.", 7)
    elif name not in declaration.indexed and not _leads_an_index(model, name):
        hint = f'Add models.Index(fields=["{name}", "{model._meta.pk.name}"], …).'
        yield _error(model, f"« {name} » leads no index: due rows would be searched.", hint, 8)


def _leads_an_index(model: type[models.Model], name: str) -> bool:
    field = model._meta.get_field(name)
    indexed = bool(getattr(field, "db_index", False) or getattr(field, "unique", False))
    leads = [index.fields[0].lstrip("-") for index in model._meta.indexes if index.fields]
    leads += [
        constraint.fields[0]
        for constraint in model._meta.constraints
        if isinstance(constraint, models.UniqueConstraint) and constraint.fields
    ]
    leads += [together[0] for together in model._meta.unique_together]
    return indexed or name in leads


def _owner(declaration: Personal) -> Iterator[CheckMessage]:
    model: type[models.Model] = declaration.model
    if model is DataSubject:
        return
    if _is_a_number(model, declaration.subject):
        if not _leads_an_index(model, declaration.subject):
            hint = "Erasing one person must not search the table: index the column."
            yield _error(model, f"« {declaration.subject} » leads no index.", hint, 10)
        return
    for step in declaration.subject.split("__"):
        try:
            key = model._meta.get_field(step)
        except FieldDoesNotExist:
            key = None
        if not isinstance(key, models.ForeignKey):
            hint = 'subject="…" is a path of foreign keys that ends at the person.'
            yield _error(declaration.model, f"« {step} » leads to nobody.", hint, 9)
            return
        if not _leads_an_index(model, step):
            hint = "Erasing one person must not search the table: index the key."
            yield _error(declaration.model, f"« {step} » leads no index.", hint, 10)
        model = key.related_model
    if model not in (DataSubject, get_user_model()):
        hint = "The path must end at a DataSubject or at a member."
        yield _error(declaration.model, f"« {declaration.subject} » ends elsewhere.", hint, 9)


def _is_a_number(model: type[models.Model], name: str) -> bool:
    """A column that holds a copy of a person's public number."""
    try:
        return isinstance(model._meta.get_field(name), models.UUIDField)
    except FieldDoesNotExist:
        return False


def _files_and_mentions(declaration: Personal) -> Iterator[CheckMessage]:
    model = declaration.model
    for field in _own_columns(model):
        if isinstance(field, models.FileField) and field.name not in declaration.files:
            hint = f'Add files=("{field.name}",) in {_where(model)}, or its files would stay.'
            yield _error(model, f"« {field.name} » stores files that nobody erases.", hint, 11)
        if field.name in declaration.mentions and not field.null:
            hint = "A mention is set to NULL when that person goes: null=True."
            yield _error(model, f"mention « {field.name} » cannot be emptied.", hint, 12)
        if _points_to_a_person(field) and field.name not in _accounted(declaration):
            hint = f'Another person\'s key: add "{field.name}" to mentions in {_where(model)}.'
            yield _error(model, f"« {field.name} » names a second person.", hint, 13)


def _accounted(declaration: Personal) -> set[str]:
    return {*declaration.mentions, declaration.subject.split("__")[0]}


def _points_to_a_person(field: models.Field[Any, Any]) -> bool:
    target = field.related_model if isinstance(field, models.ForeignKey) else None
    return target in (DataSubject, get_user_model())


def _unlinked(declaration: Unlinked) -> Iterator[CheckMessage]:
    model = declaration.model
    yield from _policy(declaration)
    yield from _impersonal(declaration)
    rule = policy.current().retention.get(declaration.keep)
    if rule is not None and rule.clock is not Clock.RECORD:
        hint = "Without a person there is no clock but a date of the record."
        yield _error(model, f"rule « {declaration.keep} » counts from a person.", hint, 16)
    for field in _own_columns(model):
        if _points_to_a_person(field):
            hint = "Declare the table Personal, or remove the key."
            yield _error(model, f"« {field.name} » leads to a person.", hint, 17)


def _impersonal(declaration: Impersonal | Unlinked) -> Iterator[CheckMessage]:
    model = declaration.model
    if not declaration.because.strip():
        yield _error(model, "no reason is given.", 'because="…" says why nobody is in it.', 14)
    for field in _own_columns(model):
        if _looks_personal(field) and field.name not in declaration.columns:
            hint = (
                f'In {_where(model)}: columns={{"{field.name}": "why it is nobody\'s"}}, '
                f"or declare the table Personal."
            )
            yield _error(model, f"column « {field.name} » looks personal.", hint, 15)


def _looks_personal(field: models.Field[Any, Any]) -> bool:
    parts = field.name.split("_")
    telling = any(name in parts or field.name == name for name in _TELLING_NAMES)
    target = field.related_model if isinstance(field, models.ForeignKey) else None
    to_person = isinstance(target, type) and isinstance(declaration_of(target), Personal)
    return telling or to_person or isinstance(field, _TELLING_TYPES)


def _error(model: type[models.Model], message: str, hint: str, number: int) -> CheckMessage:
    return Error(
        f"{model._meta.label}: {message}", hint=hint, obj=model, id=f"privacy.E{number:03}"
    )
