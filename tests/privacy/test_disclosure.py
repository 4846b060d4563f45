"""Data leave to nobody who was not foreseen, and every exit is written down."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from clairevoie import policy, privacy
from clairevoie.privacy.models import Disclosure, LedgerEntry
from clairevoie.privacy.recipients import DisclosureRefused
from tests.cast import TODAY, Person
from tests.consent.changing import own_policy
from tests.promises import promise

pytestmark = pytest.mark.django_db


def an_inactive_recipient() -> tuple[str, str]:
    """(recipient, an activity that lists it)."""
    rules = policy.current()
    return next(
        (code, activity.code)
        for activity in rules.activities.values()
        for code in activity.recipients
        if not rules.recipients[code].active
    )


@promise("P-063", "P-067")
def test_an_exit_is_recorded_before_it_happens(alice: Person) -> None:
    privacy.disclose(
        alice.subject, recipient="host", activity="account", fields=("phone", "email"), on=TODAY
    )

    row = Disclosure.including_restricted.get(subject=alice.subject)
    assert (row.recipient, row.activity, row.fields) == ("host", "account", "email,phone")
    line = LedgerEntry.objects.get(executor="recipients.disclose")
    assert line.subject == alice.subject.uuid
    assert line.facts["fields"] == ["email", "phone"]


@promise("P-063", "P-067")
def test_an_unknown_recipient_is_refused(alice: Person) -> None:
    with pytest.raises(DisclosureRefused):
        privacy.disclose(
            alice.subject, recipient="advertiser", activity="account", fields=["email"], on=TODAY
        )

    assert not Disclosure.including_restricted.exists()


@promise("P-052")
def test_a_contract_whose_review_is_a_month_late_receives_nothing_more(
    alice: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def given(on: date) -> None:
        privacy.disclose(
            alice.subject, recipient="host", activity="account", fields=["email"], on=on
        )

    with own_policy(tmp_path, monkeypatch) as changing:
        changing.say_all(
            ("recipients", "host", "contract-on", "2024-10-01"),
            ("recipients", "host", "review-due", "2025-10-01"),
        )
        given(date(2025, 10, 31))
        with pytest.raises(DisclosureRefused, match="not reviewed in time"):
            given(date(2025, 11, 1))

    assert Disclosure.including_restricted.count() == 1


def test_an_inactive_recipient_is_refused(alice: Person) -> None:
    recipient, activity = an_inactive_recipient()

    with pytest.raises(DisclosureRefused):
        privacy.disclose(
            alice.subject, recipient=recipient, activity=activity, fields=["email"], on=TODAY
        )


def test_an_activity_that_does_not_list_the_recipient_is_refused(alice: Person) -> None:
    for activity in ("satellites", "social-networks"):
        listed = policy.current().activities.get(activity)
        if listed and "host" in listed.recipients:
            continue
        with pytest.raises(DisclosureRefused):
            privacy.disclose(
                alice.subject, recipient="host", activity=activity, fields=["email"], on=TODAY
            )


def test_everything_is_no_field(alice: Person) -> None:
    with pytest.raises(DisclosureRefused):
        privacy.disclose(alice.subject, recipient="host", activity="account", fields=(), on=TODAY)
