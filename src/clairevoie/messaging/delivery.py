"""What leaves, when, and how often we try.

An attempt is counted, and the next one dated, *before* it is made: two workers never hold the
same message, and a worker killed at any instruction only leaves a later attempt behind, under
the same Message-ID. Nothing is locked while a provider is slow.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from contextlib import ExitStack
from datetime import datetime, timedelta

from django.db import transaction

from clairevoie import privacy
from clairevoie.lib.calendar import paris_date
from clairevoie.messaging.doors import Door, RefusedForGood, copy_name, keeps_copies, open_door
from clairevoie.messaging.models import Channel, Message, State, mail_folder

log = logging.getLogger(__name__)

# How long after each attempt the next one may come, until ``Message.until``. The first wait
# exceeds the time a round of BATCH messages takes with a provider that hangs.
WAITS = tuple(timedelta(minutes=minutes) for minutes in (5, 15, 60, 240, 1440))
BATCH = 20


def deliver_due(*, at: datetime, only: Collection[int] | None = None) -> int:
    """Let out what is due at ``at`` (among ``only``, by id); returns how many left."""
    left = 0
    with ExitStack() as doors:
        open_doors: dict[str, Door] = {}
        while claimed := _claim(at=at, only=only):
            for message in claimed:
                if message.channel not in open_doors:
                    door = open_doors[message.channel] = open_door(message.channel)
                    doors.callback(door.close)
                left += _deliver(message, door=open_doors[message.channel], at=at)
    if left:
        privacy.ledger.mark_executed(["messaging.send"], at=at)
    return left


@transaction.atomic
def _claim(*, at: datetime, only: Collection[int] | None) -> list[Message]:
    due = Message.including_restricted.filter(state=State.QUEUED, next_try_at__lte=at)
    if only is not None:
        due = due.filter(pk__in=only)
    claimed: list[Message] = list(
        due.select_for_update(skip_locked=True, of=("self",))
        .select_related("subject")
        .order_by("next_try_at", "id")[:BATCH]
    )
    for message in claimed:
        message.copy = copy_name(message) if keeps_copies(message.channel) else ""
        message.next_try_at = at + WAITS[min(message.attempts, len(WAITS) - 1)]
        message.attempts += 1
    Message.including_restricted.bulk_update(claimed, ["copy", "next_try_at", "attempts"])
    return claimed


def _deliver(message: Message, *, door: Door, at: datetime) -> bool:
    """One attempt. What is not allowed any more at this instant does not leave."""
    decision = privacy.may(message.subject, message.activity)
    if not decision.allowed:
        _settle(message, State.REFUSED, because=str(decision.because))
        return False
    if at > message.until:
        _settle(message, State.FAILED, error=message.last_error)
        return False
    try:
        _record_exit(message, door=door, at=at)
        door.send(message, at=at)
    except RefusedForGood as refusal:
        _settle(message, State.FAILED, error=type(refusal).__name__)
        return False
    except Exception as error:  # noqa: BLE001  # providers raise anything; the others must leave
        # The class alone: the text of a mail error quotes the address.
        log.warning("message %s: %s", message.uuid, type(error).__name__)
        _update(message, last_error=type(error).__name__)
        return False
    _settle(message, State.SENT)
    return True


def _record_exit(message: Message, *, door: Door, at: datetime) -> None:
    """An access answer names who received what (GDPR art. 15(1)(c)): once a message."""
    if door.recipient and message.attempts == 1:
        privacy.disclose(
            message.subject,
            recipient=door.recipient,
            activity=message.activity,
            fields=["email" if message.channel == Channel.EMAIL else "phone"],
            on=paris_date(at),
        )


def _settle(message: Message, state: State, *, because: str = "", error: str = "") -> None:
    """The message moves no more: the fact stays, what it said goes."""
    copy = message.copy.name or ""
    kept = copy if state is State.SENT else ""
    there = _update(
        message,
        state=state,
        because=because,
        last_error=error,
        next_try_at=None,
        address="",
        text="",
        html="",
        copy=kept,
    )
    if copy and not (there and kept):  # not sent, or the person was erased meanwhile
        mail_folder().delete(copy)


def _update(message: Message, **columns: object) -> int:
    return int(Message.including_restricted.filter(pk=message.pk).update(**columns))
