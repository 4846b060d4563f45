"""What a message says about its reader."""

from clairevoie.messaging.models import Mailing, Message, Suppression
from clairevoie.privacy import Impersonal, Personal, declare

declare(
    Personal(
        Message,
        activity="service-notices",
        keep="message",
        title="Messages envoyés",
        provided=("address",),
        observed=("channel", "state", "sent_on"),
        derived=("activity", "template", "because", "title", "text", "html", "copy"),
        labels={
            "address": "adresse",
            "text": "texte",
            "html": "texte mis en forme",
            "copy": "copie",
        },
        technical=(
            "uuid",
            "mailing",
            "holder",
            "attempts",
            "next_try_at",
            "until",
            "last_error",
        ),
        files=("copy",),
    ),
    Personal(
        Suppression,
        activity="rights",
        keep="suppression",
        title="Envois auxquels vous vous êtes opposé",
        provided=("purpose", "since"),
        observed=("because", "source", "reviewed_on"),
        secret=("contact_hash",),
    ),
    Impersonal(
        Mailing,
        because="What the organisation writes to many at once, and how many received it: numbers.",
        columns={
            "text": "The same words for all; no reader is named in them.",
            "html": "The same words for all; no reader is named in them.",
        },
    ),
)
