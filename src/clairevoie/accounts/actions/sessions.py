"""Signing in and out; the sessions a member has open, and closing them from afar."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.crypto import constant_time_compare, salted_hmac

from clairevoie import messaging, privacy
from clairevoie.accounts.actions.security_log import log
from clairevoie.accounts.models import Member, SecurityEvent, Session
from clairevoie.accounts.sessions import SessionStore
from clairevoie.accounts.terminals import Terminal
from clairevoie.lib.calendar import paris_date

Kind = SecurityEvent.Kind

MANY_SESSIONS = 5  # P-082
_TELL_AGAIN_AFTER = timedelta(days=1)


class NoSuchSession(LookupError):
    """Cette session est déjà fermée."""


@transaction.atomic
def begin_session(
    *, member: Member, store: SessionStore, terminal: Terminal, at: datetime
) -> None:
    """The member just proved who they are: a use (C.3), a line of the log, a device."""
    idle = settings.STAFF_SESSION_SECONDS if member.is_staff else settings.SESSION_COOKIE_AGE
    store.begin(terminal=terminal, idle_seconds=idle, at=at)
    log(Kind.SIGNED_IN, subject=member.subject, terminal=terminal, at=at)
    privacy.record_use(member.subject, on=paris_date(at))
    _tell_of_many_sessions(member, store, terminal, at)


def _tell_of_many_sessions(
    member: Member, store: SessionStore, terminal: Terminal, at: datetime
) -> None:
    """P-082: the member is told, once a day; nobody is ever suspended by a program."""
    others = open_sessions(member, at=at).exclude(session_key=store.session_key).count()
    told = SecurityEvent.objects.filter(
        subject=member.pk, kind=Kind.PARALLEL_SESSIONS, happened_at__gt=at - _TELL_AGAIN_AFTER
    )
    if others + 1 < MANY_SESSIONS or told.exists():
        return
    log(Kind.PARALLEL_SESSIONS, subject=member.subject, terminal=terminal, at=at)
    messaging.send(
        member.subject,
        "accounts/parallel-sessions",
        "security",
        context={"count": str(others + 1)},
        at=at,
    )


def open_sessions(member: Member, *, at: datetime) -> QuerySet[Session]:
    """Where the member is signed in, the latest first."""
    sessions = Session.objects.filter(subject=member.pk, started_at__isnull=False)
    return sessions.filter(expire_date__gt=at).order_by("-started_at")


def handle_of(session: Session) -> str:
    """A name for a session that opens nothing: the key itself is never shown."""
    return salted_hmac("session-handle", session.session_key).hexdigest()[:20]


@transaction.atomic
def end_session(*, member: Member, handle: str, terminal: Terminal, at: datetime) -> None:
    """Sign the member out of one of their devices. Raises :class:`NoSuchSession`."""
    for session in open_sessions(member, at=at):
        if constant_time_compare(handle_of(session), handle):
            session.delete()
            log(Kind.SESSION_ENDED, subject=member.subject, terminal=terminal, at=at)
            return
    raise NoSuchSession


@transaction.atomic
def end_other_sessions(
    *, member: Member, session_kept: str | None, terminal: Terminal, at: datetime
) -> int:
    """Sign the member out everywhere but here; returns how many sessions ended."""
    others = open_sessions(member, at=at).exclude(session_key=session_kept)
    ended, _ = others.delete()
    if ended:
        log(Kind.SESSION_ENDED, subject=member.subject, terminal=terminal, at=at)
    return ended


def note_sign_out(*, member: Member, terminal: Terminal, at: datetime) -> None:
    """The member left; allauth has already ended the session."""
    log(Kind.SIGNED_OUT, subject=member.subject, terminal=terminal, at=at)


def refuse_sign_in(
    *, member: Member | None, throttled: bool, terminal: Terminal, at: datetime
) -> None:
    """A wrong password, or one too many: logged, and no use of the account (C.3)."""
    kind = Kind.SIGN_IN_THROTTLED if throttled else Kind.SIGN_IN_FAILED
    log(kind, subject=member.subject if member else None, terminal=terminal, at=at)


def note_visit(*, store: SessionStore, member: Member, at: datetime) -> None:
    """The person did something: no write, but for the first page of a day and every minutes."""
    store.extend(at=at)
    on = paris_date(at)
    if member.subject.last_use is None or member.subject.last_use < on:
        privacy.record_use(member.subject, on=on)
        member.subject.last_use = on
