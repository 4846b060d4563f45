"""What may be learned here, for anybody to read."""

from __future__ import annotations

from collections import defaultdict
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from clairevoie.accounts.models import Member
from clairevoie.learning.forms import CatalogueForm
from clairevoie.learning.models import (
    Module,
    Parcours,
    catalogue,
    outline_of,
    published_reviews,
)
from clairevoie.learning.opinions import named
from clairevoie.learning.recommending import Taste, ordered, taste_of
from clairevoie.learning.results import Results, results_of

PARCOURS_A_PAGE = 12
REVIEWS_SHOWN = 3


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """The published parcours, narrowed by what one asks for."""
    form = CatalogueForm(request.GET)
    found = catalogue().prefetch_related("current__topics")
    if form.is_valid():
        found = form.narrowed(found)
    taste = _taste_of_the_reader(request)
    found = ordered(found, taste)
    page = Paginator(found, PARCOURS_A_PAGE).get_page(request.GET.get("page"))
    asked = {name: value for name, value in form.cleaned_data.items() if value}
    rows = _with_their_walls(page)
    context = {
        "form": form,
        "page": page,
        "rows": rows,
        "measured": any(results.any for _parcours, _wall, results in rows),
        "query": urlencode(asked),
        "personal": taste is not None,
    }
    return render(
        request, "learning/catalogue.html", context, status=200 if form.is_valid() else 400
    )


def _taste_of_the_reader(request: HttpRequest) -> Taste | None:
    """None for a visitor, and for whoever wants the catalogue of everybody (P-012)."""
    reader = request.user
    return taste_of(reader.subject) if isinstance(reader, Member) else None


def _with_their_walls(page: Page[Parcours]) -> list[tuple[Parcours, list[int], Results]]:
    """Each with the number of chapters of its modules, and its results: two queries for all."""
    shown = list(page)
    counts: defaultdict[int, list[int]] = defaultdict(list)
    counted = (
        Module.objects.filter(edition__in=[parcours.current_id for parcours in shown])
        .order_by("edition", "position")
        .annotate(n=Count("chapters"))
        .values_list("edition", "n")
    )
    for edition, number in counted:
        counts[edition].append(number)
    results = results_of(parcours.slug for parcours in shown)
    return [
        (parcours, counts[parcours.current_id or 0], results[parcours.slug]) for parcours in shown
    ]


@require_safe
def parcours(request: HttpRequest, slug: str) -> HttpResponse:
    """One parcours: what one will know, what it takes, and its whole programme."""
    found = catalogue().filter(slug=slug).first()
    if found is None or found.current is None:
        raise Http404
    edition = found.current
    modules = outline_of(edition)
    before = {
        other.slug: other
        for other in catalogue().filter(slug__in=edition.requires)
        if edition.requires
    }
    context: dict[str, Any] = {
        "parcours": found,
        "edition": edition,
        "modules": modules,
        "wall": [len(module.chapters.all()) for module in modules],
        "topics": edition.topics.all(),
        "requires": [before[one] for one in edition.requires if one in before],
        "results": results_of([slug])[slug],
        "reviews": named(published_reviews(slug)[:REVIEWS_SHOWN], {slug: edition.uuid}),
    }
    return render(request, "learning/parcours.html", context)
