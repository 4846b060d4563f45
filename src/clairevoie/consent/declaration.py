"""The declaration of cookies, made from the register and dated by it (P-053)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from clairevoie import policy
from clairevoie.consent import trackers
from clairevoie.consent.wording import by_category
from clairevoie.policy import Recipient, Tracker

# Where each browser says how to refuse cookies (P-056).
BROWSERS = (
    ("Firefox", "https://support.mozilla.org/fr/kb/effacer-les-cookies-donnees-sites-web"),
    ("Chrome", "https://support.google.com/chrome/answer/95647?hl=fr"),
    ("Safari", "https://support.apple.com/fr-fr/guide/safari/sfri11471/mac"),
    ("Edge", "https://support.microsoft.com/fr-fr/microsoft-edge"),
)


@dataclass(frozen=True, slots=True)
class Third:
    """Somebody else who decides or receives, shown before any choice (P-049)."""

    tracker: Tracker
    recipient: Recipient | None


def declare(*, on: date) -> dict[str, Any]:
    """Everything the declaration prints."""
    current = policy.current()
    every, served = tuple(current.trackers.values()), trackers.register(on).served
    return {
        "declared": by_category(served),
        "inactive": [t for t in every if t not in served],
        "losses": [t for t in served if t.optional],
        "declared_on": max(tracker.updated_on for tracker in every),
        "thirds": [
            Third(t, current.recipients.get(t.recipient or "")) for t in served if t.third_party
        ],
        "browsers": BROWSERS,
        "organisation": current.organisation,
    }
