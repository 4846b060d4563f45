"""``{% load exercises %}{% exercises enrolment chapter %}``: what is to answer in a chapter."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from django import template
from django.template import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from clairevoie.learning.models import Chapter, Enrolment
from clairevoie.learning.showing import Question, Sheet, questions_of, tries_of

register = template.Library()

# Stands for the proof of the form in what is kept; a character that no keyboard types.
_PROOF: Final = "\ue002"


@register.simple_tag(takes_context=True)
def exercises(context: Context, enrolment: Enrolment, chapter: Chapter) -> SafeString:
    """The exercises of ``chapter`` and what this learner made of them: one query, one more where
    this process has not met the chapter. Nothing where there are none."""
    if not chapter.exercise_count:
        return mark_safe("")
    questions = questions_of(enrolment.edition_id, chapter.pk)
    tries = tries_of(enrolment, [question.number for question in questions])
    language, proof = get_language() or "fr", str(context.get("csrf_token", ""))
    slug, drawn = enrolment.parcours_id, []
    for question in questions:
        order = question.order_for(enrolment)
        if question.number in tries:
            sheet = Sheet(question=question, slug=slug, order=order, tries=tries[question.number])
            drawn.append(_drawn(sheet, proof))
        else:
            drawn.append(_untouched(question, slug, order, language).replace(_PROOF, proof))
    listed = {"sheets": mark_safe("".join(drawn)), "count": len(questions)}  # noqa: S308  # templates
    return render_to_string("learning/exercises/list.html", listed)


def _drawn(sheet: Sheet, proof: str) -> str:
    context = {"sheet": sheet, "csrf_token": proof}
    return str(render_to_string("learning/exercises/exercise.html", context))


@lru_cache(maxsize=1024)
def _untouched(question: Question, slug: str, order: tuple[int, ...], language: str) -> str:
    """Kept, since it says nothing of anybody: only what was answered is drawn for each reader."""
    return _drawn(Sheet(question=question, slug=slug, order=order), _PROOF)
