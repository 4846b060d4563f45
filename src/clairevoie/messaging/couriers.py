"""One worker's round: whom may be written to at this instant, and what became of each message."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from types import TracebackType
from typing import Self
from uuid import UUID

from django.db import transaction
from django.db.models import F

from clairevoie import privacy
from clairevoie.lib.calendar import paris_date
from clairevoie.lib.contact import normalise
from clairevoie.messaging.addresses import KINDS, Address, reachable
from clairevoie.messaging.bounces import note_dead_address
from clairevoie.messaging.doors import (
    Door,
    DoorShut,
    NobodyThere,
    Parcel,
    RefusedForGood,
    Unconfirmed,
    open_door,
)
from clairevoie.messaging.journal import Journal
from clairevoie.messaging.letters import Letter, languages_of
from clairevoie.messaging.models import Channel, Mailing, Message, Pace, State, mail_folder
from clairevoie.messaging.sheets import Sheet
from clairevoie.messaging.suppression import suppressed
from clairevoie.messaging.unsubscribing import unsubscribe_url
from clairevoie.privacy.models import DataSubject
from clairevoie.privacy.recipients import DisclosureRefused

log = logging.getLogger(__name__)

FRESH = 1.0  # seconds that an answer of the gate is relied on
MOST_ATTEMPTS = 5  # of a message of a mailing; a single one has ``until``


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a message. ``QUEUED``: it will be tried again, ``at_once`` or later.

    ``untried`` takes the attempt back: nothing was even offered.
    """

    state: State
    because: str = ""
    error: str = ""
    untried: bool = False
    at_once: bool = False


LATER = Outcome(State.QUEUED)
UNTRIED = Outcome(State.QUEUED, untried=True)
SENT = Outcome(State.SENT)


@dataclass(frozen=True, slots=True)
class Claim:
    """Messages that one worker holds; of one mailing, or single ones."""

    messages: list[Message]
    mailing: Mailing | None = None


class Courier:
    """A worker's journal and open doors; ``shut`` once a door would not open."""

    def __init__(self, *, clock: Callable[[], datetime], witnessed: bool = False) -> None:
        self.clock, self.witnessed = clock, witnessed
        self.shut = ""
        self._doors: dict[str, Door] = {}
        self._sheets: dict[str, Sheet] = {}
        self._disclosed: set[int] = set()

    def __enter__(self) -> Self:
        self.journal = Journal.opened(witnessed=self.witnessed)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            for door in self._doors.values():
                door.close()
        finally:
            if kind is None:
                self.journal.discard()
            else:
                self.journal.leave()  # whoever comes next settles what it tells

    def carry(self, claim: Claim) -> int:
        """Hand over every message of a claim that may still leave; returns how many did."""
        outcomes: dict[Message, Outcome] = {}
        waiting = list(claim.messages)
        self.shut = ""
        while waiting:
            parcels, others = self._ask(waiting, claim.mailing)
            outcomes |= others
            waiting = [message for message in waiting if message in parcels]
            until = time.monotonic() + FRESH
            while waiting and time.monotonic() < until:
                message = waiting.pop(0)
                outcomes[message] = self._attempt(message, parcels[message])
        settle(outcomes, holder=self.journal.name, at=self.clock())
        self.journal.clear()
        return sum(outcome.state is State.SENT for outcome in outcomes.values())

    # --- Who may be written to, now -----------------------------------------------------------

    def _ask(
        self, messages: Sequence[Message], mailing: Mailing | None
    ) -> tuple[dict[Message, Parcel], dict[Message, Outcome]]:
        """The parcels that may leave, and what becomes of the others: a few queries for all."""
        if mailing and not _goes_on(mailing):
            return {}, dict.fromkeys(messages, UNTRIED)
        at = self.clock()
        others = dict(_too_late(messages, at))
        parcels: dict[Message, Parcel] = {}
        rest = sorted((m for m in messages if m not in others), key=lambda m: m.activity)
        for activity, some in groupby(rest, key=lambda m: m.activity):
            group = list(some)
            refused = _refused(group, activity)
            addresses = _addresses([m for m in group if m not in refused])
            others |= refused | {
                m: Outcome(State.UNREACHABLE) for m, address in addresses.items() if not address
            }
            reached = {m: address for m, address in addresses.items() if address}
            stopped = _suppressed(reached, activity)
            others |= dict.fromkeys(stopped, Outcome(State.REFUSED, because="suppressed"))
            reached = {m: address for m, address in reached.items() if m not in stopped}
            undisclosed = self._disclose(reached, activity, at=at)
            others |= undisclosed
            chosen = {m: address for m, address in reached.items() if m not in undisclosed}
            parcels |= self._pack(chosen, activity, mailing)
        return parcels, others

    def _disclose(
        self, reached: Mapping[Message, Address], activity: str, *, at: datetime
    ) -> dict[Message, Outcome]:
        """An access answer names who received what (GDPR art. 15(1)(c)): once a message."""
        refused: dict[Message, Outcome] = {}
        for channel in {address.channel for address in reached.values()}:
            recipient = self._door(channel).recipient
            some = [m for m, address in reached.items() if address.channel == channel]
            first = [m for m in some if m.attempts == 1 and m.pk not in self._disclosed]
            if not (recipient and first):
                continue
            try:
                privacy.disclose_many(
                    [m.subject_id for m in first],
                    recipient=recipient,
                    activity=activity,
                    fields=[KINDS[channel]],
                    on=paris_date(at),
                )
            except DisclosureRefused as error:
                log.warning("%s messages: %s", len(some), type(error).__name__)
                refused |= dict.fromkeys(some, _later(error))
            self._disclosed.update(m.pk for m in first)
        return refused

    def _pack(
        self, reached: Mapping[Message, Address], activity: str, mailing: Mailing | None
    ) -> dict[Message, Parcel]:
        unwritten = [m.subject_id for m in reached if not m.is_written]
        languages = languages_of(unwritten) if unwritten else {}
        return {
            message: Parcel(
                uuid=message.uuid,
                channel=address.channel,
                address=address.raw,
                sheet=self._sheet(mailing, languages.get(message.subject_id, ""))
                if mailing and not message.is_written
                else Sheet.of(Letter(title=message.title, text=message.text, html=message.html)),
                link=_link(message, address, activity),
            )
            for message, address in reached.items()
        }

    def _sheet(self, mailing: Mailing, language: str) -> Sheet:
        """Printed once a language, whatever the number of readers."""
        chosen = mailing.language or language
        if chosen not in self._sheets:
            self._sheets[chosen] = Sheet.printed(
                activity=mailing.activity,
                language=chosen,
                title=mailing.title,
                text=mailing.text,
                html=mailing.html,
            )
        return self._sheets[chosen]

    def _door(self, channel: str) -> Door:
        if channel not in self._doors:
            self._doors[channel] = open_door(channel)
        return self._doors[channel]

    # --- One attempt --------------------------------------------------------------------------

    def _attempt(self, message: Message, parcel: Parcel) -> Outcome:
        if self.shut:
            return UNTRIED if message.mailing_id else Outcome(State.QUEUED, error=self.shut)
        try:
            self._door(parcel.channel).send(parcel, at=self.clock(), journal=self.journal)
        except NobodyThere as error:
            note_dead_address(
                message.subject,
                kind=KINDS[Channel(parcel.channel)],
                raw=parcel.address,
                at=self.clock(),
            )
            return Outcome(State.FAILED, because="bounce", error=type(error).__name__)
        except RefusedForGood as error:
            return Outcome(State.FAILED, error=type(error).__name__)
        except Unconfirmed as error:
            log.warning("message %s: %s", message.uuid, type(error).__name__)
            return Outcome(State.UNCONFIRMED, error=type(error).__name__)
        except DoorShut as error:
            self.shut = error.because
            log.warning("message %s: %s", message.uuid, error.because)
            return UNTRIED if message.mailing_id else Outcome(State.QUEUED, error=error.because)
        except Exception as error:  # noqa: BLE001  # providers raise anything; the others must leave
            # The class alone: the text of a mail error quotes the address.
            log.warning("message %s: %s", message.uuid, type(error).__name__)
            return _later(error, final=bool(message.mailing_id) and _was_last(message))
        return SENT


def _goes_on(mailing: Mailing) -> bool:
    return Mailing.objects.filter(pk=mailing.pk, state=Pace.SENDING).exists()


def _too_late(messages: Sequence[Message], at: datetime) -> Iterator[tuple[Message, Outcome]]:
    for message in messages:
        if message.is_written and at > message.until:
            yield message, Outcome(State.FAILED, error=message.last_error)


def _refused(messages: Sequence[Message], activity: str) -> dict[Message, Outcome]:
    """Whom the gate stops now, although it let them through when the message was written."""
    everyone = DataSubject.objects.filter(pk__in=[m.subject_id for m in messages])
    permitted = set(
        privacy.permitted(everyone, activity, subject="pk").values_list("pk", flat=True)
    )
    return {
        message: Outcome(State.REFUSED, because=_why(message, activity))
        for message in messages
        if message.subject_id not in permitted
    }


def _why(message: Message, activity: str) -> str:
    if message.mailing_id:
        return "gate"  # the reason would cost a query a person
    return str(privacy.may(message.subject, activity).because)


def _addresses(messages: Sequence[Message]) -> dict[Message, Address | None]:
    """A message that is written was addressed then; one of a mailing asks now."""
    unwritten = [m.subject_id for m in messages if not m.is_written]
    found = reachable(unwritten, channel=Channel.EMAIL) if unwritten else {}
    return {m: _addressed(m) if m.is_written else found.get(m.subject_id) for m in messages}


def _addressed(message: Message) -> Address | None:
    return Address(Channel(message.channel), message.address) if message.address else None


def _suppressed(reached: Mapping[Message, Address], activity: str) -> set[Message]:
    contacts = {
        message: (KINDS[address.channel], normalise(KINDS[address.channel], address.raw))
        for message, address in reached.items()
    }
    refused = suppressed(set(contacts.values()), activity)
    return {message for message, contact in contacts.items() if contact in refused}


def _link(message: Message, address: Address, activity: str) -> str:
    contact = (KINDS[address.channel], address.raw)
    return unsubscribe_url(message.subject, activity, contact=contact)


def _was_last(message: Message) -> bool:
    return message.attempts >= MOST_ATTEMPTS


def _later(error: BaseException, *, final: bool = False) -> Outcome:
    return Outcome(State.FAILED if final else State.QUEUED, error=type(error).__name__)


# --- What became of them ------------------------------------------------------------------------

_COUNTER = {
    State.SENT: "sent",
    State.UNCONFIRMED: "unconfirmed",
    State.FAILED: "failed",
    State.REFUSED: "refused",
    State.UNREACHABLE: "unreachable",
}


def settle(outcomes: Mapping[Message, Outcome], *, holder: UUID, at: datetime) -> None:
    """Write what became of the messages that ``holder`` claimed: one UPDATE an outcome.

    What left says no more: the fact stays, what it said goes. A second time changes nothing.
    """
    groups: dict[tuple[int | None, Outcome], list[Message]] = {}
    for message, outcome in outcomes.items():
        groups.setdefault((message.mailing_id, outcome), []).append(message)
    with transaction.atomic():
        counts: dict[int, Counter[str]] = {}
        for (mailing, outcome), messages in groups.items():
            changed = _write(outcome, messages, holder=holder, at=at)
            if mailing is not None and outcome.state is not State.QUEUED:
                counts.setdefault(mailing, Counter())[_COUNTER[outcome.state]] += changed
        for mailing, counted in sorted(counts.items()):
            Mailing.objects.filter(pk=mailing).update(
                **{column: F(column) + number for column, number in counted.items()}
            )
    _drop_copies(outcomes)


def _write(outcome: Outcome, messages: list[Message], *, holder: UUID, at: datetime) -> int:
    mine = Message.including_restricted.filter(pk__in=[m.pk for m in messages], holder=holder)
    if outcome.state is not State.QUEUED:
        kept = {} if outcome.state is State.SENT else {"copy": ""}
        return int(
            mine.update(
                state=outcome.state,
                because=outcome.because,
                last_error=outcome.error,
                holder=None,
                next_try_at=None,
                address="",
                text="",
                html="",
                **kept,
            )
        )
    if outcome.untried:
        return int(mine.update(holder=None, next_try_at=at, attempts=F("attempts") - 1))
    again = {"next_try_at": at} if outcome.at_once else {}
    return int(mine.update(holder=None, last_error=outcome.error, **again))


def _drop_copies(outcomes: Mapping[Message, Outcome]) -> None:
    """Files of what did not leave, or of whoever was erased meanwhile."""
    copies = {m: m.copy.name for m in outcomes if m.copy.name}
    if not copies:
        return
    keys = [m.pk for m in copies]
    still = set(Message.including_restricted.filter(pk__in=keys).values_list("pk", flat=True))
    for message, name in copies.items():
        state = outcomes[message].state
        gone = message.pk not in still
        if gone or state not in (State.SENT, State.QUEUED):
            mail_folder().delete(name)
