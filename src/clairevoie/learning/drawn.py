"""What all readers of a page see alike, drawn once for each language: an edition never changes.

A learner's page then costs what is theirs alone: where they are, and what they did.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from uuid import UUID

from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from clairevoie.learning.done import Done, States
from clairevoie.learning.outline import Outline, Part, Step, chapter_at, outline_of
from clairevoie.lib.calendar import paris_date
from clairevoie.lib.speech import day_marked_up

_DAY: Final = "%day%"  # stands in what is kept for the day a step was done


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """The steady parts of the page of one step."""

    links: SafeString  # for <head>: where one comes from and goes to
    up: SafeString
    head: SafeString
    headings: SafeString
    pager: SafeString


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A step in the list beside the text: to do, or done."""

    place: str
    left: str
    done: str


def drawn(outline: Outline, place: str) -> Drawn:
    """The page of the step at ``place``. Raises ``KeyError`` for any other place."""
    return _drawn(outline.edition, place, get_language() or "fr")


def steps_of(outline: Outline, place: str, done: Container[str]) -> SafeString:
    """The list beside the text: the modules, and the steps of the one that is read."""
    module = place.partition("/")[0]
    before, lines, after = _steps(outline.edition, module, get_language() or "fr")
    shown = [
        (line.done if line.place in done else line.left)
        if line.place != place
        else (line.done if line.place in done else line.left).replace(
            "<a ", '<a aria-current="page" ', 1
        )
        for line in lines
    ]
    return mark_safe("".join((before, *shown, after)))  # noqa: S308  # templates


def programme_of(outline: Outline, done: Done, states: States) -> SafeString:
    """All the steps on the page of the parcours, with the day each was done."""
    shown = []
    for before, lines, after in _programme(outline.edition, get_language() or "fr"):
        shown.append(before)
        for line in lines:
            at = done.get(line.place)
            said = day_marked_up(paris_date(at)) if at else _state(states, line.place)
            shown.append((line.done if at else line.left).replace(_DAY, said))
        shown.append(after)
    return mark_safe("".join(shown))  # noqa: S308  # templates, and what was escaped


def _state(states: States, place: str) -> str:
    return escape(str(states[place].label)) if place in states else ""


@lru_cache(maxsize=1024)
def _drawn(edition: UUID, place: str, language: str) -> Drawn:
    """``language`` is the active one: it keys the memory."""
    outline = outline_of(edition)
    step = outline.at(place)
    if step is None:
        raise KeyError(place)
    before, after = outline.around(place)
    page = None if step.is_project else chapter_at(edition, place)
    context = {
        "outline": outline,
        "part": _part(outline, step.module),
        "step": step,
        "rank": outline.steps.index(step) + 1,
        "before": before,
        "after": after,
        "page": page,
        "foreign": outline.language if outline.language != language else "",
    }
    return Drawn(
        **{
            name: SafeString(render_to_string(f"learning/reading/{name}.html", context).strip())
            for name in Drawn.__dataclass_fields__
        }
    )


@lru_cache(maxsize=512)
def _steps(edition: UUID, module: str, language: str) -> tuple[str, list[Line], str]:
    outline = outline_of(edition)
    part = _part(outline, module)
    context = {
        "outline": outline,
        "part": part,
        "foreign": outline.language if outline.language != language else "",
    }
    whole = render_to_string("learning/reading/steps.html", context)
    before, after = whole.split("<!--steps-->")
    return before, [_line(outline, step) for step in part.steps], after


@lru_cache(maxsize=128)
def _programme(edition: UUID, language: str) -> list[tuple[str, list[Line], str]]:
    """``language`` is the active one: it keys the memory."""
    outline, drawn = outline_of(edition), []
    for part in outline.parts:
        whole = render_to_string("learning/reading/part.html", {"part": part})
        before, after = whole.split("<!--steps-->")
        lines = [_line(outline, step, "learning/reading/row.html") for step in part.steps]
        drawn.append((before, lines, after))
    return drawn


def _line(outline: Outline, step: Step, template: str = "learning/reading/step.html") -> Line:
    left, done = (
        render_to_string(
            template, {"outline": outline, "step": step, "done": is_done, "day": _DAY}
        )
        for is_done in (False, True)
    )
    return Line(place=step.place, left=left, done=done)


def _part(outline: Outline, module: str) -> Part:
    return next(part for part in outline.parts if part.slug == module)
