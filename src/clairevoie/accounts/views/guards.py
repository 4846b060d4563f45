"""What stands before a page: who is there, how sure we are, and how often they come."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from allauth.core.exceptions import ReauthenticationRequired
from allauth.core.internal import ratelimit
from django.contrib.auth.decorators import login_required
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from clairevoie.accounts.middleware import who_is_there
from clairevoie.accounts.models import Member

View = Callable[..., HttpResponseBase]

RECENT_SECONDS = 15 * 60  # D.3, level 1: a live session and a proof of identity that recent


def own_page(view: View) -> View:
    """A page of « Mon compte »: signed in, and kept by no cache of a shared device."""
    guarded: View = never_cache(login_required(view))
    return guarded


def sure_of_person(view: View) -> View:
    """Asks for the password again when it was last given over 15 minutes ago (D.3)."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method != "GET" and not proved_recently(request):
            raise ReauthenticationRequired
        return view(request, *args, **kwargs)

    return guarded


def proved_recently(request: HttpRequest) -> bool:
    """Whether the person gave a password, key or code within the last 15 minutes."""
    proofs = get_authentication_records(request, member_of(request))
    return any(time.time() - proof["at"] < RECENT_SECONDS for proof in proofs)


def at_most(rates: str) -> Callable[[View], View]:
    """Refuses with 429 beyond ``rates`` (« 5/h/ip,20/d/ip »); reading costs nothing."""

    def limit(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            name = view.__name__
            passed = ratelimit.consume(
                request, app="clairevoie.accounts", action=name, config={name: rates}
            )
            if passed is None:
                refusal: HttpResponse = ratelimit.respond_429(request)
                return refusal
            return view(request, *args, **kwargs)

        return guarded

    return limit


def member_of(request: HttpRequest) -> Member:
    """The signed-in member of a guarded page: the row itself, not what stands for it."""
    member = who_is_there(request)
    assert isinstance(member, Member)
    return member


def posted(request: HttpRequest) -> QueryDict | None:
    """What was sent, be it empty: ``request.POST or None`` takes an empty form for a visit."""
    return request.POST if request.method == "POST" else None


def page(request: HttpRequest, template: str, *, section: str, **context: Any) -> HttpResponse:
    """Render a panel; a refused form answers 422 with everything that was typed."""
    form = context.get("form")
    refused = isinstance(form, BaseForm) and bool(form.errors)
    return render(
        request,
        f"accounts/{template}.html",
        {"section": section, "member": who_is_there(request), **context},
        status=422 if refused else 200,
    )
