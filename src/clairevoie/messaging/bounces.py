"""What follows a report: a dead address gets only security and contract; a complaint is a no."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F

from clairevoie.lib.contact import EMAIL, NotAContact
from clairevoie.messaging.models import Mailing, Message, State, Suppression
from clairevoie.messaging.reports import Kind, Report
from clairevoie.messaging.suppression import (
    UNREACHABLE,
    contact_key,
    is_stoppable,
    suppress_keys,
)
from clairevoie.messaging.unsubscribing import UnknownLink, link_behind, person_of, stop
from clairevoie.privacy.models import DataSubject

BOUNCE = Suppression.Because.BOUNCE
COMPLAINT = Suppression.Because.COMPLAINT
_SOURCE = "retour"  # where the word came from: back from the reader's server


@dataclass(frozen=True, slots=True)
class _About:
    """Which message of ours a report tells of: never what the report says of itself."""

    subject: DataSubject | None
    keys: set[bytes]
    activity: str
    message: Message | None


@transaction.atomic
def take(report: Report, *, at: datetime) -> bool:
    """Do what a report calls for; True when it was about a message of ours and changed something.

    The same report twice changes nothing the second time.
    """
    about = _whose(report)
    if about is None or report.kind is Kind.OTHER:
        return False
    if report.kind is Kind.GONE:
        _note(about.message, BOUNCE)
        new = suppress_keys(
            about.keys,
            purpose=UNREACHABLE,
            because=BOUNCE,
            at=at,
            source=_SOURCE,
            subject=about.subject,
        )
        return bool(new)
    _note(about.message, COMPLAINT)
    if not is_stoppable(about.activity):
        return False
    return stop(
        about.subject,
        keys=about.keys,
        activity=about.activity,
        because=COMPLAINT,
        source=_SOURCE,
        at=at,
    ).now


def note_dead_address(subject: DataSubject, *, kind: str, raw: str, at: datetime) -> None:
    """A server said at the door that nobody lives there."""
    suppress_keys(
        {contact_key(kind, raw)},
        purpose=UNREACHABLE,
        because=BOUNCE,
        at=at,
        source=_SOURCE,
        subject=subject,
    )


def _whose(report: Report) -> _About | None:
    message = (
        Message.including_restricted.filter(uuid=report.message).select_related("subject").first()
        if report.message
        else None
    )
    sealed = _sealed(report)
    if message is None:
        return sealed
    person = message.subject
    keys = _mail_keys(person)
    named = _named(report)
    if named in keys:
        keys = {named}
    elif sealed is not None:
        keys = sealed.keys
    elif named is not None or len(keys) > 1:
        keys = set()  # the address changed since, or nobody can tell which one it was
    return _About(person, keys, message.activity, message)


def _sealed(report: Report) -> _About | None:
    """By our own link in the headers that came back, when the row is gone or says too little."""
    try:
        link = link_behind(report.token) if report.token else None
    except UnknownLink:
        link = None
    return _About(person_of(link), {link.key}, link.activity, None) if link else None


def _named(report: Report) -> bytes | None:
    try:
        return contact_key(EMAIL, report.address) if report.address else None
    except NotAContact:
        return None


def _mail_keys(person: DataSubject) -> set[bytes]:
    points = person.contact_points.filter(kind=EMAIL).values_list("raw", flat=True)
    return {contact_key(EMAIL, raw) for raw in points}


def _note(message: Message | None, because: str) -> None:
    """Once: the message did not arrive after all, and its mailing counts it so."""
    if message is None:
        return
    mine = Message.including_restricted.filter(pk=message.pk).exclude(because=because)
    if because != BOUNCE:
        mine.update(because=because)
    elif mine.filter(state=State.SENT).update(state=State.FAILED, because=because) and (
        message.mailing_id
    ):
        Mailing.objects.filter(pk=message.mailing_id).update(
            sent=F("sent") - 1, failed=F("failed") + 1
        )
