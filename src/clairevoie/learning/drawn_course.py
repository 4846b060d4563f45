"""The page of a parcours that one follows, drawn once for all that it depends on.

An edition never changes, and how far one is says nothing of who one is: that much is kept. What
is a learner's own (the day, the session, its trainers) is put in afterwards, and kept by nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final
from uuid import UUID

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from clairevoie.learning.done import WAITING, resume_at, waiting_in
from clairevoie.learning.outline import outline_of
from clairevoie.learning.progress import progress_from
from clairevoie.learning.standing import OnTheWhole
from clairevoie.lib.calendar import paris_date
from clairevoie.lib.speech import day_marked_up

_HOLE: Final = SafeString("\ue000")  # where one's own is put in; no keyboard types it


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What stands above the steps, and below them."""

    head: SafeString
    rate_more: SafeString
    foot: SafeString


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reached:
    """How far, in words that name nobody: the key of what is kept."""

    edition: UUID
    language: str
    done: frozenset[str]
    minutes_left: int
    resume: str
    waiting: str
    begun: bool
    finished_on: date | None


def course_of(standing: OnTheWhole, proof: str) -> Course:
    """``proof``: the token of the page's forms."""
    slug, language = standing.outline.parcours, get_language() or "fr"
    return Course(
        head=_head(_reached(standing)),
        rate_more=_rate_more(slug, language),
        foot=_own_foot(standing, proof),
    )


def _reached(standing: OnTheWhole) -> _Reached:
    enrolment, outline, done = standing.enrolment, standing.outline, standing.done
    # What waits for a trainer is not for the learner to take up.
    theirs = {*done, *(place for place, state in standing.states.items() if state in WAITING)}
    resume, waiting = resume_at(enrolment, outline, theirs), waiting_in(outline, standing.states)
    return _Reached(
        edition=outline.edition,
        language=get_language() or "fr",
        done=frozenset(done),
        minutes_left=outline.minutes_left(theirs),
        resume=resume.place if resume else "",
        waiting=waiting.place if waiting else "",
        begun=bool(enrolment.last_place),
        finished_on=paris_date(enrolment.finished_at) if enrolment.finished_at else None,
    )


@lru_cache(maxsize=1024)
def _head(reached: _Reached) -> SafeString:
    outline = outline_of(reached.edition)
    context = {
        "outline": outline,
        "done": reached.done,
        "progress": progress_from(done=len(reached.done), total=len(outline.steps)),
        "minutes_left": reached.minutes_left,
        "resume": outline.at(reached.resume),
        "waiting": outline.at(reached.waiting),
        "begun": reached.begun,
        "finished_on": reached.finished_on,
    }
    return render_to_string("learning/reading/course.html", context)


@lru_cache(maxsize=256)
def _rate_more(slug: str, _language: str) -> SafeString:
    return format_html(
        '<p><a class="rate__all" href="{}">{}</a></p>',
        reverse("learning:rate", args=[slug]),
        _("Noter un module, un chapitre ou un exercice"),
    )


def _own_foot(standing: OnTheWhole, proof: str) -> SafeString:
    enrolment, language = standing.enrolment, get_language() or "fr"
    cohort = enrolment.cohort
    own = [str(day_marked_up(paris_date(enrolment.enrolled_at)))]
    if cohort:
        own += [escape(cohort.name), escape(", ".join(standing.trainers) or "–")]
    own.append(escape(proof))
    first, *others = _foot(standing.outline.edition, language, in_a_cohort=cohort is not None)
    pieces = (piece for pair in zip(own, others, strict=True) for piece in pair)
    return mark_safe("".join((first, *pieces)))  # noqa: S308  # a template, and what was escaped


@lru_cache(maxsize=256)
def _foot(edition: UUID, _language: str, *, in_a_cohort: bool) -> tuple[str, ...]:
    """Its texts, one's own between them; the language is the active one, and keys the memory."""
    context = {
        "outline": outline_of(edition),
        "since": _HOLE,
        "cohort": _HOLE if in_a_cohort else "",
        "trainers": _HOLE,
        "csrf_token": _HOLE,
    }
    return tuple(render_to_string("learning/reading/foot.html", context).split(_HOLE))
