"""Writing messages: each is decided, rendered and stored in the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import islice

from django.db import transaction

from clairevoie import privacy
from clairevoie.lib.calendar import paris_date
from clairevoie.messaging.addresses import NOWHERE, Address, reachable, typed
from clairevoie.messaging.delivery import deliver_due
from clairevoie.messaging.letters import Letter, compose, languages_of
from clairevoie.messaging.models import Channel, Mailing, Message, State
from clairevoie.messaging.sheets import BLANK
from clairevoie.messaging.tasks import deliver
from clairevoie.messaging.unsubscribing import unsubscribe_url
from clairevoie.privacy.models import DataSubject

PATIENCE = timedelta(days=4)  # then a message is listed as not delivered
CODE_PATIENCE = timedelta(minutes=10)  # a code that arrives later opens nothing
CODES = "security"


@transaction.atomic
def send(
    subject: DataSubject,
    template: str,
    activity: str,
    *,
    context: Mapping[str, object] | None = None,
    at: datetime,
    channel: str | None = None,
) -> Message:
    """Write to one person by verified e-mail, else by SMS; it leaves after the commit.

    A refusal of the gate, or a person without any verified contact, is recorded in the
    returned message's ``state`` and nothing leaves.
    """
    decision = privacy.may(subject, activity)
    if not decision.allowed:
        refused = _blank(subject.pk, template, activity, at=at, state=State.REFUSED)
        refused.because = str(decision.because)
        refused.save(force_insert=True)
        return refused
    address = reachable([subject.pk], channel=channel).get(subject.pk, NOWHERE)
    message = _compose(
        subject,
        template,
        activity,
        address=address,
        language=languages_of([subject.pk]).get(subject.pk),
        context=context or {},
        at=at,
    )
    return write(message, at=at)


@transaction.atomic
def send_many(
    contexts: Mapping[int, Mapping[str, object]],
    template: str,
    activity: str,
    *,
    at: datetime,
    to: Mapping[int, Address] | None = None,
) -> int:
    """Write to many people, each with their own words; returns how many will be written to.

    ``contexts`` maps subjects' ids to the values of the template. A fixed number of queries
    for each thousand people; the worker, else the daily round, lets the messages out. ``to`` are
    addresses that nobody has proved yet (:func:`typed`), each of a subject of its own: never
    those of whoever is known by the same address.
    """
    people = iter(contexts)
    written = 0
    while batch := list(islice(people, 1_000)):
        written += _write_to(
            {person: contexts[person] for person in batch}, template, activity, at, to
        )
    if written:
        deliver.enqueue()
    return written


def _write_to(
    contexts: Mapping[int, Mapping[str, object]],
    template: str,
    activity: str,
    at: datetime,
    to: Mapping[int, Address] | None,
) -> int:
    everyone = DataSubject.objects.filter(pk__in=contexts)
    people = list(privacy.permitted(everyone, activity, subject="pk").only("pk", "uuid"))
    ids = [person.pk for person in people]
    addresses = reachable(ids) if to is None else {pk: to[pk] for pk in ids}
    languages = languages_of(ids)
    messages = [
        _compose(
            person,
            template,
            activity,
            address=addresses.get(person.pk, NOWHERE),
            language=languages.get(person.pk),
            context=contexts[person.pk],
            at=at,
        )
        for person in people
    ]
    Message.including_restricted.bulk_create(messages)
    return len(addresses)


@transaction.atomic
def send_code(
    contact: str,
    kind: str,
    template: str,
    *,
    subject: DataSubject | None,
    context: Mapping[str, object] | None = None,
    at: datetime,
    patience: timedelta = CODE_PATIENCE,
) -> Message:
    """Write to an address or a number that is not, or not yet, a proved contact: a code.

    After ``patience`` it is not worth sending any more. Without ``subject`` the row belongs
    to a new one, never to whoever owns the address: what a stranger typed tells nothing about
    its owner. Raises ``NotAContact``.
    """
    address = typed(contact, kind)
    if subject is None:
        subject = privacy.register_subject(on=paris_date(at))
        privacy.note_contact(subject, kind=kind, raw=contact, on=paris_date(at))
    message = _compose(
        subject,
        template,
        CODES,
        address=address,
        language=languages_of([subject.pk]).get(subject.pk),
        context=context or {},
        at=at,
    )
    message.until = at + patience
    return write(message, at=at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """One address that nobody has proved yet, whose row it is, and the link that proves it."""

    subject: int
    contact: str
    link: str


@transaction.atomic
def send_codes(
    codes: Sequence[Code],
    kind: str,
    template: str,
    *,
    context: Mapping[str, object],
    at: datetime,
    patience: timedelta,
    mailing: Mailing | None = None,
) -> None:
    """:func:`send_code` to many: printed once a language, with a blank where each link goes.

    Each ``subject`` is a new one, of that address alone; the worker lets the messages out, by
    itself or, as part of a ``mailing``, once that one is released.
    """
    languages = languages_of([code.subject for code in codes])
    printed: dict[str | None, Letter] = {}
    messages = []
    for code in codes:
        address, language = typed(code.contact, kind), languages.get(code.subject)
        if language not in printed:
            printed[language] = compose(
                template,
                channel=address.channel,
                activity=CODES,
                language=language,
                link="",
                context={**context, "link": BLANK},
            )
        letter = printed[language].linked(BLANK, code.link)
        message = enveloped(code.subject, letter, template, CODES, address=address, at=at)
        message.until, message.mailing = at + patience, mailing
        messages.append(message)
    Message.including_restricted.bulk_create(messages)
    if mailing is None:
        deliver.enqueue()


@transaction.atomic
def forget_copies(subject: DataSubject, *, channel: str, at: datetime) -> None:
    """Remove what the folder and the queue hold of an address the person took back (P-086)."""
    messages = Message.including_restricted.of(subject).filter(channel=channel)
    copies = messages.exclude(copy="").values_list("copy", flat=True)
    privacy.outbox.queue_many(
        kind="delete-file",
        payloads=[{"storage": "mail", "name": name} for name in copies],
        at=at,
    )
    messages.filter(state=State.QUEUED).update(state=State.UNREACHABLE, next_try_at=None)
    messages.update(address="", text="", html="", copy="")


def _blank(subject: int, template: str, activity: str, *, at: datetime, state: State) -> Message:
    return Message(
        subject_id=subject,
        template=template,
        activity=activity,
        channel=Channel.NONE,
        state=state,
        sent_on=paris_date(at),
        until=at + PATIENCE,
    )


def _compose(
    person: DataSubject,
    template: str,
    activity: str,
    *,
    address: Address,
    language: str | None,
    context: Mapping[str, object],
    at: datetime,
) -> Message:
    if address.channel == Channel.NONE:
        return _blank(person.pk, template, activity, at=at, state=State.UNREACHABLE)
    letter = compose(
        template,
        channel=address.channel,
        activity=activity,
        language=language,
        link=unsubscribe_url(person, activity, contact=address.contact),
        context=context,
    )
    return enveloped(person.pk, letter, template, activity, address=address, at=at)


def enveloped(
    person: int, letter: Letter, template: str, activity: str, *, address: Address, at: datetime
) -> Message:
    """The row of a letter that is ready, not written yet; nobody to reach: a blank one."""
    if address.channel == Channel.NONE:
        return _blank(person, template, activity, at=at, state=State.UNREACHABLE)
    message = _blank(person, template, activity, at=at, state=State.QUEUED)
    message.channel, message.address, message.next_try_at = address.channel, address.raw, at
    message.title, message.text, message.html = letter.title[:200], letter.text, letter.html
    return message


def write(message: Message, *, at: datetime) -> Message:
    """Keep a message in the caller's transaction; it leaves after the commit."""
    message.save(force_insert=True)
    if message.state == State.QUEUED:
        transaction.on_commit(partial(deliver_due, at=at, only=[message.pk]), robust=True)
    return message
