"""What may be written in a browser, and what must leave it: read off the register each time."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from http.cookies import Morsel
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_http_date

from clairevoie import policy
from clairevoie.consent import choices_cookie, trackers
from clairevoie.consent.choices_cookie import Choices
from clairevoie.lib import calendar
from clairevoie.policy import Host, Tracker

_ATTRIBUTE: Final = "_clairevoie_choices"
_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}")  # RFC 6265 § 4.1.1
_HOST = re.compile(r"[A-Za-z0-9.-]{1,253}")
_MOST_EXPIRED: Final = 20  # a browser with hundreds of strange cookies is cleaned bit by bit
_log = logging.getLogger(__name__)


class UnlawfulCookie(Exception):
    """A page wrote a cookie that the register does not allow: the message says which, and why."""


def choices_of(request: HttpRequest) -> Choices:
    """What this device allows today: read once a request, no query, nothing written."""
    found: Choices | None = getattr(request, _ATTRIBUTE, None)
    if found is None:
        found = _read(request)
        remember(request, found)
    return found


def remember(request: HttpRequest, choices: Choices) -> None:
    """From now on this request's choices are those: the person has just made them."""
    setattr(request, _ATTRIBUTE, choices)


def hosts_agreed(request: HttpRequest) -> tuple[Host, ...]:
    """Where this reader's pages may load from besides our own site. Asks nothing of the cookie
    while no third party is served at all."""
    if not trackers.register(calendar.today()).has_hosts:
        return ()
    return trackers.hosts_of(choices_of(request).allowed_optional)


def _read(request: HttpRequest) -> Choices:
    on, gpc = calendar.today(), request.META.get("HTTP_SEC_GPC") == "1"
    value = request.COOKIES.get(choices_cookie.cookie_name())
    choice = choices_cookie.read(value) if value else None
    if choice is None:
        digest = policy.current().digest
        return _of_nobody(digest, on.toordinal(), gpc, trackers.cut_off())
    return choices_cookie.weigh(choice, trackers.register(on), gpc=gpc, on=on)


@lru_cache(maxsize=8)
def _of_nobody(_digest: str, _day: int, gpc: bool, _stopped: frozenset[str]) -> Choices:  # noqa: FBT001  # keys of the memory
    on = calendar.today()
    return choices_cookie.weigh(None, trackers.register(on), gpc=gpc, on=on)


class Trackers:
    """Outermost but for static files, so that no other middleware writes behind its back.

    Going out: a cookie that is not declared, not agreed to or too long-lived is taken off the
    response (in tests it is an error). Coming in: one that is not declared, or no longer agreed
    to, is made to expire. A page that showed a choice is for one reader only.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.cookies:
            _hold_back(request, response)
        if request.COOKIES:
            _sweep(request, response)
        if hasattr(request, _ATTRIBUTE):
            patch_vary_headers(response, ("Cookie", "Sec-GPC"))
            response.headers.setdefault("Cache-Control", "private")
        return response


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
    expired = 0
    for name, tracker in _unwelcome(request):
        if name in response.cookies or expired >= _MOST_EXPIRED:
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


def expire(
    request: HttpRequest, response: HttpResponse, name: str, tracker: Tracker | None = None
) -> None:
    """Delete one cookie; a third party's script may have set it for a wider domain."""
    response.delete_cookie(name, path="/", samesite="Lax")
    if tracker is None or not tracker.third_party:
        return
    for domain in _domains(request.META.get("HTTP_HOST", "")):
        wider: Morsel[str] = Morsel()
        wider.set(name, "", "")
        wider.update({"domain": domain, "path": "/", "max-age": "0", "samesite": "Lax"})
        # A jar holds one cookie a name: each domain stands under a key of its own.
        dict.__setitem__(response.cookies, f"{name} {domain}", wider)


def _domains(host: str) -> Iterator[str]:
    """``a.b.example`` → itself and ``b.example``; nothing for an address or a bare name."""
    name = host.partition(":")[0]
    labels = name.split(".")
    if labels[-1].isdigit() or not _HOST.fullmatch(name):
        return
    for start in range(len(labels) - 1):
        yield ".".join(labels[start:])
