"""The pages of the organisation itself."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe
from django.views.i18n import set_language


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "site/home.html")


@csrf_exempt  # a forged choice of language harms nobody, and a token would need a cookie
@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Remember the language and come back; works without JavaScript."""
    return set_language(request)  # type: ignore[no-any-return]
