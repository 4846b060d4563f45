"""A provider of mail over HTTP, by its name in django-anymail: Brevo, Mailjet, Amazon SES…"""

from __future__ import annotations

from datetime import datetime
from email.mime.image import MIMEImage
from email.utils import formataddr
from typing import Any

from anymail.exceptions import AnymailError, AnymailRecipientsRefused
from anymail.exceptions import AnymailImproperlyInstalled as NeedsPackage
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection

from clairevoie.messaging.doors.http import explain
from clairevoie.messaging.doors.parcel import Parcel, RefusedForGood, sender
from clairevoie.messaging.enclosures import Enclosure, are_carried, described
from clairevoie.messaging.journal import Fate, Journal

__all__ = ["NeedsPackage", "Provider", "backend_path"]

_KEEP_NUMBERS = ("amazon_ses", "brevo", "mailjet")  # they give back what goes with a mail


def backend_path(name: str) -> str:
    """The dotted path of anymail's backend: ``amazon-ses`` and ``amazon_ses`` are one."""
    return f"anymail.backends.{name.replace('-', '_')}.EmailBackend"


class Provider:
    """The provider that CLAIREVOIE_MAIL_PROVIDER names; its row of recipients.toml likewise."""

    def __init__(self) -> None:
        name = settings.CLAIREVOIE_MAIL_PROVIDER
        self.recipient = name.replace("_", "-")
        self.backend: Any = get_connection(backend_path(name))

    def send(self, parcel: Parcel, *, at: datetime, journal: Journal) -> None:
        mail = _mail(parcel, at=at)
        journal.note(Fate.POSTED, parcel.uuid)
        try:
            self.backend.open()
            self.backend.send_messages([mail])
        except AnymailRecipientsRefused:
            journal.note(Fate.ANSWERED, parcel.uuid, 550)
            raise RefusedForGood from None
        except AnymailError as error:
            status = getattr(error, "status_code", None)
            cause = error.__cause__ or error
            explain(error, status, uuid=parcel.uuid, journal=journal, cause=cause)
        journal.note(Fate.ANSWERED, parcel.uuid, 250)

    def close(self) -> None:
        self.backend.close()


def _inline(enclosure: Enclosure) -> MIMEImage:
    image = MIMEImage(enclosure.content, enclosure.kind.removeprefix("image/"))
    image.add_header("Content-ID", f"<{enclosure.number}>")
    image.add_header("Content-Disposition", "inline", filename=enclosure.name)
    return image


def _mail(parcel: Parcel, *, at: datetime) -> EmailMultiAlternatives:
    letter, headers = parcel.letter, parcel.headers(at=at)
    mail = EmailMultiAlternatives(
        subject=letter.title,
        body=letter.text,
        from_email=formataddr(sender()),
        to=[parcel.address],
        headers={k: v for k, v in headers.items() if k not in ("From", "To", "Subject")},
    )
    if letter.html:
        carried = are_carried()
        mail.attach_alternative(letter.html if carried else described(letter.html), "text/html")
        for enclosure in parcel.sheet.enclosures if carried else ():
            mail.attach(_inline(enclosure))
    # A random number: what comes back (doors/webhooks.py) names it.
    if settings.CLAIREVOIE_MAIL_PROVIDER.replace("-", "_") in _KEEP_NUMBERS:
        mail.metadata = {"message": str(parcel.uuid)}  # type: ignore[attr-defined]
    return mail
