"""What a request's browser allows, and how a cookie is made to leave it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from http.cookies import Morsel
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from clairevoie.consent import choices_cookie, trackers
from clairevoie.consent.choices_cookie import Choices
from clairevoie.consent.trackers import Register
from clairevoie.lib import calendar
from clairevoie.policy import Host, Tracker

_ATTRIBUTE: Final = "_clairevoie_choices"
_PATH = re.compile(r"/[A-Za-z0-9/._~-]{0,200}")  # what may stand in a header as it is
_DEEPEST: Final = 4
_HOST = re.compile(r"[A-Za-z0-9.-]{1,253}")


def choices_of(request: HttpRequest) -> Choices:
    """What this device allows today: read once a request, no query, nothing written."""
    found: Choices | None = getattr(request, _ATTRIBUTE, None)
    if found is None:
        found = _read(request)
        remember(request, found)
    return found


def were_read(request: HttpRequest) -> bool:
    """Whether what is answered depends on the choices."""
    return hasattr(request, _ATTRIBUTE)


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
    value = request.COOKIES.get(choices_cookie.cookie_name(), "")
    if len(value) > choices_cookie.LONGEST:  # nor is it remembered: memory is everybody's
        value = ""
    return _weighed(value, settings.SECRET_KEY, trackers.register(on), gpc, on)


@lru_cache(maxsize=1024)
def _weighed(value: str, _secret: str, register: Register, gpc: bool, on: date) -> Choices:  # noqa: FBT001  # keys of the memory
    """Everybody who refused holds the same cookie, and a reader opens many pages."""
    choice = choices_cookie.read(value) if value else None
    return choices_cookie.weigh(choice, register, gpc=gpc, on=on)


def expire(
    request: HttpRequest, response: HttpResponse, name: str, tracker: Tracker | None = None
) -> None:
    """Delete one cookie; a third party's script may have set it for a wider domain.

    Who wrote one that nobody declared may have left it to a part of the site alone: a browser
    tells its name and not its path, so that each path on the way here is named.
    """
    response.delete_cookie(name, path="/", samesite="Lax")
    if tracker is None or tracker.third_party:
        for path in _paths(request.path_info):
            _expire_at(response, name, path=path)
    if tracker is None or not tracker.third_party:
        return
    for domain in _domains(request.META.get("HTTP_HOST", "")):
        _expire_at(response, name, domain=domain)


def _expire_at(response: HttpResponse, name: str, *, path: str = "/", domain: str = "") -> None:
    where: Morsel[str] = Morsel()
    where.set(name, "", "")
    where.update({"domain": domain, "path": path, "max-age": "0", "samesite": "Lax"})
    # A jar holds one cookie a name: each place stands under a key of its own.
    dict.__setitem__(response.cookies, f"{name} {domain}{path}", where)


def _paths(path: str) -> Iterator[str]:
    """``/a/b/`` → ``/a``, ``/a/``, ``/a/b``, ``/a/b/``: where a cookie that came may stand."""
    if not _PATH.fullmatch(path):
        return
    names = path.strip("/").split("/") if path.strip("/") else []
    for end in range(1, min(len(names), _DEEPEST) + 1):
        here = "/" + "/".join(names[:end])
        yield here
        if path.startswith(f"{here}/"):
            yield f"{here}/"


def _domains(host: str) -> Iterator[str]:
    """``a.b.example`` → itself and ``b.example``; nothing for an address or a bare name."""
    name = host.partition(":")[0]
    labels = name.split(".")
    if labels[-1].isdigit() or not _HOST.fullmatch(name):
        return
    for start in range(len(labels) - 1):
        yield ".".join(labels[start:])
