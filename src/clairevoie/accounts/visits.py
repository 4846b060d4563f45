"""What counts as a use of the platform (promises.md C.3): a human, authenticated action."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import ParamSpec

from django.http import HttpRequest, HttpResponse

P = ParamSpec("P")

_IMPERSONATION = "clairevoie_impersonator"


def without_human(view: Callable[P, HttpResponse]) -> Callable[P, HttpResponse]:
    """For views that machines call by themselves: heartbeats, polls, refreshed tokens."""

    @wraps(view)
    def answer(*args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        response = view(*args, **kwargs)
        response.no_human_behind = True  # type: ignore[attr-defined]
        return response

    return answer


def is_human(request: HttpRequest, response: HttpResponse) -> bool:
    """A page or an action that the signed-in person asked for and got.

    Not what a browser fetches ahead, a service worker repeats, or staff do in somebody's place.
    """
    if response.status_code >= HTTPStatus.BAD_REQUEST or hasattr(response, "no_human_behind"):
        return False
    sent = request.META  # ``request.headers`` copies them all
    purpose = sent.get("HTTP_SEC_PURPOSE", "") + sent.get("HTTP_PURPOSE", "")
    if "prefetch" in purpose or sent.get("HTTP_SEC_FETCH_DEST") == "serviceworker":
        return False
    return request.method in ("GET", "POST") and _IMPERSONATION not in request.session
