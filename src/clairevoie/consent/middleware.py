"""What may be written in a browser, and what must leave it: read off the register each time."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from http.cookies import Morsel
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.http import parse_http_date

from clairevoie.consent import choices_cookie, trackers
from clairevoie.consent.views.choices import choices_of, expire, were_read
from clairevoie.consent.views.choosing import at_the_door
from clairevoie.lib import calendar
from clairevoie.policy import Tracker

_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}")  # RFC 6265 § 4.1.1
_MOST_EXPIRED: Final = (
    20  # headers: a browser with hundreds of strange cookies is cleaned bit by bit
)
_log = logging.getLogger(__name__)


class UnlawfulCookie(Exception):
    """A page wrote a cookie that the register does not allow: the message says which, and why."""


class Trackers:
    """Outermost but for static files, so that no other middleware writes behind its back.

    Going out: a cookie that is not declared, not agreed to or too long-lived is taken off the
    response (in tests it is an error). Coming in: one that is not declared, or no longer agreed
    to, is made to expire. A page that showed a choice is for one reader only. The choice itself
    is recorded here: it needs no session, no account and no form token (decision 0060).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = at_the_door(request) or self.get_response(request)
        if response.cookies:
            _hold_back(request, response)
        if request.COOKIES:
            _sweep(request, response)
        if were_read(request):
            _keep_to_one_reader(response)
        return response


def _keep_to_one_reader(response: HttpResponse) -> None:
    """As ``patch_vary_headers``, which takes half the time of this middleware."""
    headers = response.headers
    vary = headers.get("Vary", "")
    missing = [name for name in ("Cookie", "Sec-GPC") if name not in vary]
    if missing and vary != "*":
        headers["Vary"] = ", ".join([vary, *missing] if vary else missing)
    if "Cache-Control" not in headers:
        headers["Cache-Control"] = "private"


# --- Going out ----------------------------------------------------------------------------------


def _hold_back(request: HttpRequest, response: HttpResponse) -> None:
    for name, morsel in list(response.cookies.items()):
        fault = _fault(request, name, morsel)
        if not fault:
            continue
        if settings.CLAIREVOIE_STRICT_TRACKERS:
            raise UnlawfulCookie(
                f"{name} on {request.path_info}: {fault}; see policy/trackers.toml"
            )
        _log.error("cookie %s held back: %s", name, fault)
        del response.cookies[name]


def _fault(request: HttpRequest, name: str, morsel: Morsel[str]) -> str:
    tracker, life = trackers.cookie_named(name), _life(morsel)
    if life is not None and life <= 0:  # a deletion
        return ""
    if tracker is None:
        return "it is not declared"
    if tracker.optional and not choices_of(request).allows(tracker.code):
        asked_for = tracker.exempt_for_session and life is None
        return "" if asked_for else "nobody agreed to it"
    longest = tracker.longest
    if life is not None and (longest is None or life > longest.longest_days * 86_400):
        return "it lives longer than declared"
    return ""


def _life(morsel: Morsel[str]) -> float | None:
    """Seconds it has left in the browser; None until the browser closes."""
    if morsel["max-age"] not in ("", None):
        return float(morsel["max-age"])
    if morsel["expires"]:
        return parse_http_date(morsel["expires"]) - calendar.now().timestamp()
    return None


# --- Coming in ----------------------------------------------------------------------------------


def _sweep(request: HttpRequest, response: HttpResponse) -> None:
    expired, before = 0, len(response.cookies)
    for name, tracker in _unwelcome(request):
        if name in response.cookies or len(response.cookies) - before >= _MOST_EXPIRED:
            continue
        expire(request, response, name, tracker)
        expired += 1
    if expired:
        _log.info("%d cookies came in that nothing allows, and were made to expire", expired)


def _unwelcome(request: HttpRequest) -> Iterator[tuple[str, Tracker | None]]:
    """Undeclared, no longer agreed to, or a choice that cannot be read."""
    own = choices_cookie.cookie_name()
    for name in request.COOKIES:
        tracker = trackers.cookie_named(name)
        if tracker is None:
            if _TOKEN.fullmatch(name):
                yield name, None
        elif tracker.optional:
            # One kept for the session alone looks the same: the person asked for it.
            if not tracker.exempt_for_session and not choices_of(request).allows(tracker.code):
                yield name, tracker
        elif name == own and choices_of(request).choice is None:
            yield name, tracker
