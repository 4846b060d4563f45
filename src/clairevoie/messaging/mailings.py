"""One letter to many: enqueued by the database itself, paused, resumed, cancelled, counted.

A mailing holds its words once; each recipient is one light row, made by INSERT … SELECT over
whom the gate permits. Both are asked again when each message leaves (:mod:`.delivery`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.db.models import F, Field, QuerySet

from clairevoie import privacy
from clairevoie.lib.calendar import paris_date
from clairevoie.messaging.actions import PATIENCE, enveloped, write
from clairevoie.messaging.addresses import NOWHERE, reachable
from clairevoie.messaging.delivery import is_due
from clairevoie.messaging.letters import languages_of
from clairevoie.messaging.models import Channel, Mailing, Message, Pace, State
from clairevoie.messaging.sheets import Sheet
from clairevoie.messaging.tasks import deliver, send_mailing
from clairevoie.privacy.models import DataSubject

PAGE = 10_000  # people a transaction: no other writer waits for longer than a blink
TEMPLATE = "mailing"
Advance = Callable[[int], object]


class NotUnderWay(Exception):
    """Cet envoi n’est plus en cours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a mailing is; the parts add up to ``total``.

    ``refused``: the person said no since, or is on the suppression list. ``failed``: their
    server would not take it, or they left no address that was verified.
    """

    total: int
    sent: int
    refused: int
    failed: int
    waiting: int
    unconfirmed: int  # handed to a provider whose answer never came: never sent twice

    @property
    def percent(self) -> float:
        """What is settled, in hundredths."""
        return 100 * (self.total - self.waiting) / self.total if self.total else 100.0


def start_mailing(
    *,
    activity: str,
    title: str,
    text: str,
    recipients: QuerySet[Any],
    at: datetime,
    html: str = "",
    language: str = "",
    uuid: UUID | None = None,
    advance: Advance = lambda _people: None,
) -> Mailing:
    """Write to everyone among ``recipients`` whom the gate permits, once each.

    ``recipients`` gives people (``DataSubject``) or one column of their ids. ``html`` must be
    safe: it goes out as it stands, inside our frame. Outside a transaction each page of people
    is one of its own; killed in between, the same call with the same ``uuid`` goes on where it
    stopped and writes to nobody twice. Nothing leaves before the last page.
    """
    mailing = open_mailing(
        activity=activity,
        title=title,
        text=text,
        html=html,
        language=language,
        uuid=uuid or uuid4(),
        at=at,
    )
    return fill_mailing(mailing, recipients=recipients, at=at, advance=advance)


def open_mailing(
    *, activity: str, title: str, text: str, html: str, language: str, uuid: UUID, at: datetime
) -> Mailing:
    """The words alone, once: for a caller that decides in a transaction of its own."""
    mailing, _ = Mailing.objects.get_or_create(
        uuid=uuid,
        defaults={
            "activity": activity,
            "title": " ".join(title.split())[:200],
            "text": text,
            "html": html,
            "language": language,
            "started_at": at,
        },
    )
    return mailing


def fill_mailing(
    mailing: Mailing,
    *,
    recipients: QuerySet[Any],
    at: datetime,
    advance: Advance = lambda _people: None,
) -> Mailing:
    """Its readers, page after page, from where a former call stopped; then it sets off."""
    people = DataSubject.objects.filter(pk__in=_ids(recipients))
    while mailing.state == Pace.PREPARING:
        advance(_enqueue_page(mailing, people, at=at))
        mailing.refresh_from_db()
    return mailing


@transaction.atomic
def release_mailing(mailing: Mailing, *, at: datetime) -> None:
    """Its messages are all written, each with its own words (``send_codes``): they may leave.

    A second time changes nothing.
    """
    now = Mailing.objects.select_for_update().get(pk=mailing.pk)
    if now.state != Pace.PREPARING:
        return
    total = Message.including_restricted.filter(mailing=now).count()
    Mailing.objects.filter(pk=now.pk).update(state=Pace.SENDING, total=total)
    _note(now, "start", at=at, count=total)
    send_mailing.enqueue(str(now.uuid))


def pause_mailing(mailing: Mailing, *, at: datetime) -> None:
    """Nothing more leaves, but for the handful that is on its way. Raises :class:`NotUnderWay`."""
    _turn(mailing, Pace.PAUSED, among=[Pace.SENDING], verb="pause", at=at)


def resume_mailing(mailing: Mailing, *, at: datetime) -> None:
    """Go on where it was paused. Raises :class:`NotUnderWay`."""
    with transaction.atomic():
        _turn(mailing, Pace.SENDING, among=[Pace.PAUSED], verb="resume", at=at)
        Mailing.objects.filter(pk=mailing.pk).update(retry_at=None)
        send_mailing.enqueue(str(mailing.uuid))


def cancel_mailing(mailing: Mailing, *, at: datetime) -> None:
    """What has not left never will; its rows go. Raises :class:`NotUnderWay`."""
    running = [Pace.PREPARING, Pace.SENDING, Pace.PAUSED]
    with transaction.atomic():
        _turn(mailing, Pace.CANCELLED, among=running, verb="cancel", at=at)
        Mailing.objects.filter(pk=mailing.pk).update(ended_at=at)
        send_mailing.enqueue(str(mailing.uuid))  # removes the rows


def mailing_progress(mailing: Mailing) -> Progress:
    """One row read by its key, whatever the number of recipients."""
    now = Mailing.objects.get(pk=mailing.pk)
    settled = now.sent + now.unconfirmed + now.refused + now.failed + now.unreachable
    over = now.state in (Pace.DONE, Pace.CANCELLED)
    return Progress(
        total=now.total,
        sent=now.sent,
        refused=now.refused,
        failed=now.failed + now.unreachable,
        unconfirmed=now.unconfirmed,
        waiting=0 if over else max(0, now.total - settled),
    )


Resume = Callable[[datetime], int]
_resuming: list[Resume] = []


def resumed_by(function: Resume) -> Resume:
    """Have ``function`` hand what a dead worker left to the next one, at its start."""
    _resuming.append(function)
    return function


def resume_interrupted(*, at: datetime) -> int:
    """Hand everything that is under way to the worker again, at its start; returns how much.

    A task too many does no harm: it finds nothing to claim.
    """
    running = list(Mailing.objects.filter(state=Pace.SENDING).values_list("uuid", flat=True))
    for uuid in running:
        send_mailing.enqueue(str(uuid))
    if is_due(at=at):
        deliver.enqueue()
    return len(running) + sum(resume(at) for resume in _resuming)


@transaction.atomic
def send_test(
    subject: DataSubject,
    *,
    activity: str,
    title: str,
    text: str,
    html: str = "",
    language: str = "",
    at: datetime,
) -> Message:
    """The letter as its readers will get it, to one member of staff, before it is sent.

    It leaves as a service message: whoever writes a letter need not subscribe to it.
    """
    person = subject.pk
    address = reachable([person], channel=Channel.EMAIL).get(person, NOWHERE)
    sheet = Sheet.printed(
        activity=activity,
        language=language or languages_of([person]).get(person),
        title=f"[Essai] {title}",
        text=text,
        html=html,
    )
    letter = sheet.for_reader(link="")
    message = enveloped(person, letter, "mailing-test", "service-notices", address=address, at=at)
    return write(message, at=at)


def _turn(mailing: Mailing, to: Pace, *, among: list[Pace], verb: str, at: datetime) -> None:
    with transaction.atomic():
        if not Mailing.objects.filter(pk=mailing.pk, state__in=among).update(state=to):
            raise NotUnderWay
        mailing.state = to
        _note(mailing, verb, at=at)


def _note(mailing: Mailing, verb: str, *, at: datetime, **facts: int) -> None:
    privacy.ledger.append(
        executor=f"messaging.{verb}-mailing",
        at=at,
        facts={"mailing": mailing.uuid, "activity": mailing.activity, **facts},
    )


# --- Preparing ----------------------------------------------------------------------------------


def _ids(recipients: QuerySet[Any]) -> QuerySet[Any]:
    return recipients.values("pk") if recipients.model is DataSubject else recipients


@transaction.atomic
def _enqueue_page(mailing: Mailing, people: QuerySet[DataSubject], *, at: datetime) -> int:
    """One page of people by number; the last one sets the mailing going."""
    done = Mailing.objects.select_for_update().get(pk=mailing.pk)
    if done.state != Pace.PREPARING:
        return 0  # somebody else was faster, or it was cancelled
    later = people.filter(pk__gt=done.prepared_up_to).order_by("pk").values_list("pk", flat=True)
    last = later[PAGE - 1 : PAGE].first()
    page = people.filter(pk__gt=done.prepared_up_to)
    enqueued = _insert(done, page if last is None else page.filter(pk__lte=last), at=at)
    progress: dict[str, Any] = {"total": F("total") + enqueued}
    if last is not None:
        progress["prepared_up_to"] = last
    else:
        progress["state"] = Pace.SENDING
        send_mailing.enqueue(str(mailing.uuid))
    Mailing.objects.filter(pk=mailing.pk).update(**progress)
    if last is None:
        _note(mailing, "start", at=at, count=done.total + enqueued)
    return enqueued


def _insert(mailing: Mailing, people: QuerySet[DataSubject], *, at: datetime) -> int:
    """One row a person, made by the database: nothing passes through Python."""
    permitted = privacy.permitted(people, mailing.activity, subject="pk")
    chosen, parameters = permitted.values(person=F("id")).query.sql_with_params()
    model = Message(
        mailing=mailing,
        activity=mailing.activity,
        template=TEMPLATE,
        channel=Channel.EMAIL.value,
        state=State.QUEUED.value,
        title=mailing.title,
        sent_on=paris_date(at),
        next_try_at=at,
        until=at + PATIENCE,
    )
    values = {
        field.column: field.get_db_prep_save(getattr(model, field.attname), connection)
        for field in cast("list[Field[Any, Any]]", Message._meta.concrete_fields)
        if field.name not in ("id", "uuid", "subject")
    }
    quote = connection.ops.quote_name
    sql = (
        f"INSERT INTO {quote(Message._meta.db_table)} "  # noqa: S608  # names of our own columns
        f"(uuid, subject_id, {', '.join(quote(str(name)) for name in values)}) "
        f"SELECT {_A_UUID[connection.vendor]}, p.person, {', '.join(['%s'] * len(values))} "
        f"FROM ({chosen}) p WHERE true ORDER BY p.person ON CONFLICT DO NOTHING"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [*values.values(), *parameters])
        return int(cursor.rowcount)


# A random number of version 4 (RFC 9562), as each engine stores it.
_A_UUID = {
    "postgresql": "gen_random_uuid()",
    "sqlite": (
        "lower(hex(randomblob(6)) || '4' || substr(hex(randomblob(2)), 2) "
        "|| substr('89ab', 1 + (random() & 3), 1) || substr(hex(randomblob(2)), 2) "
        "|| hex(randomblob(6)))"
    ),
}
