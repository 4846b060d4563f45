"""What consent holds about people."""

from clairevoie.consent.models import ShownText, TrackerChoice
from clairevoie.privacy import Impersonal, Unlinked, declare

declare(
    Unlinked(
        TrackerChoice,
        activity="browsing",
        keep="cookie-proof",
        because=(
            "A choice belongs to a device: a number drawn at random, neither address nor account. "
            "A refusal leaves no number on the device either."
        ),
    ),
    Impersonal(
        ShownText,
        because="Sentences of the organisation, as shown to everybody.",
        columns={"text": "What the banner says, the same for all readers of a language."},
    ),
)
