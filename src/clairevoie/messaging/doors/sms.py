"""The provider of text messages that the settings name."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from clairevoie.messaging.doors.parcel import Parcel
from clairevoie.messaging.journal import Fate, Journal


class SmsProvider(Protocol):
    """What CLAIREVOIE_SMS names: a class made without arguments.

    A class may say which row of recipients.toml it is: ``recipient = "ovh"``; else « sms ».
    """

    def send(self, number: str, text: str) -> None:
        """Send one text message to an E.164 ``number``."""


class Sms:
    """A door to whoever carries text messages."""

    def __init__(self) -> None:
        self.provider: SmsProvider = import_string(settings.CLAIREVOIE_SMS)()
        self.recipient: str = getattr(self.provider, "recipient", "sms")

    def send(self, parcel: Parcel, *, at: datetime, journal: Journal) -> None:
        journal.note(Fate.POSTED, parcel.uuid)
        self.provider.send(parcel.address, parcel.letter.text)
        journal.note(Fate.ANSWERED, parcel.uuid, 250)

    def close(self) -> None:
        """Providers keep no conversation."""
