"""allauth's pages, answering with the status that fits: 4xx for a refusal, 429 when throttled."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from allauth.core.exceptions import RateLimited
from allauth.core.ratelimit import respond_429
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

View = Callable[..., HttpResponse]

_THROTTLED = "too_many_login_attempts"


def plainly(view: View) -> View:
    """allauth answers 200 to a form it refuses, and fails on some of its own limits."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response = view(request, *args, **kwargs)
        except RateLimited:
            refusal: HttpResponse = respond_429(request)
            return refusal
        if request.method == "POST" and response.status_code == HTTPStatus.OK:
            response.status_code = _status(getattr(response, "context_data", None) or {})
        return response

    return answer


def _status(context: dict[str, Any]) -> int:
    refused = [f for f in context.values() if isinstance(f, BaseForm) and f.is_bound and f.errors]
    if any(form.has_error("__all__", _THROTTLED) for form in refused):
        return HTTPStatus.TOO_MANY_REQUESTS
    return HTTPStatus.BAD_REQUEST if refused else HTTPStatus.OK


def without_trace(view: View) -> View:
    """After signing out, the browser forgets the pages it kept (P-036)."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if request.method == "POST":
            response["Clear-Site-Data"] = '"cache"'
        return response

    return answer


def too_many(request: HttpRequest) -> HttpResponse:
    """The project's ``handler429``: allauth and our own limits end here."""
    context = {
        "status": 429,
        "heading": _("Trop de demandes en peu de temps"),
        "text": _("Patientez une minute, puis recommencez. Rien n’a été enregistré."),
    }
    response = render(request, "accounts/too_many.html", context, status=429)
    response["Retry-After"] = "60"
    return response
