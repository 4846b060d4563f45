"""Who is not counted: whoever said so here, or has their browser say it to every site."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest

from clairevoie import policy

TRACKER: Final = "retrait"  # its code in policy/trackers.toml


def said_no(request: HttpRequest) -> bool:
    """The person opposed: by our cookie, which is the same for all, or by their browser."""
    here = request.COOKIES.get(policy.current().trackers[TRACKER].name) == "1"
    return here or request.META.get("HTTP_SEC_GPC") == "1"
