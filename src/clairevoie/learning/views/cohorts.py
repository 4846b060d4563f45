"""Under ``/formation/``: what trainers see of their learners, and nobody else does."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from clairevoie.learning.actions.improving import FEWEST
from clairevoie.learning.cohorts import (
    COUNTED,
    Group,
    NotAPlace,
    Place,
    cohorts_of,
    counts_of,
    hardest,
    page_of,
)
from clairevoie.learning.views.doors import member_of
from clairevoie.learning.views.guards import teaching
from clairevoie.lib import calendar


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
    group, after = _asked(request)
    at = calendar.now()
    counts = counts_of(found, at=at)
    context = {
        "room": "sessions",
        "cohort": found,
        "group": group,
        "groups": [(each, counts[each], counts[each] == COUNTED) for each in Group],
        "anybody": any(counts.values()),
        "page": page_of(found, group, after=after, at=at),
        "begins": after is None,
    }
    return render(request, "learning/formation/cohort.html", context)


@require_safe
@teaching("learning.follow")
def difficulties(request: HttpRequest) -> HttpResponse:
    """The exercises that most people miss at first: what to write more clearly."""
    context = {"room": "difficulties", "difficulties": hardest(), "fewest": FEWEST}
    return render(request, "learning/formation/difficulties.html", context)


def _asked(request: HttpRequest) -> tuple[Group, Place | None]:
    """Which list, from where. An address nobody gave leads nowhere."""
    place = request.GET.get("apres", "")
    try:
        group = Group(request.GET.get("liste", Group.TO_HELP))
        return group, Place.read(place) if place else None
    except (ValueError, NotAPlace):
        raise Http404 from None
