"""Anyone may report an unauthorised use; 72 real hours run from the confirmation."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

import pytest

from clairevoie import privacy
from clairevoie.lib.calendar import PARIS
from clairevoie.privacy import incidents
from clairevoie.privacy.models import LedgerEntry
from tests.cast import NOW, TODAY, Person
from tests.promises import promise

pytestmark = pytest.mark.django_db


@promise("P-083")
@pytest.mark.parametrize(
    ("aware", "due"),
    [
        ("2026-10-24T14:00", "2026-10-27T13:00:00+01:00"),  # winter time comes in between
        ("2027-03-27T14:00", "2027-03-30T15:00:00+02:00"),  # summer time comes in between
        ("2026-12-24T09:30", "2026-12-27T09:30:00+01:00"),  # holidays and Sundays count
    ],
)
def test_the_deadline_is_72_real_hours_after_the_confirmation(aware: str, due: str) -> None:
    at = datetime.fromisoformat(aware).replace(tzinfo=PARIS)
    report = privacy.report_unauthorised_use(
        subject=None, contact="", description="Une session inconnue", at=at
    )
    assert incidents.notification_due(report) is None

    confirmed = incidents.confirm_compromise(
        report, nature="C", risk="risk", author=uuid4(), at=at
    )

    found = incidents.notification_due(confirmed)
    assert found is not None
    assert found.astimezone(PARIS).isoformat() == due


@promise("P-083")
def test_a_report_needs_no_account(alice: Person) -> None:
    anonymous = privacy.report_unauthorised_use(
        subject=None, contact=" voisin@exemple.fr ", description="Je vois ses cours", at=NOW
    )
    hers = privacy.report_unauthorised_use(
        subject=alice.subject, contact="", description="Ce n’est pas moi", at=NOW
    )

    assert (anonymous.subject, anonymous.reporter_contact) == (None, "voisin@exemple.fr")
    assert hers.subject == alice.subject
    facts = [line.facts for line in LedgerEntry.objects.filter(executor="incidents.report")]
    assert facts == [
        {"incident": str(anonymous.uuid), "known": False},
        {"incident": str(hers.uuid), "known": True},
    ]


@pytest.mark.parametrize("description", ["", "   ", "x" * 5001])
def test_a_report_says_what_was_seen(description: str) -> None:
    with pytest.raises(incidents.ReportRefused):
        privacy.report_unauthorised_use(subject=None, contact="", description=description, at=NOW)


def test_the_clock_starts_once_and_a_closed_incident_changes_no_more() -> None:
    report = privacy.report_unauthorised_use(
        subject=None, contact="", description="Une session inconnue", at=NOW
    )
    later = NOW.replace(hour=23)
    incidents.confirm_compromise(report, nature="C", risk="risk", author=uuid4(), at=NOW)
    again = incidents.confirm_compromise(report, nature="C", risk="high", author=uuid4(), at=later)
    assert again.aware_at == NOW

    incidents.close_incident(report, risk="none", measures="Rien", author=uuid4(), on=TODAY)

    with pytest.raises(incidents.IncidentClosed):
        incidents.confirm_compromise(report, nature="C", risk="high", author=uuid4(), at=later)
