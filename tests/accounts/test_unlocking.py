"""Locked data wait: nothing uses them, nothing erases them, and nothing resumes unannounced."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from clairevoie import policy, privacy
from clairevoie.accounts.actions.unlocking import announce_release
from clairevoie.messaging.models import Message
from clairevoie.privacy import retention
from clairevoie.privacy.models import DataSubject, Restriction
from clairevoie.privacy.steps import unlock_as_announced
from tests.cast import Person
from tests.promises import promise

pytestmark = pytest.mark.django_db
DECEMBER = {day: datetime(2026, 12, day, 9, tzinfo=UTC) for day in (1, 7, 8)}


def night(day: date) -> None:
    retention.carry_out(retention.plan(day))
    unlock_as_announced(datetime(day.year, day.month, day.day, 1, tzinfo=UTC))


def is_there(person: Person) -> bool:
    return DataSubject.objects.filter(pk=person.subject.pk, erased_on=None).exists()


@promise("P-101")
def test_locked_data_are_kept_past_their_term_unlocked_a_week_after_being_told_then_gone(
    alice: Person,
) -> None:
    DataSubject.objects.filter(pk=alice.subject.pk).update(last_use=date(2021, 11, 21))
    privacy.restrict(alice.subject, ground="accuracy", on=date(2026, 11, 20))
    night(date(2026, 11, 23))
    kept = is_there(alice)

    lifted = announce_release(subject=alice.subject, at=DECEMBER[1])
    night(date(2026, 12, 7))
    still = DataSubject.objects.get(pk=alice.subject.pk).restricted
    night(date(2026, 12, 8))
    unlocked = not DataSubject.objects.get(pk=alice.subject.pk).restricted
    night(date(2026, 12, 9))

    assert (kept, still, unlocked, is_there(alice)) == (True, True, True, False)
    assert lifted == date(2026, 12, 8)
    told = Message.including_restricted.filter(template="accounts/release-announced")
    assert told.count() == 0, "it left with the rest"


@promise("P-101")
def test_nothing_is_done_with_locked_data_but_telling_their_person(alice: Person) -> None:
    privacy.restrict(alice.subject, ground="claims", on=date(2026, 11, 20))

    allowed = {
        activity
        for activity in policy.current().activities
        if privacy.may(alice.subject, activity).allowed
    }
    announce_release(subject=alice.subject, at=DECEMBER[1])

    assert "rights" in allowed
    assert allowed <= {"rights", "security", "service-notices", "information", "suspension"}
    told = Message.including_restricted.get(template="accounts/release-announced")
    assert "8 décembre 2026" in told.text


@promise("P-101")
def test_what_was_locked_again_meanwhile_stays_locked(alice: Person, bob: Person) -> None:
    privacy.restrict(alice.subject, ground="accuracy", on=date(2026, 11, 20))
    announce_release(subject=alice.subject, at=DECEMBER[1])
    privacy.restrict(alice.subject, ground="claims", on=date(2026, 12, 3))

    night(date(2026, 12, 8))

    assert DataSubject.objects.get(pk=alice.subject.pk).restricted
    with pytest.raises(privacy.NotRestricted):
        privacy.announce_release(bob.subject, on=date(2026, 12, 8))
    assert Restriction.including_restricted.filter(lifted_on__isnull=True).count() == 2
