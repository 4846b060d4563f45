"""What stands before a page: how often one comes, and whose link it is."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from allauth.core.internal import ratelimit
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from clairevoie.lib.unlisted import unlisted
from clairevoie.newsletter.links import UnknownLink

View = Callable[..., HttpResponse]

ASKING = "10/h/ip,30/d/ip"
ONE_ADDRESS = "3/d/key"  # nobody's mailbox is filled by somebody else


def may_ask(request: HttpRequest) -> bool:
    """Few times an hour from one place."""
    return _consume(request, "newsletter.ask", ASKING)


def may_write_to(request: HttpRequest, address: str) -> bool:
    """Few mails a day to one address, whoever asks for them."""
    return _consume(request, "newsletter.write", ONE_ADDRESS, key=address)


def _consume(request: HttpRequest, action: str, rates: str, key: str | None = None) -> bool:
    passed = ratelimit.consume(
        request, app="clairevoie.newsletter", action=action, config={action: rates}, key=key
    )
    return passed is not None


def too_often(request: HttpRequest) -> HttpResponse:
    """429, in words."""
    refusal: HttpResponse = ratelimit.respond_429(request)
    return refusal


def by_link(view: View) -> View:
    """Opened by a link of a mail, kept by no cache, told to no other site."""

    @wraps(view)
    @unlisted
    def opened(request: HttpRequest, token: str) -> HttpResponse:
        try:
            return view(request, token)
        except UnknownLink:
            return render(request, "newsletter/unknown.html", status=404)

    return opened


def page(
    request: HttpRequest, name: str, *, form: BaseForm | None = None, **context: object
) -> HttpResponse:
    """Render; 422 when the form was refused, with everything that was typed."""
    status = 422 if form is not None and form.errors else 200
    values = {"form": form, **context}
    return render(request, f"newsletter/{name}.html", values, status=status)
