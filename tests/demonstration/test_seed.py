"""Synthetic people: over every declared table, exactly as many due as asked, always the same."""

from __future__ import annotations

import json
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import override_settings

from clairevoie import privacy
from clairevoie.accounts.models import Member, Role
from clairevoie.config.seed import most_rows, plan_rows, sow
from clairevoie.privacy.erasure import count_rows
from clairevoie.privacy.models import DataSubject
from clairevoie.privacy.tables import tables
from tests.cast import TODAY

pytestmark = pytest.mark.django_db


def _due(on: date) -> dict[str, int]:
    return {
        f"{due.line.rule.code} {due.line.what}": due.count
        for due in privacy.retention.plan(on).due
        if due.count
    }


def test_every_declared_table_gets_rows_and_each_person_as_many() -> None:
    sown = sow(subjects=20, rows_per_subject=60, on=TODAY)

    assert set(sown.tables) == {table.declaration.label for table in tables()}
    assert all(sown.tables.values())
    assert sown.rows == 20 * 60
    for subject in DataSubject.objects.all()[:3]:
        assert sum(count_rows(subject.pk, tables()).values()) == 60


def test_exactly_as_many_are_due_as_asked_and_nothing_else() -> None:
    sow(subjects=50, rows_per_subject=40, due=7, on=TODAY)

    assert _due(TODAY) == {"account privacy.DataSubject": 7}


def test_a_tenth_is_due_when_nothing_is_said() -> None:
    sown = sow(subjects=40, rows_per_subject=20, on=TODAY)

    assert sown.due == 4
    assert _due(TODAY) == {"account privacy.DataSubject": 4}


def test_the_due_really_leave_with_all_their_rows() -> None:
    sow(subjects=20, rows_per_subject=50, due=5, on=TODAY)

    privacy.retention.carry_out(privacy.retention.plan(TODAY))

    assert Member.objects.count() == 15
    assert DataSubject.objects.filter(erased_on=None).count() == 15
    assert not privacy.retention.plan(TODAY).total


def test_the_same_call_gives_the_same_people() -> None:
    def people() -> list[tuple[object, ...]]:
        columns = ("uuid", "last_use", "dormant_since")
        return list(DataSubject.objects.order_by("pk").values_list(*columns))

    sow(subjects=10, rows_per_subject=20, on=TODAY)
    first = people()
    DataSubject.objects.filter(pk__lt=0).delete()
    sow(subjects=10, rows_per_subject=20, on=TODAY)

    assert [row[1:] for row in people()[10:]] == [row[1:] for row in first]
    assert len({row[0] for row in people()}) == 20


def test_last_uses_spread_over_six_years() -> None:
    sow(subjects=200, rows_per_subject=20, on=TODAY)

    days = list(DataSubject.objects.values_list("last_use", flat=True))

    assert min(d for d in days if d) < TODAY - timedelta(days=5 * 365)
    assert max(d for d in days if d) > TODAY - timedelta(days=60)
    assert min(d for d in days if d) >= TODAY - timedelta(days=6 * 366 + 1)


def test_nobody_synthetic_has_a_role_or_a_way_in() -> None:
    sow(subjects=10, rows_per_subject=60, on=TODAY)

    assert set(Member.objects.values_list("role", flat=True)) == {Role.LEARNER}
    assert not any(member.has_usable_password() for member in Member.objects.all())


def test_rows_point_to_rows_that_exist() -> None:
    sow(subjects=10, rows_per_subject=60, on=TODAY)

    connection.check_constraints()


def test_a_table_holds_no_more_than_its_constraints_allow() -> None:
    most = {table.declaration.label: most_rows(table) for table in tables()}

    assert most["accounts.Member"] == 1
    assert most["messaging.Message"] > 1
    assert sum(furrow.rows for furrow in plan_rows(50)) == 50


def test_the_command_reports_in_json() -> None:
    written = StringIO()

    call_command(
        "seed", subjects=5, rows_per_subject=20, due=2, on=TODAY, json=True, stdout=written
    )

    report = json.loads(written.getvalue())
    assert (report["subjects"], report["due"]) == (5, 2)
    assert sum(report["tables"].values()) == 100


@pytest.mark.parametrize("due", [-1, 6])
def test_an_impossible_number_of_due_people_is_refused(due: int) -> None:
    with pytest.raises(CommandError, match="due"):
        call_command("seed", subjects=5, rows_per_subject=20, due=due, on=TODAY)


@override_settings(PRODUCTION=True)
def test_synthetic_people_stay_out_of_production() -> None:
    with pytest.raises(CommandError, match="production"):
        call_command("seed", subjects=5)

    assert not DataSubject.objects.exists()
