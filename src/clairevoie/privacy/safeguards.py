"""What stops the engine or a use: restriction (GDPR art. 18) and legal hold."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef

from clairevoie.lib import calendar
from clairevoie.lib.calendar import add_months
from clairevoie.privacy import ledger
from clairevoie.privacy.models import DataSubject, LegalHold, Restriction

_REVIEW_MONTHS = 6  # C.4: a hold is reviewed within six months


_NOTICE = timedelta(days=7)  # between saying that a restriction will be lifted and lifting it


class NotRestricted(Exception):
    """Les données de cette personne ne sont pas verrouillées."""


class AlreadyAnnounced(Exception):
    """La levée de ce verrouillage est déjà annoncée."""


def restrict(subject: DataSubject, *, ground: str, on: date) -> Restriction:
    """Lock a person's data: hidden from every default manager, kept from every purge."""
    with transaction.atomic():
        DataSubject.objects.filter(pk=subject.pk).update(restricted=True)
        subject.restricted = True
        restriction: Restriction = Restriction.including_restricted.create(
            subject=subject, ground=Restriction.Ground(ground), since=on
        )
        ledger.append(
            executor="privacy.restrict",
            at=calendar.now(),
            subject=subject.uuid,
            facts={"ground": ground, "since": on.isoformat()},
        )
    return restriction


def announce_release(subject: DataSubject, *, on: date) -> date:
    """Note that the person is told (art. 18(3)); the day on which the night unlocks their data.

    Runs in the transaction of whoever tells them. Raises :class:`NotRestricted`,
    :class:`AlreadyAnnounced`.
    """
    live = Restriction.including_restricted.filter(subject=subject, lifted_on__isnull=True)
    if not live.exists():
        raise NotRestricted
    if not live.filter(lift_announced_on__isnull=True).update(lift_announced_on=on):
        raise AlreadyAnnounced
    lifted = on + _NOTICE
    ledger.append(
        executor="privacy.announce-release",
        at=calendar.now(),
        subject=subject.uuid,
        facts={"lifted_on": lifted.isoformat()},
    )
    return lifted


def release_announced(*, on: date) -> int:
    """Unlock those who were told a week ago and were not locked again since; how many."""
    told = Restriction.including_restricted.filter(
        lifted_on__isnull=True, lift_announced_on__lte=on - _NOTICE
    )
    again = Restriction.including_restricted.filter(
        lifted_on__isnull=True, lift_announced_on__isnull=True, subject=OuterRef("pk")
    )
    due = DataSubject.objects.filter(pk__in=told.values("subject")).exclude(Exists(again))
    released = list(due)
    for subject in released:
        release(subject, on=on)
    return len(released)


def release(subject: DataSubject, *, on: date) -> None:
    """Unlock; what was due meanwhile leaves the following night, on the original clock.

    The person must have been told before (art. 18(3)): :func:`announce_release` does.
    Raises :class:`NotRestricted`.
    """
    with transaction.atomic():
        live = Restriction.including_restricted.filter(subject=subject, lifted_on__isnull=True)
        if not live.update(lifted_on=on):
            raise NotRestricted
        DataSubject.objects.filter(pk=subject.pk).update(restricted=False)
        subject.restricted = False
        ledger.append(
            executor="privacy.release",
            at=calendar.now(),
            subject=subject.uuid,
            facts={"lifted_on": on.isoformat()},
        )


def hold(
    subject: DataSubject,
    *,
    reason: str,
    on: date,
    until: date | None = None,
    rule: str = "",
    owner: uuid.UUID | None = None,
) -> LegalHold:
    """Keep copies past their term for a documented reason; ``rule`` limits it to some copies."""
    with transaction.atomic():
        DataSubject.objects.filter(pk=subject.pk).update(held=True)
        subject.held = True
        held: LegalHold = LegalHold.including_restricted.create(
            subject=subject,
            reason=reason,
            owner=owner,
            rule=rule,
            since=on,
            until=until,
            review_on=min(until or date.max, add_months(on, _REVIEW_MONTHS)),
        )
        ledger.append(
            executor="privacy.hold",
            at=calendar.now(),
            subject=subject.uuid,
            facts={"hold": held.pk, "rule": rule, "until": until and until.isoformat()},
        )
    return held


def release_hold(held: LegalHold, *, on: date) -> None:
    """End one hold; the copies are judged again with their original clock (C.4)."""
    with transaction.atomic():
        LegalHold.including_restricted.filter(pk=held.pk, released_on__isnull=True).update(
            released_on=on
        )
        _forget_flags()
        ledger.append(
            executor="privacy.release-hold",
            at=calendar.now(),
            subject=held.subject.uuid,
            facts={"hold": held.pk, "released_on": on.isoformat()},
        )


def release_due(*, on: date) -> int:
    """End the holds whose last day is past; returns how many."""
    with transaction.atomic():
        due = LegalHold.including_restricted.filter(released_on__isnull=True, until__lt=on)
        ended = due.update(released_on=on)
        if ended:
            _forget_flags()
            ledger.append(
                executor="privacy.release-hold", at=calendar.now(), facts={"ended": ended}
            )
    return int(ended)


def _forget_flags() -> None:
    live = LegalHold.including_restricted.filter(subject=OuterRef("pk"), released_on__isnull=True)
    DataSubject.objects.filter(held=True).filter(~Exists(live)).update(held=False)


def grace(subject: DataSubject, *, reason: str, rule: str, on: date, days: int) -> LegalHold:
    """A hold of some days so that a warning can be read before the copies leave (C.4, C.5)."""
    return hold(subject, reason=reason, rule=rule, on=on, until=on + timedelta(days=days))
