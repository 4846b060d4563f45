"""A table or a column without a word fails ``clairevoie check``, which says what to write."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import models

from clairevoie import privacy
from clairevoie.privacy import declarations
from clairevoie.privacy.checks import every_table_answers


@pytest.fixture
def scratch() -> Iterator[None]:
    """Models made in a test leave the registry with it."""
    before = dict(apps.all_models["surveys"])
    declared = dict(declarations._declared)
    yield
    apps.all_models["surveys"].clear()
    apps.all_models["surveys"].update(before)
    apps.clear_cache()
    declarations._declared.clear()
    declarations._declared.update(declared)


def make(name: str, **fields: models.Field) -> type[models.Model]:  # type: ignore[type-arg]
    meta = type("Meta", (), {"app_label": "surveys"})
    return type(
        name, (models.Model,), {"__module__": "clairevoie.surveys.models", "Meta": meta, **fields}
    )


def complaints(model: type[models.Model]) -> list[tuple[str, str]]:
    return [
        (str(error.id), f"{error.msg} {error.hint}")
        for error in every_table_answers(None)
        if error.obj is model
    ]


def test_every_table_and_column_of_every_installed_app_has_given_its_word() -> None:
    assert [f"{e.msg} {e.hint}" for e in every_table_answers(None)] == []


def test_a_new_table_without_a_word_is_refused_with_what_to_write_where(scratch: None) -> None:
    model = make(
        "Diary",
        subject=models.ForeignKey(privacy.DataSubject, models.PROTECT),
        secret_thought=models.TextField(),
    )

    [(code, text)] = complaints(model)

    assert code == "privacy.E001"
    assert "src/clairevoie/surveys/privacy.py" in text
    assert "declare(Personal(Diary" in text
    assert '"secret_thought"' in text


def test_a_new_column_without_a_word_is_refused(scratch: None) -> None:
    model = make(
        "Diary",
        subject=models.ForeignKey(privacy.DataSubject, models.PROTECT),
        title=models.CharField(max_length=9),
        mood=models.CharField(max_length=9),
    )
    privacy.declare(
        privacy.Personal(model, activity="account", keep="account", provided=("title",))
    )

    [(code, text)] = complaints(model)

    assert code == "privacy.E003"
    assert "« mood »" in text
    assert "src/clairevoie/surveys/privacy.py" in text


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ({"activity": "gossip"}, "privacy.E005"),
        ({"keep": "for-ever"}, "privacy.E006"),
        ({"keep": "survey"}, "privacy.E007"),
        ({"provided": ("title", "title")}, "privacy.E002"),
        ({"provided": ("title", "ghost")}, "privacy.E004"),
    ],
)
def test_a_word_that_contradicts_the_policy_or_the_table_is_refused(
    scratch: None, word: dict[str, object], code: str
) -> None:
    model = make(
        "Diary",
        subject=models.ForeignKey(privacy.DataSubject, models.PROTECT),
        title=models.CharField(max_length=9),
    )
    said = {"activity": "account", "keep": "account", "provided": ("title",)} | word
    privacy.declare(privacy.Personal(model, **said))  # type: ignore[arg-type]

    assert code in [found for found, _ in complaints(model)]


def test_a_file_nobody_erases_and_a_second_person_are_refused(scratch: None) -> None:
    model = make(
        "Diary",
        subject=models.ForeignKey(privacy.DataSubject, models.PROTECT, related_name="+"),
        scan=models.FileField(),
        friend=models.ForeignKey(privacy.DataSubject, models.PROTECT, related_name="+", null=True),
    )
    privacy.declare(
        privacy.Personal(model, activity="account", keep="account", provided=("scan", "friend"))
    )

    assert {code for code, _ in complaints(model)} == {"privacy.E011", "privacy.E013"}


@pytest.mark.parametrize(
    "column",
    [
        models.EmailField(),
        models.TextField(),
        models.GenericIPAddressField(),
        models.FileField(),
        models.ForeignKey(privacy.DataSubject, models.PROTECT, related_name="+"),
    ],
)
def test_a_telling_column_of_a_nobodys_table_needs_its_own_reason(
    scratch: None,
    column: models.Field,  # type: ignore[type-arg]
) -> None:
    model = make("Almanac", remark=column)
    privacy.declare(privacy.Impersonal(model, because="Written by the organisation."))

    assert [code for code, _ in complaints(model)] == ["privacy.E015"]


def test_one_table_gives_its_word_once(scratch: None) -> None:
    model = make("Almanac")
    privacy.declare(privacy.Impersonal(model, because="Nobody is in it."))

    with pytest.raises(declarations.AlreadyDeclared):
        privacy.declare(privacy.Impersonal(model, because="Again."))
