"""Light or dark, as the person says, where their device does not say it well (P-044)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from clairevoie import policy
from clairevoie.consent.choices_cookie import Choices

TRACKER: Final = "apparence"
# What a form says → the value of data-scheme; none: the stylesheet asks the device.
SCHEMES: Final[Mapping[str, str]] = {"auto": "", "claire": "light", "sombre": "dark"}


def scheme_of(request: HttpRequest) -> str:
    """``light``, ``dark`` or nothing; a strange cookie is nothing."""
    tracker = policy.current().trackers.get(TRACKER)
    return SCHEMES.get(request.COOKIES.get(tracker.name, ""), "") if tracker else ""


def remember(response: HttpResponse, wanted: str, choices: Choices) -> None:
    """Keep it as long as the person agreed to; « auto » is the absence of a cookie."""
    tracker = policy.current().trackers[TRACKER]
    if not SCHEMES[wanted]:
        response.delete_cookie(tracker.name, path="/", samesite="Lax")
        return
    consented = choices.allows(TRACKER) and tracker.lifetime is not None
    days = tracker.lifetime.longest_days if consented and tracker.lifetime else None
    response.set_cookie(
        tracker.name,
        wanted,
        max_age=days and days * 86_400,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
