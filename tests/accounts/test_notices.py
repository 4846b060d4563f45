"""Expiry notices reach people by e-mail, else by SMS, else it is written that none could."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import TYPE_CHECKING

import pytest

from clairevoie import privacy
from clairevoie.accounts.models import Member
from clairevoie.accounts.notices import deliver_notices
from clairevoie.lib.calendar import PARIS
from clairevoie.messaging.models import Message
from clairevoie.privacy.models import ContactPoint, DataSubject, ExpiryNotice
from tests.cast import TODAY
from tests.promises import promise

if TYPE_CHECKING:
    from django.test import Client

    from tests.cast import Person

NIGHT = datetime(2026, 11, 22, 0, 15, tzinfo=PARIS)


def notice(person: Person, rule: str = "account") -> ExpiryNotice:
    """As the engine writes it sixty days before the term."""
    DataSubject.objects.filter(pk=person.subject.pk).update(last_use=date(2022, 1, 21))
    written: ExpiryNotice = ExpiryNotice.objects.create(
        subject=person.subject,
        rule=rule,
        last_day=date(2027, 1, 21),
        stage="P60D",
        made_on=TODAY,
    )
    return written


@promise("P-088")
@pytest.mark.parametrize("rule", ["account", "dormant-account"])
def test_a_notice_leaves_by_email_once(alice: Person, rule: str) -> None:
    due = notice(alice, rule)

    first, second = deliver_notices(at=NIGHT), deliver_notices(at=NIGHT)

    due.refresh_from_db()
    message = Message.objects.get()
    assert (first, second) == (1, 0)
    assert (due.channel, due.delivered_on) == ("email", TODAY)
    assert "21 janvier 2027" in message.text
    assert "21 janvier 2027" in message.html
    assert message.activity == "service-notices"
    assert "<img" not in message.html  # no pixel, no offer


@promise("P-088")
def test_by_sms_where_there_is_no_email(alice: Person) -> None:
    privacy.forget_contact(alice.subject, kind="email")
    due = notice(alice)

    deliver_notices(at=NIGHT)

    due.refresh_from_db()
    text = Message.objects.get().text
    assert due.channel == "sms"
    assert alice.canaries.last_name not in text  # a text message names nobody


@promise("P-088")
def test_none_is_written_down_where_nobody_can_be_reached(alice: Person) -> None:
    ContactPoint.objects.filter(subject=alice.subject).delete()
    due = notice(alice)

    deliver_notices(at=NIGHT)

    due.refresh_from_db()
    assert (due.channel, due.delivered_on) == ("none", TODAY)


@promise("P-088")
def test_the_link_of_the_notice_keeps_the_account(alice: Person, client: Client) -> None:
    notice(alice)
    deliver_notices(at=NIGHT)
    link = re.search(r"/mon-compte/garder/\S+/", Message.objects.get().text)
    assert link

    client.post(link.group())

    alice.subject.refresh_from_db()
    assert alice.subject.last_use is not None
    assert alice.subject.last_use > date(2022, 1, 21)


def test_a_notice_is_neither_a_use_nor_a_contact(alice: Person) -> None:
    notice(alice)
    before = DataSubject.objects.get(pk=alice.subject.pk)

    deliver_notices(at=NIGHT)

    after = DataSubject.objects.get(pk=alice.subject.pk)
    assert (before.last_use, before.last_contact) == (after.last_use, after.last_contact)


def test_whoever_objects_to_messages_is_warned_all_the_same(alice: Person) -> None:
    privacy.object_to(alice.subject, activity="information", source="test", at=NIGHT)
    due = notice(alice)

    deliver_notices(at=NIGHT)

    due.refresh_from_db()
    assert due.channel == "email"


def test_each_reads_the_notice_in_their_language(alice: Person) -> None:
    Member.objects.filter(pk=alice.member.pk).update(language="en")
    notice(alice)

    deliver_notices(at=NIGHT)

    assert "January 2027" in Message.objects.get().text


def test_a_night_of_many_notices_is_told_to_all(alice: Person, charlie: Person) -> None:
    notice(alice)
    notice(charlie)

    assert deliver_notices(at=NIGHT) == 2
    assert not ExpiryNotice.objects.filter(delivered_on=None).exists()
