"""The doors themselves: an SMTP server, a text-message provider, or the instance's folder.

The only module of the platform that may import ``django.core.mail`` or ``smtplib``. Which
door stands open is a setting: EMAIL_URL for mail, CLAIREVOIE_SMS for text messages.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import datetime
from email.utils import format_datetime, formataddr
from smtplib import SMTPRecipientsRefused
from typing import ClassVar, Protocol
from urllib.parse import urlsplit

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.mail import EmailMessage, EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.utils.module_loading import import_string

from clairevoie import policy
from clairevoie.messaging.models import Channel, Message, mail_folder


class RefusedForGood(Exception):
    """The provider says that this address will never accept the message."""


class PassedByTheWindow(RuntimeError):
    """Code called Django's mail functions: use ``messaging.send``, which asks the gate."""


class Door(Protocol):
    """One way out. ``recipient`` is its code in the policy, empty where data stay home."""

    recipient: str

    def send(self, message: Message, *, at: datetime) -> None:
        """Let one message out. Raises :class:`RefusedForGood`, or anything worth a retry."""

    def close(self) -> None:
        """Hang up."""


class SmsProvider(Protocol):
    """What CLAIREVOIE_SMS names: a class made without arguments."""

    def send(self, number: str, text: str) -> None:
        """Send one text message to an E.164 ``number``."""


class Folder:
    """The default: a file under the instance's folder, and a line that says which one.

    The line shows no content: terminals are often kept as logs. The demonstration, which sends
    years of messages at once, switches it off.
    """

    recipient = ""
    announces: ClassVar[bool] = True

    def send(self, message: Message, *, at: datetime) -> None:
        email = message.channel == Channel.EMAIL
        content = letter(message, at=at).message().as_bytes() if email else _sms_text(message)
        name = mail_folder().save(copy_name(message), ContentFile(content))
        if self.announces:
            sys.stderr.write(f"✉ {mail_folder().path(name)}\n")

    def close(self) -> None:
        """Nothing was opened."""


class Smtp:
    """One connection for all the messages of a round."""

    def __init__(self) -> None:
        self.recipient = "" if settings.EMAIL_HOST in _OURSELVES else "mailer"
        self.connection = get_connection("django.core.mail.backends.smtp.EmailBackend")

    def send(self, message: Message, *, at: datetime) -> None:
        try:
            self.connection.open()
            self.connection.send_messages([letter(message, at=at)])
        except SMTPRecipientsRefused as refusal:
            self.close()
            if all(code >= 500 for code, _ in refusal.recipients.values()):
                raise RefusedForGood from None
            raise
        except Exception:
            self.close()  # a broken conversation must not spoil the next message
            raise

    def close(self) -> None:
        self.connection.close()


class Sms:
    """The provider that the settings name."""

    recipient = "sms"

    def __init__(self) -> None:
        self.provider: SmsProvider = import_string(settings.CLAIREVOIE_SMS)()

    def send(self, message: Message, *, at: datetime) -> None:
        self.provider.send(message.address, message.text)

    def close(self) -> None:
        """Providers keep no conversation."""


class NoOtherDoor(BaseEmailBackend):
    """Stands as Django's EMAIL_BACKEND, so that no library writes to people behind our back."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        raise PassedByTheWindow


_OURSELVES = ("localhost", "127.0.0.1", "::1")


def keeps_copies(channel: str) -> bool:
    """Messages of this channel stay in the instance's folder."""
    if channel == Channel.EMAIL:
        return not settings.EMAIL_URL
    return bool(settings.CLAIREVOIE_SMS == "console")


def open_door(channel: str) -> Door:
    """The door of this channel, as the settings say."""
    if keeps_copies(channel):
        return Folder()
    return Smtp() if channel == Channel.EMAIL else Sms()


def copy_name(message: Message) -> str:
    """A random name: it says nothing of the reader, and a retry writes the same file."""
    return f"{message.uuid}.{'eml' if message.channel == Channel.EMAIL else 'sms.txt'}"


def letter(message: Message, *, at: datetime) -> EmailMultiAlternatives:
    """The mail as it leaves. The same number on each attempt lets mailboxes drop a double."""
    domain = urlsplit(settings.SITE_URL).hostname
    mail = EmailMultiAlternatives(
        subject=message.title,
        body=message.text,
        from_email=_sender(),
        to=[message.address],
        headers={
            "Message-ID": f"<{message.uuid}@{domain}>",
            "Date": format_datetime(at),
            "Auto-Submitted": "auto-generated",
        },
    )
    mail.attach_alternative(message.html, "text/html")
    return mail


def _sender() -> str:
    organisation = policy.current().organisation
    address = settings.CLAIREVOIE_MAIL_FROM or organisation.contact_email
    return formataddr((organisation.name, address))


def _sms_text(message: Message) -> bytes:
    return f"{message.address}\n\n{message.text}\n".encode()
