"""What a message says about its reader."""

from clairevoie.messaging.models import Message, Suppression
from clairevoie.privacy import Personal, declare

declare(
    Personal(
        Message,
        activity="service-notices",
        keep="message",
        title="Messages envoyés",
        provided=("address",),
        observed=("channel", "state", "sent_on"),
        derived=("activity", "template", "because", "title", "text", "html", "copy"),
        labels={"address": "adresse", "text": "texte", "html": "texte mis en forme", "copy": "copie"},
        technical=("uuid", "attempts", "next_try_at", "until", "last_error"),
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
)
