"""What a door is given, what it may answer, and the shape of all doors."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.utils import formataddr
from typing import Protocol
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings

from clairevoie import policy
from clairevoie.messaging.journal import Journal
from clairevoie.messaging.letters import Letter
from clairevoie.messaging.models import Channel
from clairevoie.messaging.sheets import Sheet, headers_of


class RefusedForGood(Exception):
    """The provider says that this address will never accept the message."""


class NobodyThere(RefusedForGood):
    """There is no such mailbox, and the server says so in so many words (RFC 3463)."""


class Unconfirmed(Exception):
    """It was given away and no answer came: it may have left, so it must not leave again."""


class DoorShut(Exception):
    """The door itself would not open: no message is to blame. ``because`` is a class's name."""

    def __init__(self, because: BaseException) -> None:
        super().__init__(type(because).__name__)
        self.because = type(because).__name__


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """One message, its address on it."""

    uuid: UUID
    channel: str
    address: str
    sheet: Sheet
    link: str = ""  # what stops these messages

    @property
    def letter(self) -> Letter:
        return self.sheet.for_reader(link=self.link)

    def headers(self, *, at: datetime) -> dict[str, str]:
        return headers_of(
            self.uuid,
            sender=formataddr(sender()),
            to=self.address,
            title=self.sheet.letter.title,
            domain=urlsplit(settings.SITE_URL).hostname or "localhost",
            link=self.link,
            at=at,
        )

    def mail(self, *, at: datetime) -> bytes:
        return self.sheet.mail(self.headers(at=at), link=self.link)

    @property
    def copy_name(self) -> str:
        return copy_name(self.uuid, self.channel)


class Door(Protocol):
    """One way out. ``recipient`` is its code in the policy, empty where data stay home."""

    recipient: str

    def send(self, parcel: Parcel, *, at: datetime, journal: Journal) -> None:
        """Let one message out, and say in ``journal`` how far it is.

        Raises :class:`RefusedForGood`, :class:`Unconfirmed`, :class:`DoorShut`, or anything
        worth a retry.
        """

    def close(self) -> None:
        """Hang up."""


def sender() -> tuple[str, str]:
    """The name and the address that every mail comes from."""
    organisation = policy.current().organisation
    return organisation.name, settings.CLAIREVOIE_MAIL_FROM or organisation.contact_email


def copy_name(uuid: UUID, channel: str) -> str:
    """A random name: it says nothing of the reader, and a retry writes the same file."""
    return f"{uuid}.{'eml' if channel == Channel.EMAIL else 'sms.txt'}"
