"""Answering an exercise of a parcours that one follows."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from clairevoie.learning import asking
from clairevoie.learning.actions import answering
from clairevoie.learning.models import Enrolment, Exercise
from clairevoie.learning.showing import Sheet, question_of, tries_in
from clairevoie.learning.views.doors import for_the_learner
from clairevoie.lib import calendar
from clairevoie.lib.speech import sentence

_REFUSALS = (asking.AnswerRefused, answering.TooManyTries, answering.AnswerNotKept)
Sent = dict[str, list[str]]


@require_http_methods(["GET", "HEAD", "POST"])
@for_the_learner
def answer(request: HttpRequest, enrolment: Enrolment, code: str) -> HttpResponse:
    """Mark an answer, then show it where it was given; opened by itself, lead there.

    A script asks for the exercise alone, and puts it in the place of the former.
    """
    exercise = _exercise(enrolment, code)
    if request.method != "POST":
        return redirect(_address(enrolment, exercise))
    sent: Sent = {name: request.POST.getlist(name) for name in request.POST}
    question = question_of(exercise)
    order = question.order_for(enrolment)
    try:
        given = asking.read(question.kind, question.definition, order, sent)
        answering.answer(enrolment=enrolment, exercise=exercise, given=given, at=calendar.now())
    except answering.NotYours:  # left in another window
        raise Http404 from None
    except _REFUSALS as refusal:
        return _shown(request, enrolment, exercise, sent=sent, refusal=refusal)
    if _is_by_script(request):
        return _shown(request, enrolment, exercise)
    return redirect(_address(enrolment, exercise))


def _shown(
    request: HttpRequest,
    enrolment: Enrolment,
    exercise: Exercise,
    *,
    sent: Sent | None = None,
    refusal: Exception | None = None,
) -> HttpResponse:
    question = question_of(exercise)
    sheet = Sheet(
        question=question,
        slug=enrolment.parcours_id,
        order=question.order_for(enrolment),
        tries=tries_in(enrolment, exercise.chapter_id).get(exercise.pk),
        sent=sent,
        refused=sentence(refusal) if refusal else "",
        refused_field=getattr(refusal, "field", ""),
    )
    name = "exercise" if _is_by_script(request) else "page"
    context = {
        "sheet": sheet,
        "chapter": exercise.chapter,
        "language": exercise.edition.language,
        "back": _address(enrolment, exercise),
    }
    status = 422 if refusal else 200
    return render(request, f"learning/exercises/{name}.html", context, status=status)


def _exercise(enrolment: Enrolment, code: str) -> Exercise:
    """That of the edition one follows; to others it does not exist."""
    found = (
        Exercise.objects.select_related("edition", "chapter__module")
        .only(
            *("position", "code", "kind", "prompt", "hint", "explanation", "definition"),
            *("edition__uuid", "edition__language", "chapter__title", "chapter__slug"),
            *("chapter__module__slug", "chapter__module__title"),
        )
        .filter(edition__uuid=enrolment.edition_id, code=code)
        .first()
    )
    if found is None:
        raise Http404
    return found


def _address(enrolment: Enrolment, exercise: Exercise) -> str:
    chapter = exercise.chapter
    page = reverse(
        "learning:read", args=[enrolment.parcours_id, chapter.module.slug, chapter.slug]
    )
    return f"{page}#exercice-{exercise.code}"


def _is_by_script(request: HttpRequest) -> bool:
    return request.headers.get("X-Requested-With") == "fetch"
