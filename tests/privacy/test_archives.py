"""Ten years and fifty years: the rules of archives, on tables that look like those to come."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.apps import apps
from django.db import connection, models

from clairevoie import policy, privacy
from clairevoie.lib import calendar
from clairevoie.privacy import declarations, retention
from clairevoie.privacy import tables as engine_tables
from clairevoie.privacy.models import DataSubject

pytestmark = pytest.mark.django_db(transaction=True)


def make(name: str, rule: str) -> type[models.Model]:
    """A table of archives whose rows count from the column that ``rule`` names."""
    column = policy.current().retention[rule].column
    assert column is not None
    fields = {
        "__module__": "clairevoie.surveys.models",
        "Meta": type("Meta", (), {"app_label": "surveys"}),
        "subject": models.ForeignKey(privacy.DataSubject, models.PROTECT, related_name="+"),
        "number": models.CharField(max_length=20),
        column: models.DateField(db_index=True),
    }
    model: type[models.Model] = type(name, (models.Model,), fields)
    activity = {"invoice": "billing", "certificate": "certificates"}[rule]
    privacy.declare(
        privacy.Personal(model, activity=activity, keep=rule, observed=("number", column))
    )
    return model


@pytest.fixture
def archives() -> Iterator[dict[str, type[models.Model]]]:
    """An invoices' and a certificates' table, gone after the test."""
    known, declared = dict(apps.all_models["surveys"]), dict(declarations._declared)
    made = {"invoice": make("Bill", "invoice"), "certificate": make("Diploma", "certificate")}
    forget_compiled()
    with connection.schema_editor() as editor:
        for model in made.values():
            editor.create_model(model)
    yield made
    with connection.schema_editor() as editor:
        for model in made.values():
            editor.delete_model(model)
    apps.all_models["surveys"].clear()
    apps.all_models["surveys"].update(known)
    apps.clear_cache()
    declarations._declared.clear()
    declarations._declared.update(declared)
    forget_compiled()


def forget_compiled() -> None:
    engine_tables.tables.cache_clear()
    engine_tables.references.cache_clear()


def run(on: date) -> None:
    retention.carry_out(retention.plan(on))


@pytest.mark.parametrize(
    ("rule", "event", "year_end", "purged"),
    [
        ("invoice", date(2026, 3, 10), "12-31", date(2037, 1, 1)),
        ("invoice", date(2026, 6, 30), "06-30", date(2036, 7, 1)),
        ("invoice", date(2026, 7, 1), "06-30", date(2037, 7, 1)),
        ("certificate", date(2024, 2, 29), "", date(2074, 3, 1)),
        ("certificate", date(2026, 6, 30), "", date(2076, 7, 1)),
    ],
)
def test_an_archive_outlives_its_person_to_the_day(
    archives: dict[str, type[models.Model]], rule: str, event: date, year_end: str, purged: date
) -> None:
    clock = calendar.financial_year_end(event, year_end) if year_end else event
    column = str(policy.current().retention[rule].column)
    person = privacy.register_subject(on=event)
    privacy.note_contact(person, kind="email", raw="a@exemple.fr", on=event, verified=True)
    archives[rule]._default_manager.create(subject=person, number="1", **{column: clock})

    privacy.erase(person, because="request", on=event)
    shell = DataSubject.objects.get(pk=person.pk)
    run(purged - timedelta(days=1))
    kept = archives[rule]._default_manager.count()
    run(purged)

    assert shell.erased_on == event
    assert privacy.find("a@exemple.fr") is None
    assert kept == 1
    assert not archives[rule]._default_manager.exists()
    assert not DataSubject.objects.exists(), "the shell leaves with its last archive"
