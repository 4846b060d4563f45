"""Breaches and suspicions of breach: opened by anyone, on a clock of 72 real hours (art. 33)."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from clairevoie.lib import calendar
from clairevoie.privacy import ledger
from clairevoie.privacy.models import DataSubject, Incident

LONGEST_REPORT = 5_000


class ReportRefused(ValueError):
    """Décrivez en quelques mots ce que vous avez constaté (5 000 caractères au plus)."""


class IncidentClosed(Exception):
    """Cet incident est clos : il ne change plus."""


def report_unauthorised_use(
    *, subject: DataSubject | None, contact: str, description: str, at: datetime
) -> Incident:
    """Open an incident from a report; no account is needed (P-083, F.4).

    The caller ends the person's sessions; the 72 hours run from :func:`confirm_compromise`.
    Raises :class:`ReportRefused` when the description is empty or too long.
    """
    words = description.strip()
    if not words or len(words) > LONGEST_REPORT:
        raise ReportRefused
    with transaction.atomic():
        incident = Incident.objects.create(
            subject=subject,
            reporter_contact=contact.strip()[:254],
            description=words,
            detected_at=at,
        )
        _note("incidents.report", incident, at=at, known=subject is not None)
    return incident


def confirm_compromise(
    incident: Incident, *, nature: str, risk: str, author: UUID, at: datetime
) -> Incident:
    """The report is true: the controller is *aware*, the clock starts – once, never again."""
    with transaction.atomic():
        found = _open(incident)
        found.aware_at = found.aware_at or at
        found.nature, found.risk = nature, risk
        found.save()
        _note(
            "incidents.confirm",
            found,
            at=at,
            author=author,
            risk=risk,
            due=calendar.breach_deadline(found.aware_at),
        )
    return found


def close_incident(
    incident: Incident, *, risk: str, measures: str, author: UUID, on: date
) -> Incident:
    """Nothing more to do: five years of register begin (R-INC)."""
    with transaction.atomic():
        found = _open(incident)
        found.risk, found.measures, found.closed_on = risk, measures, on
        found.save()
        _note("incidents.close", found, at=calendar.now(), author=author, risk=risk)
    return found


def note_authority_told(incident: Incident, *, author: UUID, at: datetime) -> Incident:
    """The CNIL was notified (art. 33); an initial notification may be completed later."""
    with transaction.atomic():
        found = _open(incident)
        found.cnil_notified_at = found.cnil_notified_at or at
        found.save()
        _note("incidents.notify-authority", found, at=at, author=author)
    return found


def note_persons_told(incident: Incident, *, author: UUID, at: datetime) -> Incident:
    """The persons concerned were informed (art. 34)."""
    with transaction.atomic():
        found = _open(incident)
        found.persons_informed_at = found.persons_informed_at or at
        found.save()
        _note("incidents.inform-persons", found, at=at, author=author)
    return found


def notification_due(incident: Incident) -> datetime | None:
    """Until when the CNIL must be told; None while no compromise is confirmed."""
    return calendar.breach_deadline(incident.aware_at) if incident.aware_at else None


def _open(incident: Incident) -> Incident:
    found = Incident.objects.select_for_update().get(pk=incident.pk)
    if found.closed_on:
        raise IncidentClosed
    return found


def _note(executor: str, incident: Incident, *, at: datetime, **facts: object) -> None:
    ledger.append(executor=executor, at=at, facts={"incident": incident.uuid, **facts})
