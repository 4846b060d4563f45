"""``{% load exercises %}{% exercises enrolment chapter %}``: what is to answer in a chapter."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Final

from django import template
from django.template import Context
from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from clairevoie.learning.answering import Given, mark
from clairevoie.learning.models import Chapter, Enrolment
from clairevoie.learning.showing import Question, Sheet, Tries, questions_of, tries_in

register = template.Library()

# Stand for the proof of the form and for what was typed, in what is kept; characters that no
# keyboard types.
_PROOF: Final = "\ue002"
_SAID: Final = "\ue003"


@register.simple_tag(takes_context=True)
def exercises(context: Context, enrolment: Enrolment, chapter: Chapter) -> SafeString:
    """The exercises of ``chapter`` and what this learner made of them: one query, none where the
    page has read it (``tries``), one more where this process has not met the chapter. Nothing
    where there are none."""
    if not chapter.exercise_count:
        return mark_safe("")
    questions = questions_of(enrolment.edition_id, chapter.pk)
    tries = context.get("tries")
    if tries is None:
        tries = tries_in(enrolment, chapter.pk)
    language, proof = get_language() or "fr", str(context.get("csrf_token", ""))
    drawn = "".join(
        _sheet(question, enrolment, tries.get(question.number), language) for question in questions
    )
    before, after = _around(len(questions), language)
    return mark_safe(before + drawn.replace(_PROOF, proof) + after)  # noqa: S308  # templates


def _sheet(question: Question, enrolment: Enrolment, tries: Tries | None, language: str) -> str:
    """One exercise. Words that a learner typed are put in afterwards: what is kept says nothing
    of anybody."""
    order, last = question.order_for(enrolment), tries.last if tries else None
    sheet = Sheet(question=question, slug=enrolment.parcours_id, order=order, tries=tries)
    if tries is None or last is None or last.picked:
        return _drawn(sheet, language)
    parts = mark(question.definition, last).parts
    blanks = tuple(f"{_SAID}{rank}{_SAID}" for rank in range(len(last.said)))
    unsaid = replace(tries, last=Given(said=blanks))
    text = _drawn(replace(sheet, tries=unsaid, parts=parts), language)
    for blank, said in zip(blanks, last.said, strict=True):
        text = text.replace(blank, escape(said))
    return text


@lru_cache(maxsize=4096)
def _drawn(sheet: Sheet, language: str) -> str:
    """``language`` is the active one: it keys the memory."""
    context = {"sheet": sheet, "csrf_token": _PROOF}
    return str(render_to_string("learning/exercises/exercise.html", context))


@lru_cache(maxsize=256)
def _around(count: int, language: str) -> tuple[str, str]:
    """What stands before and after the exercises; ``language`` is the active one."""
    listed = {"sheets": _SAID, "count": count}
    before, after = render_to_string("learning/exercises/list.html", listed).split(_SAID)
    return before, after
