"""The form of the banner and of the page of cookies: one row, one cookie, back where one was."""

from __future__ import annotations

from functools import cache
from http import HTTPStatus
from typing import Final
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_http_methods

from clairevoie import policy
from clairevoie.consent import choices_cookie, trackers, wording
from clairevoie.consent.choices_cookie import Choice, Choices
from clairevoie.consent.choosing import UnknownTracker, Wish, choose, of_category, wish
from clairevoie.consent.models import Surface
from clairevoie.consent.views.choices import choices_of, expire, remember
from clairevoie.consent.views.origins import (
    SeeOther,
    back,
    from_our_own_pages,
    is_from_elsewhere,
)
from clairevoie.consent.wording import Shown
from clairevoie.lib import calendar
from clairevoie.policy import Tracker

_SURFACES: Final = {surface.value: surface for surface in Surface}


@cache
def _form() -> str:
    return reverse("consent:choose-cookies")


@cache
def _page() -> str:
    return reverse("consent:cookies")


def at_the_door(request: HttpRequest) -> HttpResponse | None:
    """A sound choice, recorded before sessions, accounts and form tokens are even looked at.

    None for every other request, and for what must be refused with a page.
    """
    if request.method != "POST" or request.path != _form() or is_from_elsewhere(request):
        return None
    with translation.override(translation.get_language_from_request(request)):
        try:
            return _recorded(request)
        except UnknownTracker:
            return None


@require_http_methods(["GET", "HEAD", "POST"])
@from_our_own_pages
def choose_cookies(request: HttpRequest) -> HttpResponse:
    """Record what the person says and bring them back to where they were."""
    if request.method != "POST":
        return HttpResponseRedirect(f"{_page()}#choix")
    try:
        return _recorded(request)
    except UnknownTracker:
        return render(request, "consent/unknown.html", status=HTTPStatus.BAD_REQUEST)


def _recorded(request: HttpRequest) -> HttpResponse:
    before, surface = choices_of(request), _surface(request)
    wanted = _wish(request, before)
    shown = _shown(before, wanted, surface)
    if shown.sha256[:16] != request.POST.get("texte", shown.sha256[:16]):
        return SeeOther(_next(request, surface, saved=False))  # another text was read: ask again
    choice = choose(wish=wanted, before=before, surface=surface, shown=shown, at=calendar.now())
    response = SeeOther(_next(request, surface, saved=True))
    response.headers["Cache-Control"] = "no-store, private"
    _give(request, response, choice, before)
    return response


def _surface(request: HttpRequest) -> Surface:
    return _SURFACES.get(request.POST.get("page", ""), Surface.BANNER)


def _next(request: HttpRequest, surface: Surface, *, saved: bool) -> str:
    """Back to where the person was, which says it is done; the preferences page stays."""
    if surface is not Surface.PREFERENCES:
        came_from = back(request, default="/")
        said = saved and surface is Surface.BANNER and "#" not in came_from
        return f"{came_from}#choisi" if said else came_from
    asked = {"enregistre": "1"} if saved else {}
    came_from = back(request, default="")
    query = urlencode({**asked, **({"retour": came_from} if came_from else {})})
    return f"{_page()}?{query}#choix" if query else f"{_page()}#choix"


def _wish(request: HttpRequest, before: Choices) -> Wish:
    """The button pressed and the boxes ticked. Raises :class:`UnknownTracker`."""
    verb, _, category = request.POST.get("choix", "").partition(":")
    asked = request.POST.get("demande", "").split()
    about = frozenset(asked or (tracker.code for tracker in before.optional))
    ticked = frozenset(request.POST.getlist("traceur"))
    match verb:
        case "accepter" | "refuser" if category:
            part = of_category(category)
            ticked = ticked | part if verb == "accepter" else ticked - part
        case "accepter":
            ticked = about
        case "refuser":
            ticked = frozenset()
        case "enregistrer":
            pass
        case _:
            raise UnknownTracker
    return wish(about=about, accepted=ticked)


def _shown(before: Choices, wanted: Wish, surface: Surface) -> Shown:
    codes = [tracker.code for tracker in before.optional if tracker.code in wanted.about]
    if surface is Surface.BANNER:
        return wording.banner(codes, again=bool(before.live))
    return wording.preferences(codes)


def _give(request: HttpRequest, response: HttpResponse, choice: Choice, before: Choices) -> None:
    """The cookie of the choice; what was taken back leaves with the same answer (P-034)."""
    on, now = calendar.today(), calendar.now()
    end = calendar.paris_midnight(calendar.purge_day(choice.newest, choices_cookie.lifetime()))
    response.set_cookie(
        choices_cookie.cookie_name(),
        choices_cookie.write(choice),
        max_age=int((end - now).total_seconds()),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    if not request.COOKIES:  # nothing to take back, nothing to let stay
        return
    after = choices_cookie.weigh(choice, trackers.register(on), gpc=before.gpc, on=on)
    remember(request, after)
    for code in before.allowed - after.allowed:
        _take_back(request, response, policy.current().trackers[code])


def _take_back(request: HttpRequest, response: HttpResponse, tracker: Tracker) -> None:
    if tracker.kind == "cookie":
        exact = (name for name in tracker.names if not name.endswith("*"))
        present = (name for name in request.COOKIES if tracker.is_named(name))
        for name in dict.fromkeys((*exact, *present)):
            expire(request, response, name, tracker)
    elif tracker.kind != "embed":
        response.headers["Clear-Site-Data"] = '"storage"'
