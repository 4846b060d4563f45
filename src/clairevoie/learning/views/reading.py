"""The learner's pages: one parcours, one chapter."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from clairevoie.learning.actions import reading
from clairevoie.learning.drawn import drawn, programme_of, steps_of
from clairevoie.learning.drawn_course import course_of
from clairevoie.learning.models import Chapter, Enrolment
from clairevoie.learning.outline import Outline, chapter_at
from clairevoie.learning.progress import progress_from
from clairevoie.learning.standing import AtAStep, standing_at, standing_in
from clairevoie.learning.views.doors import member_of, own_page
from clairevoie.lib import calendar
from clairevoie.lib.calendar import paris_date
from clairevoie.lib.proof import token
from clairevoie.lib.speech import day_marked_up, sentence


@require_safe
@own_page
def parcours(request: HttpRequest, slug: str) -> HttpResponse:
    """Where one is in a parcours, and the way on."""
    standing = standing_in(member_of(request), slug)
    if standing is None:
        raise Http404
    proof = token(request)
    context = {
        "csrf_token": proof,
        "enrolment": standing.enrolment,
        "outline": standing.outline,
        "stars": standing.stars,
        "plays": standing.plays,
        "course": course_of(standing, proof),
        "programme": programme_of(standing.outline, standing.done, standing.states),
    }
    return render(request, "learning/reading/parcours.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@own_page
def chapter(request: HttpRequest, slug: str, module: str, chapter: str) -> HttpResponse:
    """A page to read; sending its one form says that one is done with it."""
    standing = standing_at(member_of(request), slug, module, chapter)
    if standing is None:
        raise Http404
    enrolment, outline = standing.enrolment, standing.outline
    place = f"{module}/{chapter}"
    step = outline.at(place)
    shown = chapter_at(enrolment.edition_id, place) if step and not step.is_project else None
    if shown is None:
        raise Http404
    if request.method == "POST":
        return _complete(request, standing, shown)
    if "prefetch" not in request.META.get("HTTP_SEC_PURPOSE", ""):
        reading.read(enrolment=enrolment, chapter=shown, at=calendar.now())
    return _page(request, standing, shown)


def _complete(request: HttpRequest, standing: AtAStep, shown: Chapter) -> HttpResponse:
    enrolment, outline = standing.enrolment, standing.outline
    try:
        reading.complete(enrolment=enrolment, chapter=shown, at=calendar.now())
    except reading.NotInThisEdition:  # left in another window
        raise Http404 from None
    except (reading.ExercisesLeft, reading.PackageLeft, reading.ReadingNotKept) as left:
        return _page(request, standing, shown, refused=sentence(left))
    _before, after = outline.around(reading.place_of(shown))
    if after is None:
        return redirect("learning:learn", enrolment.parcours_id)
    return redirect("learning:read", enrolment.parcours_id, after.module, after.slug)


def _page(
    request: HttpRequest, standing: AtAStep, shown: Chapter, *, refused: str = ""
) -> HttpResponse:
    place, done = reading.place_of(shown), standing.done
    context = {
        **around(standing.enrolment, standing.outline, done, place=place, at=done.get(place)),
        "stars": standing.stars,
        "tries": standing.tries,
        "chapter": shown,
        "refused": refused,
    }
    status = 422 if refused else 200
    return render(request, "learning/reading/chapter.html", context, status=status)


def around(
    enrolment: Enrolment,
    outline: Outline,
    done: Collection[str],
    *,
    place: str = "",
    at: datetime | None = None,
) -> dict[str, Any]:
    """What every page of a learner needs; with a ``place``, what frames the page of that step.

    ``done``: places of the steps that are done; ``at``: when the one at ``place`` was.
    """
    context = {
        "enrolment": enrolment,
        "outline": outline,
        "done": done,
        "progress": progress_from(done=len(done), total=len(outline.steps)),
    }
    if place:
        context |= {
            "place": place,
            "drawn": drawn(outline, place),
            "steps": steps_of(outline, place, done),
            "done_day": at and day_marked_up(paris_date(at)),
        }
    return context
