"""What apps above may offer to whoever opens an account: a box of its own, never ticked.

An account never depends on it (P-016). The app that offers is told only the address, the
language and the instant; it asks the owner of the address itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One box. ``words`` gives the exact text, empty while there is nothing to offer."""

    activity: str  # of the register: its notice stands beside the box
    words: Callable[[], str]
    help_text: Promise
    accept: Callable[..., object]  # accept(email=, language=, at=)


_offers: list[Offer] = []


def offer(one: Offer) -> Offer:
    """Show this box on « Inscription »."""
    _offers.append(one)
    return one


def offers_now() -> dict[str, Offer]:
    """What can be offered at this instant, by the name of its box."""
    return {f"offer_{one.activity}": one for one in _offers if one.words()}


def accept(chosen: Offer, *, email: str, language: str, at: datetime) -> None:
    """The person ticked the box."""
    chosen.accept(email=email, language=language, at=at)
