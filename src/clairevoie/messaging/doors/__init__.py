"""The doors themselves: an SMTP server, a provider, or the instance's folder.

The only package of the platform that may import ``django.core.mail``, ``smtplib`` or
``anymail``. Which door stands open is a setting: EMAIL_URL or CLAIREVOIE_MAIL_PROVIDER for
mail, CLAIREVOIE_SMS for text messages.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from clairevoie.messaging.doors.folder import Folder
from clairevoie.messaging.doors.parcel import (
    Door,
    DoorShut,
    NobodyThere,
    Parcel,
    RefusedForGood,
    Unconfirmed,
    copy_name,
)
from clairevoie.messaging.doors.provider import NeedsPackage, Provider
from clairevoie.messaging.doors.sms import Sms
from clairevoie.messaging.doors.smtp import Smtp
from clairevoie.messaging.models import Channel

__all__ = [
    "Door",
    "DoorShut",
    "Folder",
    "NeedsPackage",
    "NoOtherDoor",
    "NobodyThere",
    "Parcel",
    "PassedByTheWindow",
    "Provider",
    "RefusedForGood",
    "Sms",
    "Smtp",
    "Unconfirmed",
    "copy_name",
    "keeps_copies",
    "open_door",
]


class PassedByTheWindow(RuntimeError):
    """Code called Django's mail functions: use ``messaging.send``, which asks the gate."""


class NoOtherDoor(BaseEmailBackend):
    """Stands as Django's EMAIL_BACKEND, so that no library writes to people behind our back."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        raise PassedByTheWindow


def keeps_copies(channel: str) -> bool:
    """Messages of this channel stay in the instance's folder."""
    if channel == Channel.EMAIL:
        return not (settings.EMAIL_URL or settings.CLAIREVOIE_MAIL_PROVIDER)
    return bool(settings.CLAIREVOIE_SMS == "console")


def open_door(channel: str) -> Door:
    """The door of this channel, as the settings say."""
    if keeps_copies(channel):
        return Folder()
    if channel != Channel.EMAIL:
        return Sms()
    return Provider() if settings.CLAIREVOIE_MAIL_PROVIDER else Smtp()
