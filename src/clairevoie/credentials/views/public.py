"""Anybody who has the number of a document may check it, and nothing else (P-065)."""

from __future__ import annotations

from allauth.core.internal import ratelimit
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from clairevoie.credentials.badges.keys import vouched_for
from clairevoie.credentials.forms import NumberForm
from clairevoie.credentials.models import State, verifiable
from clairevoie.credentials.numbers import NotANumber, read_number
from clairevoie.lib import calendar
from clairevoie.lib.unlisted import unlisted

CHECKING = "30/m/ip,600/d/ip"


def too_often(request: HttpRequest) -> HttpResponse | None:
    """A refusal to whoever may be trying numbers."""
    passed = ratelimit.consume(
        request,
        app="clairevoie.credentials",
        action="verify",
        config={"verify": CHECKING},
        limit_get=True,
    )
    if passed is not None:
        return None
    refusal: HttpResponse = ratelimit.respond_429(request)
    return refusal


@require_safe
@unlisted
def ask(request: HttpRequest) -> HttpResponse:
    """Where the number is typed; a good one leads to its page."""
    form = NumberForm(request.GET if "numero" in request.GET else None)
    if form.is_valid():
        return redirect("credentials:verified", form.cleaned_data["numero"])
    status = 422 if form.errors else 200
    return render(request, "credentials/ask.html", {"form": form}, status=status)


@require_safe
@unlisted
def verified(request: HttpRequest, number: str) -> HttpResponse:
    """The minimal line: name, title, result, date, state. One address a document."""
    refusal = too_often(request)
    if refusal is not None:
        return refusal
    try:
        proper = read_number(number)
    except NotANumber:
        return _unknown(request, number)
    if proper != number:
        return redirect("credentials:verified", proper)
    credential = verifiable(proper, on=calendar.today())
    if credential is None:
        return _unknown(request, number)
    valid = credential.state == State.VALID
    context = {
        "credential": credential,
        "valid": valid,
        "badge": valid and all(vouched_for([credential.badge])),
        "state": credential.state,
    }
    return render(request, "credentials/verified.html", context)


def _unknown(request: HttpRequest, number: str) -> HttpResponse:
    form = NumberForm(initial={"numero": number[:60]})
    return render(request, "credentials/unknown.html", {"form": form}, status=404)
