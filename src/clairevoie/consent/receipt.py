"""The proof of a device's choice, for whoever holds the device."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings

from clairevoie import policy
from clairevoie.consent.choices_cookie import Choice, Choices, last_day
from clairevoie.consent.models import TrackerChoice


def receipt_of(choice: Choice, choices: Choices) -> dict[str, Any]:
    """Everything the cookie says, in full. One query where the choice has a number."""
    current = policy.current()
    proof = TrackerChoice.objects.filter(pk=choice.number).first() if choice.number else None
    return {
        "document": "Reçu d’un choix de cookies",
        "controller": current.organisation.name,
        "site": settings.SITE_URL,
        "choice_id": choice.number,
        "chosen_on": choice.newest.isoformat(),
        "chosen_at": proof.chosen_at.isoformat(timespec="seconds") if proof else None,
        "holds_until": last_day(choice.newest).isoformat(),
        "global_privacy_control": choices.gpc,
        "choices": [_line(code, choice, choices) for code in sorted(choice.words)],
        "text_sha256": proof.text_hash if proof else None,
        "text_sha256_begins": choice.text,
        "policy_sha256": proof.policy_hash if proof else None,
        "policy_sha256_begins": choice.policy,
        "change": f"{settings.SITE_URL.rstrip('/')}/cookies/#choix",
    }


def tells_a_choice(receipt: Mapping[str, Any]) -> bool:
    """Of a device's choice of cookies, not of a person's consent."""
    return "choice_id" in receipt


def is_kept(receipt: Mapping[str, Any]) -> bool | None:
    """Whether the proof of that choice is here; None for a refusal, which nothing leads to."""
    number = receipt["choice_id"]
    return number and TrackerChoice.objects.filter(pk=number).exists()


def _line(code: str, choice: Choice, choices: Choices) -> dict[str, Any]:
    word, tracker = choice.words[code], policy.current().trackers.get(code)
    return {
        "tracker": code,
        "names": list(tracker.names) if tracker else [],
        "category": tracker.category if tracker else None,
        "purpose": tracker.purpose if tracker else None,
        "provider": tracker.provider if tracker else None,
        "lifetime": str(tracker.lifetime) if tracker and tracker.lifetime else None,
        "accepted": word.accepted,
        "chosen_on": word.said_on.isoformat(),
        "holds": code in choices.live,
        "facts": word.fingerprint,
    }
