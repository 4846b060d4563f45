"""Reading a file of addresses: batch by batch, each with its place in the file.

A worker killed at any instruction leaves whole batches: the next one goes on after them. An
address that was ever refused is never revived; nothing of a line that is not taken is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import islice
from typing import IO, Final, NamedTuple
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext

from clairevoie import messaging, policy, privacy
from clairevoie.lib import calendar
from clairevoie.lib.calendar import paris_date
from clairevoie.lib.contact import EMAIL
from clairevoie.lib.many import insert_many
from clairevoie.messaging.models import Mailing
from clairevoie.newsletter.actions.subscribing import CONFIRMATION_PATIENCE
from clairevoie.newsletter.csv_lines import (
    Broken,
    Line,
    Reason,
    layout_of,
    lines_of,
    read_line,
)
from clairevoie.newsletter.links import link_of
from clairevoie.newsletter.models import (
    ACTIVITY,
    Import,
    Interest,
    Pending,
    RefusedLine,
    Subscription,
    Topic,
)
from clairevoie.privacy.models import Consent, ContactPoint, DataSubject, Objection

BATCH = 1_000
Advance = Callable[[int], object]  # bytes read since the last call


@dataclass(slots=True)
class _Known:
    """What one batch's addresses already are, in six queries."""

    owners: dict[str, int] = field(default_factory=dict)  # address → who proved it
    refused: set[str] = field(default_factory=set)
    subscribed: set[str] = field(default_factory=set)


def read(*, batch: Import, at: datetime, advance: Advance = lambda _bytes: None) -> Import:
    """Read the whole file from where a former worker stopped; the file goes at the end.

    Two workers at once take no line twice: each finds what the other took.
    """
    batch.refresh_from_db()
    if batch.state != Import.State.RUNNING:
        return batch
    topics = list(batch.topics.all())
    seen: set[str] = set()
    with batch.file.open("rb") as opened:
        file: IO[bytes] = opened.file
        first = file.readline()
        layout = layout_of(first)
        if b"@" in first:  # a bare list, whose first line is an address like the others
            file.seek(0)
        lines = lines_of(file, layout, first=1 if b"@" in first else 2)
        while pieces := list(islice(lines, BATCH)):
            said = [read_line(number, raw, layout, on=paris_date(at)) for number, raw in pieces]
            once = list(_once(said, seen))
            if pieces[-1][0] > batch.position:
                _take(batch, once, topics, last=pieces[-1][0], offset=file.tell(), at=at)
            advance(sum(len(raw) for _, raw in pieces))
    return finish(batch=batch, state=Import.State.DONE, at=at)


def finish(*, batch: Import, state: Import.State, at: datetime) -> Import:
    """Nothing more will be read: the addresses go, counts and line numbers stay a week.

    Those who are asked to confirm are written to from here on.
    """
    name = batch.file.name
    with transaction.atomic():
        running = Import.objects.filter(pk=batch.pk, state=Import.State.RUNNING)
        if not running.update(state=state, file=""):
            batch.refresh_from_db()
            return batch
        batch.state, batch.file = state, ""
        asking = mailing_of(batch)
        if asking is not None:
            messaging.release_mailing(asking, at=at)
        privacy.ledger.append(
            executor="newsletter.import",
            at=at,
            facts={
                "import": batch.uuid,
                "state": str(state),
                "added": batch.added,
                "asked": batch.asked,
                "refused": batch.refused,
            },
        )
    if name:
        Import._meta.get_field("file").storage.delete(name)
    return batch


def _once(lines: Iterable[Line | Broken], seen: set[str]) -> Iterator[Line | Broken]:
    for line in lines:
        if isinstance(line, Line):
            if line.normalised in seen:
                yield Broken(line.number, Reason.TWICE)
                continue
            seen.add(line.normalised)
        yield line


_PLACE: Final = ["added", "asked", "refused", "position", "offset"]


@transaction.atomic
def _take(
    batch: Import,
    lines: Sequence[Line | Broken],
    topics: Sequence[Topic],
    *,
    last: int,
    offset: int,
    at: datetime,
) -> None:
    """One batch, one transaction: people, consents, refused lines, and the place in the file."""
    now = Import.objects.select_for_update().get(pk=batch.pk)
    for column in _PLACE:
        setattr(batch, column, getattr(now, column))
    lines = [line for line in lines if line.number > batch.position]
    if now.state != Import.State.RUNNING or not lines:
        return
    good = [line for line in lines if isinstance(line, Line)]
    known = _known([line.normalised for line in good])
    judged = [_judged(line, batch, known, on=paris_date(at)) for line in lines]
    taken = [line for line in judged if isinstance(line, Line)]
    broken = [line for line in judged if isinstance(line, Broken)]
    if batch.confirmed:
        _subscribe(batch, taken, topics, known, at=at)
        batch.added += len(taken)
    else:
        _ask(batch, taken, topics, at=at)
        batch.asked += len(taken)
    RefusedLine.objects.bulk_create(
        RefusedLine(batch=batch, number=line.number, reason=line.reason) for line in broken
    )
    batch.refused += len(broken)
    batch.position, batch.offset = max(last, batch.position), offset
    batch.save(update_fields=_PLACE)


def _judged(line: Line | Broken, batch: Import, known: _Known, *, on: date) -> Line | Broken:
    if isinstance(line, Broken):
        return line
    if line.normalised in known.refused:
        return Broken(line.number, Reason.REFUSED)
    if line.normalised in known.subscribed:
        return Broken(line.number, Reason.KNOWN)
    if (line.on or batch.collected_on) < _oldest(on):
        return Broken(line.number, Reason.OLD)
    return line


def _oldest(on: date) -> date:
    """The first day from which a proof is still good: the rule of subscriptions itself."""
    duration = policy.current().retention[ACTIVITY].duration
    assert duration is not None
    return calendar.latest_clock_ended_by(on, duration)


# --- What is already known ----------------------------------------------------------------------


def _known(addresses: Sequence[str]) -> _Known:
    """Who proved these addresses, and who, known by them in any way, ever said no."""
    found = _Known()
    points = ContactPoint.objects.filter(kind=EMAIL, normalised__in=addresses)
    rows = list(points.values_list("normalised", "subject", "verified_on", "subject__restricted"))
    people = {subject for _, subject, _, _ in rows}
    no = _who_said_no(people)
    following = set(
        Subscription.including_restricted.filter(subject__in=people).values_list(
            "subject", flat=True
        )
    )
    for address, subject, verified_on, restricted in rows:
        if subject in no or restricted:
            found.refused.add(address)
        elif subject in following:
            found.subscribed.add(address)
        if verified_on is not None:
            found.owners[address] = subject
    contacts = [(EMAIL, address) for address in addresses]
    found.refused |= {address for _, address in messaging.suppressed(contacts, ACTIVITY)}
    return found


def _who_said_no(people: set[int]) -> set[int]:
    """Their last word on the letter is a withdrawal or an objection."""
    consents = Consent.including_restricted.filter(activity=ACTIVITY, subject__in=people)
    given = dict(consents.order_by("id").values_list("subject", "given"))
    objections = Objection.including_restricted.filter(activity=ACTIVITY, subject__in=people)
    raised = dict(objections.order_by("id").values_list("subject", "raised"))
    return {p for p, yes in given.items() if not yes} | {p for p, no in raised.items() if no}


# --- With a proof that the address was confirmed ------------------------------------------------


def _subscribe(
    batch: Import,
    lines: Sequence[Line],
    topics: Sequence[Topic],
    known: _Known,
    *,
    at: datetime,
) -> None:
    people = _people(lines, known, batch)
    days = [(line, line.on or batch.collected_on) for line in lines]
    for (text, on, source), some in _by_proof(batch, lines).items():
        privacy.give_consents(
            [people[line.normalised] for line in some],
            activity=ACTIVITY,
            text=text,
            source=f"import: {source}"[:64],
            at=datetime.combine(on, time(12), tzinfo=calendar.PARIS),
            recorded_at=at,
        )
    insert_many(
        Subscription,
        same={"source": "import"},
        varying=("subject", "uuid", "confirmed_on", "last_act_on"),
        rows=((people[line.normalised].pk, uuid4(), on, on) for line, on in days),
    )
    insert_many(
        Interest,
        same={},
        varying=("subject", "topic", "last_act_on"),
        rows=(
            (people[line.normalised].pk, topic.slug, on) for line, on in days for topic in topics
        ),
    )


class _Person(NamedTuple):
    """Both numbers of a person: all that an import needs of one."""

    pk: int
    uuid: UUID


def _people(lines: Sequence[Line], known: _Known, batch: Import) -> dict[str, _Person]:
    """Whose each address is: who proved it, else a person we did not know."""
    owners = DataSubject.objects.filter(pk__in=set(known.owners.values()))
    mine = {pk: _Person(pk, uuid) for pk, uuid in owners.values_list("pk", "uuid")}
    people = {
        line.normalised: mine[known.owners[line.normalised]]
        for line in lines
        if line.normalised in known.owners
    }
    strangers = [line for line in lines if line.normalised not in people]
    days = [line.on or batch.collected_on for line in strangers]
    return people | _registered(strangers, last_contacts=days, verified=True)


def _registered(
    lines: Sequence[Line], *, last_contacts: Sequence[date], verified: bool
) -> dict[str, _Person]:
    """A person of its own for each line, with its address."""
    numbers = [uuid4() for _ in lines]
    insert_many(
        DataSubject,
        same={},
        varying=("uuid", "last_contact"),
        rows=zip(numbers, last_contacts, strict=True),
    )
    keys = dict(DataSubject.objects.filter(uuid__in=numbers).values_list("uuid", "pk"))
    insert_many(
        ContactPoint,
        same={"kind": EMAIL},
        varying=("subject", "raw", "normalised", "verified_on"),
        rows=(
            (keys[number], line.email, line.normalised, day if verified else None)
            for line, number, day in zip(lines, numbers, last_contacts, strict=True)
        ),
    )
    return {
        line.normalised: _Person(keys[number], number)
        for line, number in zip(lines, numbers, strict=True)
    }


def _by_proof(batch: Import, lines: Sequence[Line]) -> dict[tuple[str, date, str], list[Line]]:
    """Lines with the same words, day and origin: one INSERT each."""
    proofs: dict[tuple[str, date, str], list[Line]] = {}
    for line in lines:
        proof = (
            line.text or batch.text,
            line.on or batch.collected_on,
            line.source or batch.source,
        )
        proofs.setdefault(proof, []).append(line)
    return proofs


# --- Without: each is written to, and decides ---------------------------------------------------


def _ask(batch: Import, lines: Sequence[Line], topics: Sequence[Topic], *, at: datetime) -> None:
    """A double opt-in of ours: a request each, of a person of its own, and one mail."""
    on = paris_date(at)
    people = _registered(lines, last_contacts=[on] * len(lines), verified=False)
    numbers = {line.normalised: uuid4() for line in lines}
    insert_many(
        Pending,
        same={
            "topics": " ".join(topic.slug for topic in topics),
            "source": "import",
            "asked_on": on,
        },
        varying=("subject", "uuid", "text"),
        rows=(
            (people[line.normalised].pk, numbers[line.normalised], line.text or batch.text)
            for line in lines
        ),
    )
    asking = _asking(batch, at=at) if lines else None
    for text, some in _by_words(batch, lines).items():
        codes = [
            messaging.Code(
                subject=people[line.normalised].pk,
                contact=line.email,
                link=link_of(numbers[line.normalised]),
            )
            for line in some
        ]
        messaging.send_codes(
            codes,
            EMAIL,
            "newsletter/confirm",
            context={"topics": topics, "text": text},
            at=at,
            patience=CONFIRMATION_PATIENCE,
            mailing=asking,
        )


def _asking(batch: Import, *, at: datetime) -> Mailing:
    """The mails of one file are one mailing, of its own number: followed, paused, counted."""
    return messaging.open_mailing(
        activity="security",
        title=f"{gettext('Demandes de confirmation')} – {batch.source}",
        text=batch.text,
        html="",
        language="",
        uuid=batch.uuid,
        at=at,
    )


def mailing_of(batch: Import) -> Mailing | None:
    """None where nobody is asked anything, and years later."""
    return Mailing.objects.filter(uuid=batch.uuid).first()


def _by_words(batch: Import, lines: Sequence[Line]) -> dict[str, list[Line]]:
    """Lines that agreed to the same words: one mail, printed once."""
    words: dict[str, list[Line]] = {}
    for line in lines:
        words.setdefault(line.text or batch.text, []).append(line)
    return words
