"""What all readers of a page see alike, drawn once for each language: an edition never changes.

A learner's page then costs what is theirs alone: where they are, and what they did.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from clairevoie.learning.outline import Outline, Part, Step, chapter_at, outline_of


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


def _line(outline: Outline, step: Step) -> Line:
    left, done = (
        render_to_string(
            "learning/reading/step.html", {"outline": outline, "step": step, "done": is_done}
        )
        for is_done in (False, True)
    )
    return Line(place=step.place, left=left, done=done)


def _part(outline: Outline, module: str) -> Part:
    return next(part for part in outline.parts if part.slug == module)
