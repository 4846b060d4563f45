"""What may be learned here, for anybody to read."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from clairevoie.accounts.models import Member
from clairevoie.learning import presenting
from clairevoie.learning.forms import CatalogueForm
from clairevoie.learning.models import catalogue
from clairevoie.learning.opinions import latest_reviews
from clairevoie.learning.recommending import Taste, ordered, taste_of
from clairevoie.learning.results import AT_ONCE, results_of_a_page
from clairevoie.learning.shelf import Shelf, shelf_of_now


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """The published parcours, narrowed by what one asks for."""
    shelf = shelf_of_now()
    form = _asked(request, shelf)
    found = list(shelf)
    if form is not None and form.is_valid():
        found = shelf.among(form.narrowed(catalogue()).values_list("slug", flat=True))
    taste = _taste_of_the_reader(request, shelf)
    page = Paginator(ordered(found, taste), AT_ONCE).get_page(request.GET.get("page"))
    results = results_of_a_page([offer.slug for offer in page])
    asked = {name: value for name, value in form.cleaned_data.items() if value} if form else {}
    context = {
        "search": presenting.search(form) if form else presenting.empty_search(shelf.topics),
        "asks": bool(asked),
        "page": page,
        "cards": [presenting.card(offer, results[offer.slug]) for offer in page],
        "measured": any(found.any for found in results.values()),
        "query": urlencode(asked),
        "personal": taste is not None,
    }
    status = 200 if form is None or form.is_valid() else 400
    return render(request, "learning/catalogue.html", context, status=status)


def _asked(request: HttpRequest, shelf: Shelf) -> CatalogueForm | None:
    """None for whoever asks nothing: their form is everybody's."""
    if request.GET.keys().isdisjoint(CatalogueForm.base_fields):
        return None
    form = CatalogueForm(request.GET, topics=shelf.topics)
    form.is_valid()
    return form


def _taste_of_the_reader(request: HttpRequest, shelf: Shelf) -> Taste | None:
    """None for a visitor, and for whoever wants the catalogue of everybody (P-012)."""
    reader = request.user
    return taste_of(reader.subject, shelf) if isinstance(reader, Member) else None


@require_safe
def parcours(request: HttpRequest, slug: str) -> HttpResponse:
    """One parcours: what one will know, what it takes, and its whole programme."""
    found = presenting.offered(slug)
    if found is None or found.current is None:
        raise Http404
    context: dict[str, Any] = {
        "parcours": found,
        "sheet": presenting.sheet_of(found),
        "reviews": latest_reviews(slug, found.current.uuid),
    }
    return render(request, "learning/parcours.html", context)
