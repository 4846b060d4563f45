"""Under ``/formation/``: what trainers see of their learners, and nobody else does."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from clairevoie.learning.cohorts import cohorts_of
from clairevoie.learning.views.guards import member_of, teaching


@require_safe
@teaching("learning.follow")
def sessions(request: HttpRequest) -> HttpResponse:
    """The cohorts one teaches."""
    context = {"room": "sessions", "cohorts": list(cohorts_of(member_of(request).subject))}
    return render(request, "learning/formation/sessions.html", context)


@require_safe
@teaching("learning.follow")
def cohort(request: HttpRequest, slug: str) -> HttpResponse:
    """Where each learner of one cohort is; a cohort of somebody else does not exist."""
    found = cohorts_of(member_of(request).subject).filter(slug=slug).first()
    if found is None:
        raise Http404
    context = {"room": "sessions", "cohort": found}
    return render(request, "learning/formation/cohort.html", context)
