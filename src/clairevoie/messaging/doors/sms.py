"""The provider of text messages that the settings name."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Protocol

from django.conf import settings
from django.utils.module_loading import import_string
from requests.exceptions import RequestException

from clairevoie.messaging.doors.brevo import Answered
from clairevoie.messaging.doors.http import explain
from clairevoie.messaging.doors.parcel import Parcel
from clairevoie.messaging.journal import Fate, Journal

OURS: Final = {"brevo": "clairevoie.messaging.doors.brevo.Brevo"}  # what needs no dotted path


class SmsProvider(Protocol):
    """What CLAIREVOIE_SMS names: a class made without arguments.

    A class may say which row of recipients.toml it is: ``recipient = "ovh"``; else « sms ».
    """

    def send(self, number: str, text: str) -> None:
        """Send one text message to an E.164 ``number``."""


class Sms:
    """A door to whoever carries text messages."""

    def __init__(self) -> None:
        name = settings.CLAIREVOIE_SMS
        self.provider: SmsProvider = import_string(OURS.get(name, name))()
        self.recipient: str = getattr(self.provider, "recipient", "sms")

    def send(self, parcel: Parcel, *, at: datetime, journal: Journal) -> None:
        journal.note(Fate.POSTED, parcel.uuid)
        try:
            self.provider.send(parcel.address, parcel.letter.text)
        except Answered as answer:
            explain(answer, answer.status, uuid=parcel.uuid, journal=journal, cause=answer)
        except RequestException as error:
            explain(error, None, uuid=parcel.uuid, journal=journal, cause=error)
        journal.note(Fate.ANSWERED, parcel.uuid, 250)

    def close(self) -> None:
        hang_up = getattr(self.provider, "close", None)
        if hang_up is not None:
            hang_up()
