"""An SMTP server: one conversation for all the messages of a round.

``smtplib.SMTP.sendmail`` does not say when the dot leaves; here each step is ours, so that the
journal surrounds it.
"""

from __future__ import annotations

import socket
from datetime import datetime
from smtplib import SMTP, SMTPException, SMTPResponseException
from typing import Any

from django.conf import settings
from django.core.mail import get_connection

from clairevoie.messaging.doors.parcel import (
    DoorShut,
    NobodyThere,
    Parcel,
    RefusedForGood,
    Unconfirmed,
    sender,
)
from clairevoie.messaging.journal import Fate, Journal
from clairevoie.messaging.reports import is_gone
from clairevoie.messaging.signing import signed
from clairevoie.messaging.witness import given_to_the_system

_OURSELVES = ("localhost", "127.0.0.1", "::1")
# A server may filter for long before it answers the dot (RFC 5321, 4.5.3.2.6 says ten minutes).
LAST_WORD_SECONDS = 120


class Smtp:
    """The server that EMAIL_URL names."""

    def __init__(self) -> None:
        self.recipient = "" if settings.EMAIL_HOST in _OURSELVES else "mailer"
        self.backend: Any = get_connection("django.core.mail.backends.smtp.EmailBackend")

    def send(self, parcel: Parcel, *, at: datetime, journal: Journal) -> None:
        mail = signed(parcel.mail(at=at))
        server = self._open(journal)
        try:
            self._offer(server, parcel.address)
            self._hand_over(server, mail, parcel, journal)
        except SMTPResponseException as answer:
            self._start_again(server, answer.smtp_code)
            raise
        except RefusedForGood:
            self._start_again(server, 500)
            raise
        except Exception:
            self.close()  # a broken conversation must not spoil the next message
            raise

    def close(self) -> None:
        self.backend.close()

    def _open(self, journal: Journal) -> SMTP:
        try:
            if self.backend.open():
                self.backend.connection.ehlo_or_helo_if_needed()
                line = self.backend.connection.sock
                # The dot goes alone: without this it waits 40 ms for an acknowledgement.
                line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                journal.watch(line)
        except (OSError, SMTPException) as error:
            self.close()
            raise DoorShut(error) from None
        server: SMTP = self.backend.connection
        return server

    def _offer(self, server: SMTP, address: str) -> None:
        """MAIL, RCPT, DATA: up to here nothing has been sent to anybody."""
        _agree(*server.docmd("MAIL", f"FROM:<{_ascii(sender()[1])}>"), ours=True)
        _agree(*server.docmd("RCPT", f"TO:<{_ascii(address)}>"))
        _agree(*server.docmd("DATA"), ours=True)

    def _hand_over(self, server: SMTP, mail: bytes, parcel: Parcel, journal: Journal) -> None:
        connection = server.sock
        assert connection is not None
        server.send(mail.replace(b"\n.", b"\n.."))
        journal.note(Fate.BEGIN, parcel.uuid, given_to_the_system(connection))
        server.send(b".\r\n")
        journal.note(Fate.HANDED, parcel.uuid)
        patience = connection.gettimeout()
        connection.settimeout(max(LAST_WORD_SECONDS, settings.EMAIL_TIMEOUT))
        try:
            code, text = server.getreply()
        except (OSError, SMTPException):
            raise Unconfirmed from None
        connection.settimeout(patience)
        journal.note(Fate.ANSWERED, parcel.uuid, code)
        _agree(code, text)

    def _start_again(self, server: SMTP, code: int) -> None:
        """After a refusal: RSET, or a new conversation where the server ends this one."""
        try:
            if code == 421 or server.rset()[0] != 250:
                self.close()
        except (OSError, SMTPException):
            self.close()


def _agree(code: int, text: bytes, *, ours: bool = False) -> None:
    """Raise unless the server goes on. What it holds against *us* is no fault of the address."""
    if code < 400:
        return
    if code >= 500 and not ours:
        enhanced = text.split(maxsplit=1)[:1]
        gone = bool(enhanced) and is_gone(enhanced[0].decode("ascii", "replace"))
        raise NobodyThere if gone else RefusedForGood
    raise SMTPResponseException(code, b"")  # its text may quote the address


def _ascii(address: str) -> str:
    local, _, domain = address.rpartition("@")
    return address if address.isascii() else f"{local}@{domain.encode('idna').decode()}"
