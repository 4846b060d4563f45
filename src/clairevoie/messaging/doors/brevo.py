"""Text messages by Brevo: one request a message (POST /v3/transactionalSMS/send).

Off until ``CLAIREVOIE_SMS=brevo``, its key, its sender and its row of recipients.toml are there.
"""

from __future__ import annotations

import re
from typing import Final

import requests
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

PATH: Final = "transactionalSMS/send"
PATIENCE: Final = (5, 15)  # seconds to connect, and to answer
SENDER: Final = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}|\d{1,15}")
# One text of 160 signs of this alphabet (GSM 03.38), or of 70 of any other.
_SHORT: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "ÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà^{}\\[~]|€"
)


class Answered(Exception):
    """The provider answered, and did not take the message: ``status`` says why."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Brevo:
    """The account whose key is in CLAIREVOIE_SMS_KEY."""

    recipient = "brevo-sms"

    def __init__(self) -> None:
        if not settings.CLAIREVOIE_SMS_KEY:
            raise ImproperlyConfigured("CLAIREVOIE_SMS_KEY is empty")
        if not SENDER.fullmatch(settings.CLAIREVOIE_SMS_SENDER):
            raise ImproperlyConfigured(
                "CLAIREVOIE_SMS_SENDER is not 1 to 11 letters and figures, or up to 15 figures"
            )
        self.line = requests.Session()
        self.line.headers.update(
            {"api-key": settings.CLAIREVOIE_SMS_KEY, "accept": "application/json"}
        )
        self.line.trust_env = False  # neither a proxy nor a .netrc that nobody told the policy

    def send(self, number: str, text: str) -> None:
        """Raises :class:`Answered`, or what ``requests`` raises where no answer came."""
        answer = self.line.post(
            settings.CLAIREVOIE_SMS_URL + PATH,
            json={
                "type": "transactional",
                "sender": settings.CLAIREVOIE_SMS_SENDER,
                "recipient": number.removeprefix("+"),
                "content": text,
                "unicodeEnabled": not _SHORT.issuperset(text),
            },
            timeout=PATIENCE,
            allow_redirects=False,  # the number goes to whom the policy names, and no further
        )
        if answer.status_code not in (200, 201, 202):
            raise Answered(answer.status_code)

    def close(self) -> None:
        self.line.close()
