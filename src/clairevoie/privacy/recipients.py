"""The only door by which a person's data leaves to somebody else. Closed unless written open.

A recipient is open when the policy says it is active and nobody cut it off: stopping one takes
effect at once in this process, within ``MEMORY`` seconds in the others.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from clairevoie import policy
from clairevoie.lib import calendar
from clairevoie.lib.calendar import add_months
from clairevoie.privacy import ledger, outbox
from clairevoie.privacy.models import DataSubject, Disclosure, Effect, RecipientStop

MEMORY: Final = 2.0  # seconds
_LATE_REVIEW: Final = 1  # months after its day a contract's review cuts its flow (P-052)


class UnknownRecipient(LookupError):
    """Ce destinataire n’est pas au registre."""


class AlreadyStopped(Exception):
    """Ce destinataire est déjà coupé."""


class NotStopped(Exception):
    """Ce destinataire n’est pas coupé."""


class _Memory:
    """The stopped recipients as last read; read again once it is too old."""

    def __init__(self) -> None:
        self.codes: frozenset[str] = frozenset()
        self.until = 0.0

    def forget(self) -> None:
        self.until = 0.0


_memory = _Memory()


def stopped() -> frozenset[str]:
    """Codes of the recipients cut off. One small query every ``MEMORY`` seconds at most."""
    now = time.monotonic()
    if now >= _memory.until:
        live = RecipientStop.objects.filter(resumed_at__isnull=True)
        _memory.codes = frozenset(live.values_list("recipient", flat=True))
        _memory.until = now + MEMORY
    return _memory.codes


def last_known_stops() -> frozenset[str]:
    """The same as last read, for who may not ask the database."""
    return _memory.codes


def stop(*, recipient: str, author: UUID, reason: str, at: datetime) -> RecipientStop:
    """Cut a recipient off. Raises :class:`UnknownRecipient`, :class:`AlreadyStopped`."""
    if recipient not in policy.current().recipients:
        raise UnknownRecipient
    with transaction.atomic():
        if RecipientStop.objects.filter(recipient=recipient, resumed_at__isnull=True).exists():
            raise AlreadyStopped
        row = RecipientStop.objects.create(
            recipient=recipient, stopped_at=at, stopped_by=author, reason=reason
        )
        _write(executor="recipients.stop", recipient=recipient, author=author, at=at)
    return row


def resume(*, recipient: str, author: UUID, at: datetime) -> None:
    """Open a recipient again. Raises :class:`NotStopped`."""
    with transaction.atomic():
        live = RecipientStop.objects.filter(recipient=recipient, resumed_at__isnull=True)
        if not live.update(resumed_at=at):
            raise NotStopped
        _write(executor="recipients.resume", recipient=recipient, author=author, at=at)


def _write(*, executor: str, recipient: str, author: UUID, at: datetime) -> None:
    ledger.append(executor=executor, at=at, facts={"recipient": recipient, "author": str(author)})
    _memory.forget()
    transaction.on_commit(_memory.forget)


class DisclosureRefused(Exception):
    """Ces données ne peuvent pas être transmises : ce destinataire n’est pas prévu."""


def disclose(
    subject: DataSubject, *, recipient: str, activity: str, fields: Iterable[str], on: date
) -> Disclosure:
    """Record that ``fields`` of one person go to ``recipient``, before they go (P-063, P-067).

    Default deny. Raises :class:`DisclosureRefused` when the recipient is unknown or inactive,
    when the activity does not list it, or when no field is named: «everything» is no field.
    """
    names = sorted(set(fields))
    _refuse_unless_foreseen(recipient, activity, names, on=on)
    with transaction.atomic():
        disclosure: Disclosure = Disclosure.including_restricted.create(
            subject=subject,
            recipient=recipient,
            activity=activity,
            fields=",".join(names),
            disclosed_on=on,
        )
        ledger.append(
            executor="recipients.disclose",
            at=calendar.now(),
            subject=subject.uuid,
            facts={"recipient": recipient, "activity": activity, "fields": names, "on": on},
        )
    return disclosure


def disclose_many(
    subjects: Collection[int], *, recipient: str, activity: str, fields: Iterable[str], on: date
) -> None:
    """The same for many people, by their ids: one row each, one line of the ledger for all."""
    names = sorted(set(fields))
    _refuse_unless_foreseen(recipient, activity, names, on=on)
    rows = (
        Disclosure(
            subject_id=subject,
            recipient=recipient,
            activity=activity,
            fields=",".join(names),
            disclosed_on=on,
        )
        for subject in subjects
    )
    with transaction.atomic():
        Disclosure.including_restricted.bulk_create(rows)
        ledger.append(
            executor="recipients.disclose",
            at=calendar.now(),
            facts={
                "recipient": recipient,
                "activity": activity,
                "fields": names,
                "on": on,
                "count": len(subjects),
            },
        )


def tell_of_rectification(
    subject: DataSubject, *, fields: Iterable[str], at: datetime
) -> list[str]:
    """Whoever was given one of these fields has to learn that it changed (GDPR art. 19, P-098).

    Runs in the transaction of the change. Codes of the recipients, in order.
    """
    changed, told = set(fields), dict[str, set[str]]()
    given = Disclosure.including_restricted.filter(subject=subject)
    for recipient, names in given.values_list("recipient", "fields").distinct():
        if common := changed.intersection(names.split(",")):
            told.setdefault(recipient, set()).update(common)
    outbox.queue_many(
        kind=Effect.Kind.NOTIFY_RECIPIENT,
        payloads=[
            {
                "recipient": recipient,
                "subject": str(subject.uuid),
                "what": "rectification",
                "fields": sorted(told[recipient]),
            }
            for recipient in sorted(told)
        ],
        at=at,
    )
    return sorted(told)


def _refuse_unless_foreseen(recipient: str, activity: str, fields: list[str], *, on: date) -> None:
    rules = policy.current()
    known, processing = rules.recipients.get(recipient), rules.activities.get(activity)
    if known is None:
        raise DisclosureRefused(f"recipients.toml does not know « {recipient} »")
    if not known.active:
        raise DisclosureRefused(f"« {recipient} » is not active in recipients.toml")
    if known.review_due and on >= add_months(known.review_due, _LATE_REVIEW):
        raise DisclosureRefused(f"the contract of « {recipient} » was not reviewed in time")
    if recipient in stopped():
        raise DisclosureRefused(f"« {recipient} » was cut off by an administrator")
    foreseen = () if processing is None else processing.recipients
    if recipient not in foreseen and known.stands_for not in foreseen:
        raise DisclosureRefused(f"« {activity} » does not list « {recipient} » as a recipient")
    if not fields:
        raise DisclosureRefused("name the fields that go out")
