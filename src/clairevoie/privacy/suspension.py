"""Suspending an account: a human decision with reasons, and two years against circumvention."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

from django.db import transaction

from clairevoie import policy
from clairevoie.lib import calendar, peppers
from clairevoie.lib.contact import NotAContact, strict_key
from clairevoie.privacy import ledger
from clairevoie.privacy.models import DataSubject, Suspension, SuspensionMark
from clairevoie.privacy.safeguards import grace

_FIRST_NOTICE_DAYS = 60


class NoReason(ValueError):
    """Une suspension demande un motif et une voie de recours."""


class AlreadySuspended(Exception):
    """Ce compte est déjà suspendu."""


class NotSuspended(Exception):
    """Ce compte n’est pas suspendu."""


def contact_hash(kind: str, raw: str, *, pepper: str | None = None) -> str:
    """A keyed hash: without the instance's key it cannot be searched (R-SUS)."""
    key = f"suspension:{kind}:{strict_key(kind, raw)}"
    return peppers.digest(key.encode(), pepper=pepper).hex()


def suspend(
    subject: DataSubject,
    *,
    author: uuid.UUID,
    reason_code: str,
    reason: str,
    appeal: str,
    on: date,
) -> Suspension:
    """Suspend from ``on``: the two years run from here (P-090).

    Raises :class:`NoReason`, :class:`AlreadySuspended`.
    """
    if not (reason_code.strip() and reason.strip() and appeal.strip()):
        raise NoReason
    with transaction.atomic():
        person = _not_yet_suspended(subject)
        suspension: Suspension = Suspension.including_restricted.create(
            subject=person,
            author=author,
            reason_code=reason_code,
            reason=reason,
            appeal=appeal,
            suspended_on=on,
        )
        DataSubject.objects.filter(pk=person.pk).update(suspended_on=on)
        subject.suspended_on = on
        _mark(suspension)
        _write_decision(suspension)
    return suspension


def _not_yet_suspended(subject: DataSubject) -> DataSubject:
    """The person, locked: two administrators at once make one suspension."""
    person = DataSubject.objects.select_for_update().get(pk=subject.pk)
    if person.suspended_on is not None:
        raise AlreadySuspended
    return person


def _write_decision(suspension: Suspension) -> None:
    ledger.append(
        executor="privacy.suspend",
        at=calendar.now(),
        subject=suspension.subject.uuid,
        facts={
            "decision": str(suspension.decision),
            "reason": suspension.reason_code,
            "author": str(suspension.author),
            "on": suspension.suspended_on.isoformat(),
        },
    )


def _mark(suspension: Suspension) -> None:
    contacts = suspension.subject.contact_points.values_list("kind", "raw")
    SuspensionMark.including_restricted.bulk_create(
        SuspensionMark(
            subject=suspension.subject,
            decision=suspension.decision,
            contact_hash=contact_hash(kind, raw),
            reason_code=suspension.reason_code,
            author=suspension.author,
            suspended_on=suspension.suspended_on,
        )
        for kind, raw in contacts
    )


def lift_suspension(subject: DataSubject, *, author: uuid.UUID, on: date) -> None:
    """Cancel: the marks go, the account's own clock resumes where it was (C.4).

    When five years have passed meanwhile, the person gets the full notice once, then the
    copies leave. Raises :class:`NotSuspended`.
    """
    with transaction.atomic():
        live = Suspension.including_restricted.filter(subject=subject, lifted_on__isnull=True)
        suspension = live.first()
        if suspension is None:
            raise NotSuspended
        live.update(lifted_on=on)
        marks = SuspensionMark.including_restricted.filter(decision=suspension.decision)
        marks._raw_delete(marks.db)
        DataSubject.objects.filter(pk=subject.pk).update(suspended_on=None)
        subject.refresh_from_db()
        _grant_notice_time(subject, on=on)
        ledger.append(
            executor="privacy.lift-suspension",
            at=calendar.now(),
            subject=subject.uuid,
            facts={
                "decision": str(suspension.decision),
                "author": str(author),
                "on": on.isoformat(),
            },
        )


def _grant_notice_time(subject: DataSubject, *, on: date) -> None:
    duration = policy.current().retention["account"].duration
    if subject.last_use is None or duration is None:
        return
    if (calendar.last_lawful_day(subject.last_use, duration) - on).days < _FIRST_NOTICE_DAYS:
        grace(subject, reason="suspension-lifted", rule="account", on=on, days=_FIRST_NOTICE_DAYS)


def contact_is_barred(*, kind: str, raw: str, on: date) -> bool:
    """A suspended person's contact comes back under another account (P-090)."""
    try:
        found = [contact_hash(kind, raw, pepper=pepper) for pepper in peppers.every()]
    except NotAContact:
        return False
    duration = policy.current().retention["suspension"].duration
    assert duration is not None
    since = calendar.latest_clock_ended_by(on - timedelta(days=1), duration)
    return SuspensionMark.including_restricted.filter(
        contact_hash__in=found, suspended_on__gt=since
    ).exists()
