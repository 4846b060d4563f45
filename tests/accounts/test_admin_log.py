"""Django's own admin log, should anything ever write to it: twelve months, like any log."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.db import connection

from clairevoie import privacy
from clairevoie.lib.calendar import PARIS
from clairevoie.privacy.declarations import personal_declarations
from tests.cast import Person
from tests.promises import promise

pytestmark = pytest.mark.django_db


@promise("P-087")
def test_a_line_stays_twelve_months_to_the_day(eve: Person) -> None:
    for at in (datetime(2025, 11, 22, 0, 0), datetime(2025, 11, 22, 23, 59)):  # noqa: DTZ001  # Paris, below
        LogEntry.objects.create(
            user=eve.member, action_time=at.replace(tzinfo=PARIS), action_flag=CHANGE
        )

    privacy.retention.carry_out(privacy.retention.plan(date(2026, 11, 22)))
    on_the_last_lawful_day = LogEntry.objects.count()
    privacy.retention.carry_out(privacy.retention.plan(date(2026, 11, 23)))

    assert (on_the_last_lawful_day, LogEntry.objects.count()) == (2, 0)


def test_indexes_said_to_be_added_to_the_tables_of_others_are_there() -> None:
    said = [(d, column) for d in personal_declarations() for column in d.indexed]
    assert said

    for declaration, column in said:
        with connection.cursor() as cursor:
            found = connection.introspection.get_constraints(
                cursor, declaration.model._meta.db_table
            )
        leads = {c["columns"][0] for c in found.values() if c["index"] and c["columns"]}
        assert column in leads, f"{declaration.label}: no index begins with {column}"
