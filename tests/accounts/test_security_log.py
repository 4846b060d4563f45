"""The security log and sessions leave at their term, whoever they are about, or nobody."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from django.apps import apps
from django.db.models import GenericIPAddressField

from clairevoie import privacy
from clairevoie.accounts.actions.security_log import log
from clairevoie.accounts.models import SecurityEvent, Session
from clairevoie.accounts.sessions import SessionStore
from clairevoie.accounts.terminals import Terminal
from clairevoie.lib.calendar import PARIS
from tests.cast import Person
from tests.promises import promise

pytestmark = pytest.mark.django_db


def run(on: date) -> None:
    privacy.retention.carry_out(privacy.retention.plan(on))


@promise("P-021", "P-087")
@pytest.mark.parametrize("whose", ["a member", "nobody"])
def test_an_address_leaves_the_log_after_twelve_months(alice: Person, whose: str) -> None:
    terminal = Terminal(ip=alice.canaries.ip, user_agent="Firefox")
    for day in (21, 22):
        log(
            SecurityEvent.Kind.SIGN_IN_FAILED,
            subject=alice.subject if whose == "a member" else None,
            terminal=terminal,
            at=datetime(2025, 11, day, 23, 30, tzinfo=PARIS),
        )

    run(date(2026, 11, 22))
    left = list(SecurityEvent.objects.values_list("happened_at", flat=True))
    run(date(2026, 11, 23))

    assert [event.astimezone(PARIS).day for event in left] == [22]
    assert not SecurityEvent.objects.exists()


@promise("P-047")
@pytest.mark.parametrize("whose", ["a member", "nobody"])
def test_an_expired_session_that_nobody_opens_again_leaves_the_next_night(
    alice: Person, whose: str
) -> None:
    store = SessionStore()
    if whose == "a member":
        store["_auth_user_id"] = str(alice.member.pk)
    store["x"] = "y"
    store.create()
    Session.objects.update(expire_date=datetime(2026, 11, 22, 12, tzinfo=PARIS))

    run(date(2026, 11, 22))
    assert Session.objects.count() == 1
    run(date(2026, 11, 23))

    assert not Session.objects.exists()


@promise("P-021")
def test_no_other_table_holds_a_full_address() -> None:
    holders = {
        model.__name__
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, GenericIPAddressField)
    }

    assert holders == {"Session", "SecurityEvent"}
