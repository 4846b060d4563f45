"""Anyone may report an unauthorised use; 72 real hours run from the confirmation."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from clairevoie import privacy
from clairevoie.lib.calendar import PARIS
from clairevoie.privacy import incidents
from clairevoie.privacy.incidents import Findings
from clairevoie.privacy.models import Incident, LedgerEntry
from tests.cast import NOW, TODAY, Person
from tests.promises import promise

pytestmark = pytest.mark.django_db
AUTHOR = uuid4()


def opened() -> Incident:
    return privacy.report_unauthorised_use(
        subject=None, contact="", description="Une session inconnue", at=NOW
    )


def confirmed(risk: str = "risk") -> Incident:
    return incidents.confirm_compromise(opened(), nature="C", risk=risk, author=AUTHOR, at=NOW)


def close(incident: Incident, *, risk: str = "none", lessons: str = "Rien à changer.") -> Incident:
    return incidents.close_incident(
        incident, risk=risk, measures="Rien", lessons=lessons, author=AUTHOR, on=TODAY
    )


WHAT_IS_KNOWN = Findings(
    occurred_on=TODAY - timedelta(days=1),
    nature="A",
    cause=" Un disque plein. ",
    persons_count=0,
    records_count=1200,
    data_categories="Coordonnées",
    consequences="Un retard.",
    risk="risk",
    risk_reasoning="Aucune donnée sensible.",
    measures="Disque changé.",
    processor="host",
    processor_told_at=NOW - timedelta(hours=1),
)


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

    close(report)

    with pytest.raises(incidents.IncidentClosed):
        incidents.confirm_compromise(report, nature="C", risk="high", author=uuid4(), at=later)


def test_the_register_holds_all_that_is_known_and_the_ledger_no_word_of_it() -> None:
    incident = confirmed()

    recorded = incidents.record_findings(incident, findings=WHAT_IS_KNOWN, author=AUTHOR, at=NOW)

    recorded.refresh_from_db()
    assert Findings.of(recorded) == replace(WHAT_IS_KNOWN, cause="Un disque plein.")
    (line,) = LedgerEntry.objects.filter(executor="incidents.record")
    assert line.facts == {"incident": str(incident.uuid), "author": str(AUTHOR)}


@pytest.mark.parametrize(
    ("column", "value", "refusal"),
    [
        ("occurred_on", TODAY + timedelta(days=1), incidents.StillToCome),
        ("processor_told_at", NOW + timedelta(minutes=1), incidents.StillToCome),
        ("persons_count", -1, incidents.ImpossibleNumber),
        ("records_count", 2_000_000_001, incidents.ImpossibleNumber),
        ("processor", "inconnu", incidents.UnknownRecipient),
        ("cause", "x" * 5001, incidents.TextTooLong),
    ],
)
def test_the_register_refuses_what_cannot_be(
    column: str, value: Any, refusal: type[incidents.RegisterRefused]
) -> None:
    incident = confirmed()
    findings = replace(WHAT_IS_KNOWN, **{column: value})

    with pytest.raises(refusal) as refused:
        incidents.record_findings(incident, findings=findings, author=AUTHOR, at=NOW)

    assert refused.value.field == column
    incident.refresh_from_db()
    assert incident.measures == ""


def test_an_incident_nobody_reported_is_opened_by_staff() -> None:
    found = NOW - timedelta(hours=5)

    incident = incidents.record_incident(
        description=" Un journal étrange ", detected_at=found, author=AUTHOR, at=NOW
    )

    assert (incident.description, incident.detected_at) == ("Un journal étrange", found)
    (line,) = LedgerEntry.objects.filter(executor="incidents.open")
    assert line.facts == {"incident": str(incident.uuid), "author": str(AUTHOR)}
    with pytest.raises(incidents.StillToCome):
        incidents.record_incident(
            description="x", detected_at=NOW + timedelta(hours=1), author=AUTHOR, at=NOW
        )


def test_the_awareness_may_be_earlier_than_the_click_but_not_than_the_report() -> None:
    late = NOW + timedelta(hours=6)
    confirm: dict[str, Any] = {"nature": "C", "risk": "risk", "author": AUTHOR, "at": late}
    report = opened()

    with pytest.raises(incidents.TooEarly):
        incidents.confirm_compromise(report, aware_at=NOW - timedelta(minutes=2), **confirm)
    with pytest.raises(incidents.StillToCome):
        incidents.confirm_compromise(report, aware_at=late + timedelta(minutes=2), **confirm)
    aware = incidents.confirm_compromise(report, aware_at=NOW + timedelta(hours=2), **confirm)

    assert incidents.notification_due(aware) == NOW + timedelta(hours=74)


@promise("P-083")
@pytest.mark.parametrize("hours", [72, 73])
def test_a_late_notification_says_why(hours: int) -> None:
    incident, told, late = confirmed(), NOW + timedelta(hours=hours), hours > 72

    def notify(because: str) -> Incident:
        return incidents.note_authority_told(
            incident, author=AUTHOR, at=told, number=" 2026-123 ", late_because=because
        )

    if late:
        with pytest.raises(incidents.LateWithoutReason):
            notify(" ")
    noted = notify("Fermés" if late else "")

    assert (noted.cnil_notified_at, noted.cnil_number) == (told, "2026-123")
    assert noted.cnil_late_because == ("Fermés" if late else "")


def test_a_notification_is_completed_without_losing_the_first_one() -> None:
    incident = incidents.note_authority_told(confirmed(), author=AUTHOR, at=NOW)
    day_after = NOW + timedelta(days=1)

    for words in ("Nombre exact", "Cause trouvée"):
        incidents.complete_notification(
            incident, sent=words, number="", author=AUTHOR, at=day_after
        )
    with pytest.raises(incidents.NothingSaid):
        incidents.complete_notification(incident, sent=" ", author=AUTHOR, at=day_after)

    incident.refresh_from_db()
    assert incident.cnil_notified_at == NOW
    assert incident.cnil_follow_ups == "2026-11-23 – Nombre exact\n2026-11-23 – Cause trouvée"


def test_people_are_told_or_there_is_a_reason_why_not() -> None:
    exempt = incidents.note_exemption(
        confirmed("high"), exemption="34-3-a", reasoning="Disque chiffré", author=AUTHOR, at=NOW
    )
    told = incidents.note_persons_told(
        confirmed("high"), means="letter", text="Bonjour", author=AUTHOR, at=NOW
    )

    assert (exempt.persons_exemption, exempt.risk_reasoning) == ("34-3-a", "Disque chiffré")
    assert (told.persons_means, told.persons_text) == ("letter", "Bonjour")
    with pytest.raises(incidents.AlreadyTold):
        incidents.note_exemption(
            told, exemption="34-3-a", reasoning="Chiffré", author=AUTHOR, at=NOW
        )


def test_an_incident_closes_once_assessed_told_and_learnt_from() -> None:
    incident = confirmed("high")

    for risk, lessons, refusal in (
        ("unknown", "Vu", incidents.RiskNotAssessed),
        ("none", " ", incidents.NoLessons),
        ("risk", "Vu", incidents.AuthorityNotTold),
    ):
        with pytest.raises(refusal):
            close(incident, risk=risk, lessons=lessons)
    incidents.note_authority_told(incident, author=AUTHOR, at=NOW)
    with pytest.raises(incidents.PersonsNotTold):
        close(incident, risk="high", lessons="Vu")
    incidents.note_persons_told(incident, author=AUTHOR, at=NOW)
    closed = close(incident, risk="high", lessons="Vu")

    assert (closed.closed_on, closed.lessons) == (TODAY, "Vu")
