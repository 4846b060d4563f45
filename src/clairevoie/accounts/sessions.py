"""The session store: Django's database store, on rows that know whose they are.

Expiry is idle time (P-047): two hours for members, thirty minutes for staff; the row's date is
moved by :func:`extend`, at most every few minutes, so that a page writes nothing. « Rester
connecté » is an absolute date that nothing moves (P-036).
"""

from __future__ import annotations

import json
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, cast

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from clairevoie import privacy
from clairevoie.accounts.models import Member, Session
from clairevoie.accounts.terminals import Terminal
from clairevoie.lib import calendar
from clairevoie.lib.prepared import Prepared

IDLE_SECONDS = "clairevoie_idle_seconds"
_EXTEND_EVERY = timedelta(minutes=3)

# The member read together with the session's row, for the backend's ``get_user``: one query
# instead of two for every page of somebody who is signed in.
member_at_hand: ContextVar[Member | None] = ContextVar("member_at_hand", default=None)


_session_with_its_member = Prepared(
    lambda key: Session.objects.select_related("subject__member").filter(session_key=key)
)


@dataclass(frozen=True, slots=True)
class Device:
    """From where and since when: what the list of sessions shows."""

    ip: str | None = None
    user_agent: str = ""
    started_at: datetime | None = None
    last_seen_on: date | None = None


class SessionStore(DatabaseStore):
    """Writes the subject beside the opaque session data, so that erasure finds it."""

    def __init__(self, session_key: str | None = None) -> None:
        super().__init__(session_key)
        self.row: Session | None = None
        self._device = Device()

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def encode(self, session_dict: dict[str, Any]) -> str:
        """Plain JSON: rows of our own database need no signature, which cost 5 % of a page, and
        a search for what remains of a person sees them as they are."""
        return json.dumps(session_dict, separators=(",", ":"))

    def decode(self, session_data: bytes | str) -> dict[str, Any]:
        try:
            data: dict[str, Any] = json.loads(session_data)
        except ValueError:  # a row that Django signed
            return {}
        return data

    def get_session_cookie_age(self) -> int:
        return int(self.get(IDLE_SECONDS) or settings.SESSION_COOKIE_AGE)

    def begin(self, *, terminal: Terminal, idle_seconds: int, at: datetime) -> None:
        """Somebody signed in: note the device. The key was rotated by Django's ``login``."""
        self[IDLE_SECONDS] = idle_seconds
        on = calendar.paris_date(at)
        self._device = Device(terminal.ip, terminal.user_agent, started_at=at, last_seen_on=on)

    def load(self) -> dict[str, Any]:
        row = self._get_session_from_db()
        return self.decode(row.session_data) if row else {}

    def _get_session_from_db(self) -> Session | None:
        found = _session_with_its_member.get(self.session_key or "")
        if found is not None and found.expire_date <= calendar.now():
            found.delete()  # P-047: an expired session leaves, it is not only ignored
            found = None
        if found is None:
            self._session_key = None
            return None
        self.row = found
        self._device = Device(
            found.ip, found.user_agent, found.started_at, last_seen_on=found.last_seen_on
        )
        return found

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        session = cast("Session", super().create_model_instance(data))
        session.subject_id = whose(data)
        session.ip = self._device.ip
        session.user_agent = self._device.user_agent
        session.started_at = self._device.started_at
        session.last_seen_on = self._device.last_seen_on
        return session

    def flush(self) -> None:
        super().flush()
        self.row = None
        self._device = Device()

    @property
    def member(self) -> Member | None:
        """Who the row belongs to, read with it."""
        self.keys()  # reads the row, once
        return getattr(self.row.subject, "member", None) if self.row and self.row.subject else None

    def extend(self, *, at: datetime) -> None:
        """The person is there: the idle time starts again; writes once in a few minutes."""
        if self.row is None or self.get("_session_expiry"):
            return
        expires = at + timedelta(seconds=self.get_session_cookie_age())
        if expires - self.row.expire_date < _EXTEND_EVERY:
            return
        self._device = replace(self._device, last_seen_on=calendar.paris_date(at))
        Session.objects.filter(pk=self.row.pk).update(
            expire_date=expires, last_seen_on=self._device.last_seen_on
        )
        self.row.expire_date = expires


def whose(data: dict[str, Any]) -> int | None:
    """The subject a session is about: signed in, or in the middle of a journey of allauth."""
    stashed = data.get("account_login") or {}
    code = data.get("account_email_verification_code") or {}
    known = (
        data.get("_auth_user_id")
        or stashed.get("user_pk")
        or code.get("user_id")
        or data.get("account_authentication_methods_user")
    )
    if known:
        return int(known)
    return _whose_contact(stashed.get("email") or stashed.get("phone") or code.get("email"))


def _whose_contact(contact: str | None) -> int | None:
    """A sign-up with the address of a member pretends; it holds that member's address."""
    subject = privacy.find(contact) if contact else None
    return subject.pk if subject else None
