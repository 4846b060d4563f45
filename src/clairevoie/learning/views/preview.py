"""A page as learners will see it, for those who are about to publish it."""

from __future__ import annotations

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from clairevoie.learning.content.exercises import definition_from
from clairevoie.learning.models import Chapter, Project


def _guard(request: HttpRequest) -> None:
    """The middleware keeps out whoever is not staff with a second factor."""
    if not request.user.has_perm("learning.view_edition"):
        raise PermissionDenied


@require_safe
def chapter(request: HttpRequest, number: UUID, position: int) -> HttpResponse:
    """One chapter of any edition, its exercises with their answers."""
    _guard(request)
    found = Chapter.objects.select_related("edition__parcours", "module").filter(
        edition__uuid=number, position=position
    )
    shown = found.defer("source", "exercises_source").first()
    if shown is None:
        raise Http404
    exercises = [
        (exercise, definition_from(exercise.kind, exercise.definition))
        for exercise in shown.exercises.all()
    ]
    context = {"page": shown, "edition": shown.edition, "exercises": exercises}
    return render(request, "learning/preview.html", context)


@require_safe
def project(request: HttpRequest, number: UUID, position: int) -> HttpResponse:
    """The project of the module of that rank, with its rubric."""
    _guard(request)
    found = Project.objects.select_related("edition__parcours", "module").filter(
        edition__uuid=number, module__position=position
    )
    shown = found.defer("source").first()
    if shown is None:
        raise Http404
    context = {"page": shown, "edition": shown.edition, "rubric": shown.rubric}
    return render(request, "learning/preview.html", context)
