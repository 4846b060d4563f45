"""Three years without a gesture: opening a mail is none."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from clairevoie import privacy
from clairevoie.lib.calendar import PARIS
from clairevoie.messaging.models import Message
from clairevoie.newsletter import steps
from clairevoie.newsletter.links import preferences_link
from clairevoie.newsletter.models import Interest, Subscription, Topic, is_subscribed
from clairevoie.privacy.models import DataSubject
from tests.cast import NOW, Person
from tests.newsletter.scene import confirmed, subscribed
from tests.promises import promise

pytestmark = pytest.mark.django_db

LAST_DAY = date(2029, 11, 22)


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 3, tzinfo=PARIS)


def carried_out(day: date) -> None:
    steps.end_consents(at(day))
    privacy.retention.carry_out(privacy.retention.plan(day))


@promise("P-092", "P-016")
def test_a_subscription_leaves_three_years_after_the_last_gesture(
    topics: list[Topic], alice: Person
) -> None:
    subscribed(alice, topics)
    DataSubject.objects.filter(pk=alice.subject.pk).update(last_use=LAST_DAY)

    carried_out(LAST_DAY)
    kept = is_subscribed(alice.subject)
    carried_out(LAST_DAY + timedelta(days=1))

    assert kept
    assert not Subscription.including_restricted.exists()
    assert not Interest.including_restricted.exists()
    assert not privacy.may(alice.subject, "newsletter").allowed, "the consent ends with it"


@promise("P-092")
def test_a_stranger_leaves_whole(topics: list[Topic]) -> None:
    confirmed("lecteur@exemple.fr", topics)

    carried_out(LAST_DAY + timedelta(days=1))

    assert not DataSubject.objects.filter(erased_on=None).exists()


def test_each_is_asked_once_and_a_button_keeps_the_letter_coming(
    topics: list[Topic], visitor: Client, django_assert_max_num_queries: Any
) -> None:
    subscription = confirmed("lecteur@exemple.fr", topics)
    day = LAST_DAY - timedelta(days=30)

    before = steps.ask_to_stay(at(day - timedelta(days=1)))
    first = steps.ask_to_stay(at(day))
    second = steps.ask_to_stay(at(day + timedelta(days=1)))
    shown = visitor.get(preferences_link(subscription)).content.decode()
    visitor.post(preferences_link(subscription), {"stay": "1"})

    subscription.refresh_from_db()
    assert (before, first, second) == (0, 1, 0)
    assert "Rester abonné" in shown
    assert Message.including_restricted.filter(template="newsletter/stay").count() == 1
    assert subscription.asked_to_stay_on is None
    assert subscription.last_act_on >= NOW.date()
    with django_assert_max_num_queries(1):
        assert steps.ask_to_stay(at(date(2026, 12, 1))) == 0
