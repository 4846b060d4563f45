"""The pages of the organisation itself."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe
from django.views.i18n import set_language

from clairevoie import policy
from clairevoie.site import figures
from clairevoie.site.frame import Sight, sight_of_now

# Promises worth reading first; the home page quotes those that are already executed.
QUOTED: Final = ("P-064", "P-107", "P-084", "P-090", "P-010", "P-083", "P-031")


@lru_cache(maxsize=16)
def _body(_sight: Sight, *, member: bool) -> SafeString:
    """The page but for its frame: it offers an account to who has none, and is else the same."""
    current = policy.current()
    quoted = [current.promises[code] for code in QUOTED if code in current.promises]
    context = {
        "organisation": current.organisation,
        "wall": figures.wall_of(current),
        "spans": figures.spans_of(current),
        "quoted": [promise for promise in quoted if not promise.planned][:4],
        "member": member,
    }
    return render_to_string("site/home_body.html", context)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Who we are, what we promise, what we keep and until when. No query for a visitor."""
    body = _body(sight_of_now(), member=request.user.is_authenticated)
    return render(request, "site/home.html", {"body": body})


@require_safe
def legal(request: HttpRequest) -> HttpResponse:
    """Who publishes the site (loi n° 2004-575, art. 6 III)."""
    return render(request, "site/legal.html")


@csrf_exempt  # a forged choice of language harms nobody, and a token would need a cookie
@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Remember the language and come back; works without JavaScript."""
    return set_language(request)
