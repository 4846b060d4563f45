"""The page that anybody may read."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from clairevoie.surveys.figures import counted_answers, figures_by, total
from clairevoie.surveys.models import published_reviews

REVIEWS_A_PAGE = 10


@require_safe
def satisfaction(request: HttpRequest) -> HttpResponse:
    """Figures from five answers on, and the reviews that their authors publish.

    The total adds up only what is shown: a difference would tell what a small session thought.
    """
    trainings = figures_by("survey__training", counted_answers())
    shown = {name: figures for name, figures in trainings.items() if figures.shown}
    reviews = Paginator(published_reviews(), REVIEWS_A_PAGE).get_page(request.GET.get("page"))
    context = {"total": total(list(shown.values())), "trainings": shown, "reviews": reviews}
    return render(request, "surveys/satisfaction.html", context)
