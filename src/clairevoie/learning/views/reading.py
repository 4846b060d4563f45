"""The learner's pages: one parcours, one chapter."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from clairevoie.learning.actions import reading
from clairevoie.learning.models import Chapter, Completion, Enrolment, Submission
from clairevoie.learning.outline import Outline, chapter_at, outline_of
from clairevoie.learning.progress import progress_from
from clairevoie.learning.views.doors import for_the_learner
from clairevoie.lib import calendar
from clairevoie.lib.speech import sentence


@require_safe
@for_the_learner
def parcours(request: HttpRequest, enrolment: Enrolment) -> HttpResponse:
    """Where one is in a parcours, and the way on."""
    outline = outline_of(enrolment.edition_id)
    done = done_places(enrolment)
    context = {
        **_common(enrolment, outline, done),
        "next": outline.first_left(done),
        "resume": outline.at(enrolment.last_place),
        "minutes_left": outline.minutes_left(done),
    }
    return render(request, "learning/reading/parcours.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_the_learner
def chapter(request: HttpRequest, enrolment: Enrolment, module: str, chapter: str) -> HttpResponse:
    """A page to read; sending its one form says that one is done with it."""
    outline = outline_of(enrolment.edition_id)
    place = f"{module}/{chapter}"
    step = outline.at(place)
    shown = chapter_at(enrolment.edition_id, place) if step and not step.is_project else None
    if shown is None:
        raise Http404
    if request.method == "POST":
        return _complete(request, enrolment, outline, shown)
    if "prefetch" not in request.headers.get("Sec-Purpose", ""):
        reading.read(enrolment=enrolment, chapter=shown, at=calendar.now())
    return _page(request, enrolment, outline, shown)


def _complete(
    request: HttpRequest, enrolment: Enrolment, outline: Outline, shown: Chapter
) -> HttpResponse:
    try:
        reading.complete(enrolment=enrolment, chapter=shown, at=calendar.now())
    except reading.ExercisesLeft as left:
        return _page(request, enrolment, outline, shown, refused=sentence(left))
    _before, after = outline.around(reading.place_of(shown))
    if after is None:
        return redirect("learning:learn", enrolment.parcours_id)
    return redirect("learning:read", enrolment.parcours_id, after.module, after.slug)


def _page(
    request: HttpRequest,
    enrolment: Enrolment,
    outline: Outline,
    shown: Chapter,
    *,
    refused: str = "",
) -> HttpResponse:
    place = reading.place_of(shown)
    done = done_places(enrolment)
    before, after = outline.around(place)
    context = {
        **_common(enrolment, outline, done),
        "chapter": shown,
        "place": place,
        "part": outline.parts[shown.module.position - 1],
        "before": before,
        "after": after,
        "is_done": place in done,
        "refused": refused,
    }
    status = 422 if refused else 200
    return render(request, "learning/reading/chapter.html", context, status=status)


def done_places(enrolment: Enrolment) -> set[str]:
    """Places of the chapters completed and of the projects accepted. Two queries."""
    chapters = Completion.including_restricted.filter(enrolment__uuid=enrolment.uuid)
    projects = Submission.including_restricted.filter(
        enrolment__uuid=enrolment.uuid, state=Submission.State.ACCEPTED
    )
    numbers = set(projects.values_list("project", flat=True))
    steps = outline_of(enrolment.edition_id).steps if numbers else ()
    return {
        *chapters.values_list("place", flat=True),
        *(step.place for step in steps if step.is_project and step.number in numbers),
    }


def _common(enrolment: Enrolment, outline: Outline, done: set[str]) -> dict[str, Any]:
    return {
        "enrolment": enrolment,
        "outline": outline,
        "done": done,
        "progress": progress_from(done=len(done), total=len(outline.steps)),
    }
