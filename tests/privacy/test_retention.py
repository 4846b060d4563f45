"""Who leaves, on which day, and what stays: promises.md C.1, C.3 and C.4."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from clairevoie import privacy
from clairevoie.config.seed import sow
from clairevoie.lib import calendar
from clairevoie.privacy import retention, safeguards
from clairevoie.privacy.due import lines
from clairevoie.privacy.models import (
    ContactPoint,
    DataSubject,
    LedgerEntry,
    SuspensionMark,
    Tombstone,
)
from clairevoie.privacy.suspension import contact_hash
from tests.promises import promise

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def person(**clocks: date) -> DataSubject:
    subject = DataSubject.objects.create(**clocks)
    privacy.note_contact(
        subject, kind="email", raw=f"p{subject.pk}@example.org", on=date(2020, 1, 1), verified=True
    )
    return subject


def run(on: date) -> int:
    return retention.carry_out(retention.plan(on)).total


def is_known(subject: DataSubject) -> bool:
    return DataSubject.objects.filter(pk=subject.pk).exists()


@promise("P-087", "P-088")
@pytest.mark.parametrize(
    ("last_use", "purged"),
    [
        (date(2024, 2, 29), date(2029, 3, 1)),
        (date(2021, 11, 21), date(2026, 11, 22)),
        (date(2021, 11, 22), date(2026, 11, 23)),
        (calendar.paris_date(datetime(2026, 12, 31, 23, 30, tzinfo=UTC)), date(2032, 1, 2)),
    ],
)
def test_an_unused_account_leaves_the_day_after_five_years(last_use: date, purged: date) -> None:
    subject = person(last_use=last_use)

    run(purged - timedelta(days=1))
    kept_on_the_last_day = is_known(subject)
    run(purged)

    assert kept_on_the_last_day
    assert not is_known(subject)
    assert not ContactPoint.objects.exists()
    assert Tombstone.objects.get().erased_on == purged


@promise("P-090")
def test_a_suspended_account_leaves_with_the_nearest_of_both_clocks() -> None:
    soon = person(last_use=date(2025, 6, 1), last_contact=date(2025, 6, 1))
    late = person(last_use=date(2022, 1, 1))
    for subject, day in ((soon, date(2025, 6, 10)), (late, date(2025, 12, 1))):
        privacy.suspend(
            subject,
            author=subject.uuid,
            reason_code="fraud",
            reason="Compte partagé",
            appeal="Écrivez-nous",
            on=day,
        )

    run(date(2027, 1, 1))
    assert ContactPoint.objects.filter(subject=late).exists()
    run(date(2027, 1, 2))
    assert not ContactPoint.objects.filter(subject=late).exists()
    assert SuspensionMark.including_restricted.filter(subject=late).exists()
    run(date(2027, 6, 10))
    assert is_known(soon)
    run(date(2027, 6, 11))
    assert not is_known(soon)
    assert not SuspensionMark.including_restricted.filter(subject=soon).exists()
    run(date(2027, 12, 1))
    assert is_known(late)
    run(date(2027, 12, 2))
    assert not is_known(late)


@promise("P-090")
def test_a_suspended_persons_contact_is_barred_for_two_years_and_not_a_day_more() -> None:
    subject = person(last_use=date(2028, 2, 1))
    raw = f"P{subject.pk}+autre@EXAMPLE.org"
    privacy.suspend(
        subject,
        author=subject.uuid,
        reason_code="fraud",
        reason="Compte partagé",
        appeal="Écrivez-nous",
        on=date(2028, 2, 29),
    )

    assert privacy.contact_is_barred(kind="email", raw=raw, on=date(2030, 2, 28))
    assert not privacy.contact_is_barred(kind="email", raw=raw, on=date(2030, 3, 1))
    assert contact_hash("email", raw) != contact_hash("email", "someone@example.org")


def test_lifting_a_suspension_resumes_the_old_clock_after_a_full_notice() -> None:
    subject = person(last_use=date(2021, 1, 1))
    author, on = subject.uuid, date(2026, 1, 5)
    privacy.suspend(
        subject, author=author, reason_code="fraud", reason="Partage", appeal="Écrivez", on=on
    )
    privacy.lift_suspension(subject, author=author, on=on)

    run(date(2026, 3, 6))
    kept_for_the_notice = is_known(subject)
    safeguards.release_due(on=date(2026, 3, 7))
    run(date(2026, 3, 7))

    assert kept_for_the_notice
    assert not is_known(subject)


@promise("P-092")
@pytest.mark.parametrize(
    ("contact", "purged"),
    [(date(2024, 2, 29), date(2027, 3, 1)), (date(2023, 11, 22), date(2026, 11, 23))],
)
def test_a_prospect_leaves_three_years_after_their_last_contact(
    contact: date, purged: date
) -> None:
    subject = person(last_contact=contact)

    run(purged - timedelta(days=1))
    assert is_known(subject)
    run(purged)
    assert not is_known(subject)


@promise("P-089")
def test_a_closed_account_leaves_the_following_night() -> None:
    subject = person(last_use=date(2026, 11, 20), last_contact=date(2026, 11, 20))
    privacy.close(subject, on=date(2026, 11, 22))

    run(date(2026, 11, 22))
    assert is_known(subject)
    run(date(2026, 11, 23))
    assert not is_known(subject)


def test_after_closing_a_prospects_file_stays_only_by_a_live_consent() -> None:
    subject = person(last_use=date(2026, 11, 20), last_contact=date(2026, 11, 20))
    privacy.give_consent(
        subject, activity="prospecting", text="Appelez-moi", source="form", at=NOON
    )
    privacy.close(subject, on=date(2026, 11, 22))

    run(date(2026, 11, 23))
    still_a_prospect = DataSubject.objects.get(pk=subject.pk)
    run(date(2029, 11, 21))

    assert still_a_prospect.last_use is None
    assert still_a_prospect.closed_on is None
    assert not is_known(subject)


def test_a_prospects_term_says_nothing_of_an_account() -> None:
    subject = person(last_use=date(2026, 11, 1), last_contact=date(2023, 1, 1))

    due = retention.plan(date(2026, 11, 22)).total
    run(date(2026, 11, 22))

    assert due == 0
    assert is_known(subject)


@pytest.mark.parametrize("kind", ["restriction", "hold"])
def test_what_is_frozen_stays_and_leaves_after_release_on_its_own_clock(kind: str) -> None:
    subject = person(last_use=date(2021, 11, 21))
    if kind == "restriction":
        privacy.restrict(subject, ground="accuracy", on=date(2026, 11, 20))
    else:
        held = privacy.hold(subject, reason="litige", on=date(2026, 11, 20))

    run(date(2026, 12, 7))
    assert is_known(subject)
    if kind == "restriction":
        privacy.release(subject, on=date(2026, 12, 8))
    else:
        privacy.release_hold(held, on=date(2026, 12, 8))
    run(date(2026, 12, 9))

    assert not is_known(subject)


def test_a_hold_on_some_copies_lets_the_others_go() -> None:
    subject = person(last_use=date(2021, 1, 1))
    privacy.hold(subject, reason="litige", rule="invoice", on=date(2026, 1, 1))

    run(date(2026, 11, 22))

    assert not is_known(subject)


@promise("P-088")
def test_the_plan_says_what_will_be_done_and_changes_nothing() -> None:
    person(last_use=date(2021, 11, 21))
    privacy.restrict(person(last_use=date(2021, 11, 20)), ground="accuracy", on=date(2026, 1, 1))

    plan = retention.plan(date(2026, 11, 22))

    [account] = [due for due in plan.due if due.line.rule.code == "account"]
    assert (account.count, account.skipped) == (1, 1)
    assert account.oldest == account.latest == date(2021, 11, 21)
    assert DataSubject.objects.count() == 2


def test_a_second_run_changes_nothing() -> None:
    for days in range(7):
        person(last_use=date(2021, 11, 18) + timedelta(days=days))

    run(date(2026, 11, 22))
    left, lines = DataSubject.objects.count(), LedgerEntry.objects.count()
    second = run(date(2026, 11, 22))

    assert (left, second) == (3, 0)
    assert DataSubject.objects.count() == left
    assert LedgerEntry.objects.count() == lines


def test_a_sleeping_account_wakes_up_with_its_next_use() -> None:
    subject = person(last_use=date(2024, 11, 21))

    run(date(2026, 11, 22))
    subject.refresh_from_db()
    asleep_since = subject.dormant_since
    privacy.record_use(subject, on=date(2026, 11, 23))
    subject.refresh_from_db()

    assert asleep_since == date(2026, 11, 22)
    assert subject.dormant_since is None


@promise("P-084")
def test_each_batch_leaves_evidence_without_personal_values() -> None:
    person(last_use=date(2021, 11, 21))

    run(date(2026, 11, 22))

    line = LedgerEntry.objects.get(executor="retention.account")
    assert line.facts["count"] == 1
    assert line.facts["from"] == line.facts["to"] == "2021-11-21"
    assert len(line.facts["sha256"]) == 64
    assert "example.org" not in str(line.facts)


def test_the_simulation_walks_to_each_day_on_which_something_leaves() -> None:
    person(last_use=date(2021, 11, 21))
    person(last_use=date(2022, 2, 28))
    person(last_contact=date(2026, 1, 31))

    days = [
        outcome.on
        for outcome in retention.simulate(start=date(2026, 11, 22), until=date(2030, 1, 1))
    ]

    assert date(2026, 11, 22) in days
    assert date(2027, 3, 1) in days
    assert date(2029, 2, 1) in days
    assert not DataSubject.objects.exists()


def test_a_sweep_costs_the_same_number_of_statements_whatever_the_people(
    django_assert_num_queries: object,
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    person(last_use=date(2021, 11, 1))
    with CaptureQueriesContext(
        connection,
    ) as one:
        run(date(2026, 11, 22))
    for _ in range(25):
        person(last_use=date(2021, 11, 1))
    with CaptureQueriesContext(connection) as many:
        run(date(2026, 11, 22))

    assert len(many) == len(one)


def test_the_plan_in_one_statement_counts_what_each_line_finds() -> None:
    sow(subjects=120, rows_per_subject=30, on=date(2026, 11, 22), due=40)
    everybody = DataSubject.objects.order_by("pk")
    for number, subject in enumerate(everybody[:20]):
        if number % 2:
            privacy.restrict(subject, ground="accuracy", on=NOON.date())
        else:
            rule = "survey" if number % 4 else ""
            privacy.hold(subject, reason="litige", rule=rule, on=NOON.date())
    on = date(2029, 6, 1)

    counted = {(d.line.rule.code, d.line.what): d.count for d in retention.plan(on).due}

    found = {(line.rule.code, line.what): line.due(on).count() for line in lines()}
    assert counted == found
    assert sum(counted.values()) > 100
