"""What leaves, when, and how often we try: one path for one message and for a hundred thousand.

A worker claims a batch by writing its journal's name into the rows, asks the gate, hands the
messages over one by one, and writes what became of them in one transaction. Nothing is locked
while a provider is slow. Killed at any instruction, it leaves a journal that tells whoever
comes next what left (:mod:`.journal`): nothing leaves twice, and nothing is lost.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, QuerySet

from clairevoie import privacy
from clairevoie.messaging.couriers import LATER, Claim, Courier, Outcome, settle
from clairevoie.messaging.doors import copy_name, keeps_copies
from clairevoie.messaging.journal import Fate, Told, abandoned
from clairevoie.messaging.models import Mailing, Message, Pace, State

log = logging.getLogger(__name__)

# How long after each attempt the next one may come. The first wait exceeds the time that a
# round of BATCH messages takes with a provider that hangs.
WAITS = tuple(timedelta(minutes=minutes) for minutes in (5, 15, 60, 240, 1440))
BATCH = 20
MAILING_BATCH = 200
LOST_AFTER = timedelta(days=2)  # a worker of another machine, which never came back
LOOK_AGAIN = timedelta(seconds=3)
Clock = Callable[[], datetime]


def deliver_due(
    *, at: datetime, only: Collection[int] | None = None, patience: timedelta | None = None
) -> int:
    """Let out the single messages that are due (among ``only``, by id); how many left.

    After ``patience`` the rest waits for the next call: other work gets its turn.
    """
    recover(at=at)
    left, end = 0, time.monotonic() + patience.total_seconds() if patience else None
    due = Message.including_restricted.filter(mailing=None)
    if only is not None:
        due = due.filter(pk__in=only)
    with Courier(clock=lambda: at) as courier:
        while claim := _claim(due, courier, at=at, limit=BATCH):
            left += courier.carry(claim)
            if end is not None and time.monotonic() >= end:
                break
    _told(left, at=at)
    return left


def is_due(*, at: datetime) -> bool:
    """Whether a single message could leave now, and nobody holds it."""
    due = Message.including_restricted.filter(mailing=None, state=State.QUEUED, holder=None)
    return bool(due.filter(next_try_at__lte=at).exists())


def run_mailing(
    mailing: Mailing,
    *,
    clock: Clock,
    until: datetime | None = None,
    advance: Callable[[int], object] = lambda _settled: None,
) -> datetime | None:
    """Send what is due of one mailing; None when nothing is left to do for now or for ever.

    Returns when to come back: at ``until`` (so that other work gets its turn), when a message
    may be tried again, or when the door may open again. Several workers may share a mailing.
    """
    recover(at=clock())
    left = 0
    with Courier(clock=clock, witnessed=True) as courier:
        while claim := _claim_of(mailing, courier, at=clock()):
            left += courier.carry(claim)
            advance(len(claim.messages))
            if courier.shut:
                _wait_for_the_door(mailing, at=clock())
                break
            if until is not None and clock() >= until:
                break
    _told(left, at=clock())
    return _what_next(mailing, at=clock())


def recover(*, at: datetime) -> int:
    """Settle what dead workers left behind; returns how many messages that were."""
    found = 0
    for journal in abandoned():
        told = journal.told()
        held = list(Message.including_restricted.filter(holder=journal.name, state=State.QUEUED))
        outcomes = {message: _fate(told.get(message.uuid)) for message in held}
        settle(outcomes, holder=journal.name, at=at)
        journal.discard()
        found += len(held)
    return found


def give_up_lost(*, at: datetime) -> int:
    """Messages in the hands of a worker whose machine never came back: they may have left."""
    lost = Message.including_restricted.filter(
        holder__isnull=False, state=State.QUEUED, next_try_at__lt=at - LOST_AFTER
    )
    found = list(lost)
    for message in found:
        outcome = Outcome(State.UNCONFIRMED, error="WorkerLost")
        settle({message: outcome}, holder=message.holder, at=at)
    return len(found)


def _fate(told: Told | None) -> Outcome:
    """What a dead worker's last record makes of a message."""
    match told:
        case None:
            return Outcome(State.QUEUED, untried=True)
        case Told(Fate.BEGIN):
            return Outcome(State.QUEUED, at_once=True)
        case Told(Fate.HANDED):
            return Outcome(State.SENT, error="NoReceipt")
        case Told(Fate.POSTED):
            return Outcome(State.UNCONFIRMED, error="NoReceipt")
        case Told(_, code) if code >= 500:
            return Outcome(State.FAILED, error="RefusedForGood")
        case Told(_, code):
            return LATER if code >= 400 else Outcome(State.SENT)


def _claim(due: QuerySet[Message], courier: Courier, *, at: datetime, limit: int) -> Claim | None:
    """Take the next messages: counted, and the next attempt dated, before this one is made."""
    with transaction.atomic():
        messages = list(
            due.filter(state=State.QUEUED, holder=None, next_try_at__lte=at)
            .select_for_update(skip_locked=True, of=("self",))
            .select_related("subject")
            .order_by("next_try_at", "id")[:limit]
        )
        waits: dict[int, list[int]] = {}
        for message in messages:
            waits.setdefault(min(message.attempts, len(WAITS) - 1), []).append(message.pk)
            message.attempts += 1
            message.holder = courier.journal.name
        for wait, keys in waits.items():
            Message.including_restricted.filter(pk__in=keys).update(
                holder=courier.journal.name,
                attempts=F("attempts") + 1,
                next_try_at=at + WAITS[wait],
            )
        _name_copies(messages)
    return Claim(messages) if messages else None


def _name_copies(messages: list[Message]) -> None:
    """Where mail stays in a folder, the row knows its file before there is one."""
    kept = [message for message in messages if keeps_copies(message.channel)]
    for message in kept:
        message.copy.name = copy_name(message.uuid, message.channel)
    if kept:
        Message.including_restricted.bulk_update(kept, ["copy"])


def _claim_of(mailing: Mailing, courier: Courier, *, at: datetime) -> Claim | None:
    """The next messages of a mailing that is under way."""
    now = Mailing.objects.get(pk=mailing.pk)
    if now.state != Pace.SENDING or (now.retry_at and now.retry_at > at):
        return None
    due = Message.including_restricted.filter(mailing=now)
    claim = _claim(due, courier, at=at, limit=MAILING_BATCH)
    return Claim(claim.messages, mailing=now) if claim else None


def _wait_for_the_door(mailing: Mailing, *, at: datetime) -> None:
    Mailing.objects.filter(pk=mailing.pk).update(retry_at=at + WAITS[0])


def _what_next(mailing: Mailing, *, at: datetime) -> datetime | None:
    now = Mailing.objects.get(pk=mailing.pk)
    mine = Message.including_restricted.filter(mailing=now, state=State.QUEUED)
    if now.state == Pace.CANCELLED:
        _forget(mine.filter(holder=None))
    if now.state != Pace.SENDING:
        return None
    if now.retry_at and now.retry_at > at:
        return now.retry_at
    first = mine.filter(holder=None).order_by("next_try_at", "id").first()
    if first is not None:
        again: datetime | None = first.next_try_at
        return again
    if mine.filter(holder__isnull=False).exists():
        return at + LOOK_AGAIN  # others are at it; if they die, what they held is taken up
    _finish(now, at=at)
    return None


def _forget(waiting: QuerySet[Message]) -> None:
    """The rows of a cancelled mailing that nobody is sending go, page after page."""
    while page := list(waiting.order_by("next_try_at", "id").values_list("pk", flat=True)[:5_000]):
        gone = Message.including_restricted.filter(pk__in=page, holder=None)
        gone._raw_delete(gone.db)


@transaction.atomic
def _finish(mailing: Mailing, *, at: datetime) -> None:
    """The last one out says so, once."""
    running = Mailing.objects.filter(pk=mailing.pk, state=Pace.SENDING)
    if running.update(state=Pace.DONE, ended_at=at):
        done = Mailing.objects.get(pk=mailing.pk)
        privacy.ledger.append(
            executor="messaging.finish-mailing",
            at=at,
            facts={
                "mailing": done.uuid,
                "total": done.total,
                "sent": done.sent,
                "refused": done.refused,
                "failed": done.failed + done.unreachable,
                "unconfirmed": done.unconfirmed,
            },
        )


def _told(left: int, *, at: datetime) -> None:
    if left:
        privacy.ledger.mark_executed(["messaging.send"], at=at)
