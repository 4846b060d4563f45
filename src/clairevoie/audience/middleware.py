"""Counts each page read; recognises who comes back where the person agreed."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from clairevoie import consent, policy
from clairevoie.audience.actions import begin_visit, forget
from clairevoie.audience.counting import tally
from clairevoie.audience.models import Family
from clairevoie.audience.visitors import TRACKER, Visitor
from clairevoie.audience.withdrawing import said_no
from clairevoie.lib import calendar

UNCOUNTED = ("/gestion/", "/formation/")  # the staff at work is no audience
# Programs that say so. The others are counted: guessing would take a fingerprint.
ROBOTS = re.compile("bot|crawl|spider|slurp|preview|monitor|curl|wget|python", re.IGNORECASE)
_CONVERTER = re.compile(r"<\w+:")  # <uuid:number> is said <number>
OURSELVES, OTHER_SITE, DIRECT = "same-origin", "cross-site", "none"


class AudienceMiddleware:
    """After the page is made, in memory: no query but for visits of those who agreed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not _is_a_page_read(request, response):
            return response
        if not said_no(request):
            at = calendar.now()
            way_in = _way_in(request)
            _count(request, way_in=way_in, at=at)
            if consent.choices_of(request).allows(TRACKER):
                _recognise(request, response, arrives=way_in is not None, at=at)
            if tally.is_ripe(at=at):
                tally.settle()
        return response


class ForgottenVisits:
    """Outside the door of consent, which answers a choice by itself: what it allowed to keep goes.

    A visitor's number that comes in without consent any more names visits to forget (P-034).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        _forget_who_takes_it_back(request)
        return response


def _forget_who_takes_it_back(request: HttpRequest) -> None:
    text = request.COOKIES.get(policy.current().trackers[TRACKER].name)
    if text and not consent.choices_of(request).allows(TRACKER):
        visitor = Visitor.of(text)
        if visitor is not None:
            forget(visitor)


def _is_a_page_read(request: HttpRequest, response: HttpResponse) -> bool:
    return (
        request.method == "GET"
        and response.status_code == HTTPStatus.OK
        and response.headers.get("Content-Type", "").startswith("text/html")
        and not request.path_info.startswith(UNCOUNTED)
        and "prefetch" not in request.META.get("HTTP_SEC_PURPOSE", "")
        and not ROBOTS.search(request.META.get("HTTP_USER_AGENT", ""))
    )


def page_of(request: HttpRequest) -> str:
    """The route, never the address: ``/avis/<token>/`` names nobody's token."""
    return _said(request.resolver_match.route) if request.resolver_match else ""


@lru_cache(maxsize=512)  # as many as there are routes
def _said(route: str) -> str:
    return "/" + _CONVERTER.sub("<", route)


def _way_in(request: HttpRequest) -> str | None:
    """How a visit begins: from another site or directly; None for a step from page to page."""
    site = request.META.get("HTTP_SEC_FETCH_SITE", "")
    if not site:  # an old browser: our Referrer-Policy gives the address of our own pages
        came_from = request.META.get("HTTP_REFERER", "")
        ours = f"{request.scheme}://{request.get_host()}/"
        site = OURSELVES if came_from.startswith(ours) else OTHER_SITE if came_from else DIRECT
    if site == OURSELVES:
        return None
    return DIRECT if site == DIRECT else OTHER_SITE


def _count(request: HttpRequest, *, way_in: str | None, at: datetime) -> None:
    seen = {
        Family.PAGE: page_of(request),
        Family.ACTIVITY: f"{at.astimezone(calendar.PARIS).hour:02}",
    }
    if way_in is not None:
        seen[Family.VISIT] = way_in
    tally.add(seen, at=at)


def _recognise(
    request: HttpRequest, response: HttpResponse, *, arrives: bool, at: datetime
) -> None:
    """Once a visit. The cookie is written once: its thirteen months are never begun again."""
    tracker = policy.current().trackers[TRACKER]
    assert tracker.lifetime is not None
    on = calendar.paris_date(at)
    visitor = Visitor.of(request.COOKIES.get(tracker.name, ""))
    if visitor is None or not visitor.lives(on=on, lifetime=tracker.lifetime):
        visitor = Visitor.new(on=on)
        last_day = calendar.last_lawful_day(on, tracker.lifetime)
        response.set_cookie(
            tracker.name,
            visitor.text,
            max_age=int((calendar.paris_midnight(last_day) - at).total_seconds()),
            secure=bool(settings.SESSION_COOKIE_SECURE),
            httponly=True,
            samesite="Lax",
        )
    elif not arrives:
        return
    interval = begin_visit(visitor, at=at)
    if interval is not None:
        tally.add({Family.RETURN: interval}, at=at)
