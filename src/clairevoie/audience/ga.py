"""Google Analytics, for an organisation that chooses it: after consent only (P-040).

Basic Consent Mode: without consent nothing is loaded, so nothing is sent, not even an
anonymous ping. Four locks, each of which suffices: no identifier in the settings, the recipient
inactive in the policy, the recipient stopped by an administrator, the person's choice.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest

from clairevoie import consent
from clairevoie.audience.middleware import page_of

TRACKER = "google-analytics"


@dataclass(frozen=True, slots=True)
class Tag:
    """What the page tells the script: whose property, and which route is read."""

    property: str
    page: str


def tag_for(request: HttpRequest) -> Tag | None:
    """The tag of this page for this person; None where any lock is shut."""
    if not settings.CLAIREVOIE_GA_ID or not consent.choices_of(request).allows(TRACKER):
        return None
    return Tag(property=settings.CLAIREVOIE_GA_ID, page=page_of(request))
