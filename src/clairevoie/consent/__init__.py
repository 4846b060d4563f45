"""What each person agreed to: the banner and its trackers, consents and their receipts.

The choices themselves are the engine's append-only records, because the gate reads them; here
people give them, take them back and read them again. Nothing here ever decides for a person:
silence is a refusal, and acknowledging a text is never a consent (P-006).

One door for everything above: ``from clairevoie import consent``. Names resolve on first use,
because Django imports this package before any model can exist.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from clairevoie.consent import guardians, receipts
    from clairevoie.consent.appearance import scheme_of
    from clairevoie.consent.centre import (
        Choice,
        choices,
        consent_given,
        history,
        refusals,
    )
    from clairevoie.consent.choices_cookie import Choices
    from clairevoie.consent.giving import (
        Live,
        NotByConsent,
        TextChanged,
        Words,
        follow,
        give,
        live,
        to_ask_again,
        withdraw,
        words,
    )
    from clairevoie.consent.models import ParentalConsent
    from clairevoie.consent.uses import withdraw_unless_used
    from clairevoie.consent.views.choices import choices_of, hosts_agreed
    from clairevoie.consent.views.origins import SeeOther, from_our_own_pages
    from clairevoie.consent.wording import banner_context

_WHERE = {
    "appearance": ("scheme_of",),
    "centre": ("Choice", "choices", "consent_given", "history", "refusals"),
    "choices_cookie": ("Choices",),
    "giving": (
        "Live",
        "NotByConsent",
        "TextChanged",
        "Words",
        "follow",
        "give",
        "live",
        "to_ask_again",
        "withdraw",
        "words",
    ),
    "models": ("ParentalConsent",),
    "uses": ("withdraw_unless_used",),
    "views.choices": ("choices_of", "hosts_agreed"),
    "views.origins": ("SeeOther", "from_our_own_pages"),
    "wording": ("banner_context",),
}
_MODULES = ("guardians", "receipts")
_HOME = {name: module for module, names in _WHERE.items() for name in names}

__all__ = [
    "Choice",
    "Choices",
    "Live",
    "NotByConsent",
    "ParentalConsent",
    "SeeOther",
    "TextChanged",
    "Words",
    "banner_context",
    "choices",
    "choices_of",
    "consent_given",
    "follow",
    "from_our_own_pages",
    "give",
    "guardians",
    "history",
    "hosts_agreed",
    "live",
    "receipts",
    "refusals",
    "scheme_of",
    "to_ask_again",
    "withdraw",
    "withdraw_unless_used",
    "words",
]


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return import_module(f"{__name__}.{name}")
    if name in _HOME:
        found = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
        globals()[name] = found  # the next use asks nobody
        return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
