"""``/cookies/``: what is written in the browser, and the person's word on it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from clairevoie.consent import appearance, choices_cookie, declaration, receipts, wording
from clairevoie.consent.receipt import receipt_of
from clairevoie.consent.views.choices import choices_of
from clairevoie.consent.views.origins import SeeOther, back, from_our_own_pages
from clairevoie.lib import calendar


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
@require_safe
def receipt(request: HttpRequest) -> HttpResponse:
    """The proof of this device's choice, to keep: signed, so that anybody can check it."""
    choices = choices_of(request)
    if choices.choice is None:
        return render(request, "consent/no_choice.html", status=HTTPStatus.NOT_FOUND)
    signed = receipts.sign(receipt_of(choices.choice, choices), at=calendar.now())
    response = HttpResponse(receipts.written(signed), content_type="application/json")
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
