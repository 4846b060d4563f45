"""``/cookies/``: what is written in the browser, and the person's word on it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clairevoie import policy
from clairevoie.consent import appearance, choices_cookie, declaration, trackers, wording
from clairevoie.consent.choices_cookie import Choice, Choices
from clairevoie.consent.choosing import UnknownTracker, Wish, choose, of_category, wish
from clairevoie.consent.middleware import choices_of, expire, remember
from clairevoie.consent.models import Surface
from clairevoie.consent.receipt import receipt_of
from clairevoie.consent.views.origins import back, from_our_own_pages
from clairevoie.consent.wording import Shown
from clairevoie.lib import calendar


class SeeOther(HttpResponseRedirect):
    """After a form: the next page is read, not sent again."""

    status_code = HTTPStatus.SEE_OTHER


def page() -> str:
    return reverse("consent:cookies")


@require_safe
def cookies(request: HttpRequest) -> HttpResponse:
    """The declaration and the preferences, from the register. No query."""
    choices = choices_of(request)
    context: dict[str, Any] = {
        **declaration.declare(on=calendar.today()),
        "choices": choices,
        "ticked": choices.allowed,
        "shown": wording.preferences([t.code for t in choices.optional]),
        "groups": wording.by_category(choices.optional),
        "until": choices.choice and choices_cookie.last_day(choices.choice.newest),
        "saved": "enregistre" in request.GET,
        "back": back(request, default=""),
    }
    return render(request, "consent/cookies.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@from_our_own_pages
def choose_cookies(request: HttpRequest) -> HttpResponse:
    """Record what the person says and bring them back to where they were."""
    if request.method != "POST":
        return HttpResponseRedirect(f"{page()}#choix")
    before = choices_of(request)
    try:
        wanted = _wish(request, before)
        shown = _shown(request, wanted)
        if shown.sha256[:16] != request.POST.get("texte", shown.sha256[:16]):
            return SeeOther(_next(request, saved=False))  # another text was read: ask again
        choice = choose(
            wish=wanted,
            before=before,
            surface=_surface(request),
            shown=shown,
            at=calendar.now(),
        )
    except UnknownTracker:
        return render(request, "consent/unknown.html", status=HTTPStatus.BAD_REQUEST)
    response = SeeOther(_next(request, saved=True))
    give(request, response, choice, before)
    return response


def _surface(request: HttpRequest) -> Surface:
    told = request.POST.get("page", "")
    return Surface(told) if told in Surface.values else Surface.BANNER


def _next(request: HttpRequest, *, saved: bool) -> str:
    """Back to where the person was; the preferences page stays, and says it is done."""
    if _surface(request) is not Surface.PREFERENCES:
        return back(request, default="/")
    asked = {"enregistre": "1"} if saved else {}
    came_from = back(request, default="")
    query = urlencode({**asked, **({"retour": came_from} if came_from else {})})
    return f"{page()}?{query}#choix" if query else f"{page()}#choix"


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


def _shown(request: HttpRequest, wanted: Wish) -> Shown:
    on = calendar.today()
    codes = [t.code for t in trackers.register(on).optional if t.code in wanted.about]
    if _surface(request) is Surface.BANNER:
        return wording.banner(codes, again=bool(choices_of(request).live))
    return wording.preferences(codes)


def give(request: HttpRequest, response: HttpResponse, choice: Choice, before: Choices) -> None:
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
    after = choices_cookie.weigh(choice, trackers.register(on), gpc=before.gpc, on=on)
    remember(request, after)
    current = policy.current()
    for code in before.allowed - after.allowed:
        tracker = current.trackers[code]
        present = [name for name in request.COOKIES if tracker.is_named(name)]
        exact = [name for name in tracker.names if not name.endswith("*")]
        if tracker.kind == "cookie":
            for name in dict.fromkeys((*exact, *present)):
                expire(request, response, name, tracker)
        elif tracker.kind != "embed":
            response.headers["Clear-Site-Data"] = '"storage"'


@never_cache
@require_safe
def receipt(request: HttpRequest) -> HttpResponse:
    """The proof of this device's choice, to keep."""
    choices = choices_of(request)
    if choices.choice is None:
        return render(request, "consent/no_choice.html", status=HTTPStatus.NOT_FOUND)
    found = receipt_of(choices.choice, choices)
    response = JsonResponse(found, json_dumps_params={"ensure_ascii": False, "indent": 2})
    name = f"choix-cookies-{choices.choice.newest.isoformat()}.json"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@never_cache
@require_POST
@from_our_own_pages
def choose_appearance(request: HttpRequest) -> HttpResponse:
    """Light, dark or as the device says; six months with consent, else for this session."""
    response = SeeOther(back(request, default="/"))
    wanted = request.POST.get("apparence", "")
    if wanted not in appearance.SCHEMES:
        return render(request, "consent/unknown.html", status=HTTPStatus.BAD_REQUEST)
    appearance.remember(response, wanted, choices_of(request))
    return response
