"""The pages of the organisation itself."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe
from django.views.i18n import set_language

from clairevoie import policy
from clairevoie.site import figures

# Promises worth reading first; the home page quotes those that are already executed.
QUOTED: Final = ("P-064", "P-107", "P-084", "P-090", "P-010", "P-083", "P-031")


@lru_cache(maxsize=2)
def _drawn(digest: str) -> tuple[figures.Wall, list[figures.Span]]:
    """The figures of the home page; ``digest`` keys the memory."""
    del digest
    current = policy.current()
    return figures.wall_of(current), figures.spans_of(current)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Who we are, what we promise, what we keep and until when. No query for a visitor."""
    current = policy.current()
    quoted = [current.promises[code] for code in QUOTED if code in current.promises]
    wall, spans = _drawn(current.digest)
    context = {
        "wall": wall,
        "spans": spans,
        "quoted": [promise for promise in quoted if not promise.planned][:4],
    }
    return render(request, "site/home.html", context)


@require_safe
def legal(request: HttpRequest) -> HttpResponse:
    """Who publishes the site (loi n° 2004-575, art. 6 III)."""
    return render(request, "site/legal.html")


@csrf_exempt  # a forged choice of language harms nobody, and a token would need a cookie
@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Remember the language and come back; works without JavaScript."""
    return set_language(request)
