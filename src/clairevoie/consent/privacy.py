"""What consent holds about people."""

from clairevoie.consent.models import ParentalConsent, ReceiptKey, ShownText, TrackerChoice
from clairevoie.privacy import Impersonal, Personal, Unlinked, declare

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
    Personal(
        ParentalConsent,
        activity="rights",
        keep="parental-consent",
        title="Accords demandés à un parent",
        provided=("activity",),
        observed=("source", "asked_on", "confirmed_on"),
        third_party={"parent_email": "Un parent, dont vous avez donné l’adresse"},
        secret=("parent_proof",),
        technical=("uuid", "wording", "waiting_since"),
    ),
    Impersonal(
        ReceiptKey,
        because="The organisation's own public keys.",
        columns={"public": "A public key of the organisation.", "thumbprint": "Its SHA-256."},
    ),
)
