"""Stars to give and stars that were given: ``{% load ratings %}``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from uuid import UUID

from django import template
from django.template import Context
from django.template.loader import render_to_string
from django.utils.formats import number_format
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from clairevoie import policy
from clairevoie.learning.forms import SCORES
from clairevoie.learning.models import Enrolment, Unit
from clairevoie.learning.opinions import stars_in
from clairevoie.learning.results import Results, Shown

register = template.Library()

_PROOF: Final = "%proof%"
_BACK: Final = "%back%"
_NOBODYS: Final = str(UUID(int=0))


@dataclass(frozen=True, slots=True)
class Star:
    """One of five, to draw: full, half or empty."""

    fill: str


@register.simple_tag(takes_context=True)
def rate(context: Context, enrolment: Enrolment, unit: str, place: str = "") -> SafeString:
    """A small form to rate a unit, or what was given and the way to change it. One query a page,
    none where the page has read what was given (``stars``).

    Both are the same for all: rendered once, and given each reader's token or number.
    """
    # The page's own token: masking another would cost ten times the rest.
    request = context["request"]
    stars = context.get("stars")
    given = (stars_in(enrolment) if stars is None else stars).get((unit, place))
    if given is not None:
        told = _given(get_language() or "fr", given.score, given.reviewed)
        return mark_safe(told.replace(_NOBODYS, str(given.number)))  # noqa: S308  # a number
    read = (get_language() or "fr", policy.current().digest)
    text = _form(*read, enrolment.parcours_id, unit, place)
    text = text.replace(_PROOF, escape(context["csrf_token"]))
    return mark_safe(text.replace(_BACK, escape(request.path)))  # noqa: S308  # escaped


@lru_cache(maxsize=1024)
def _form(_language: str, _policy: str, slug: str, unit: str, place: str) -> str:
    names = {"slug": slug, "unit": unit, "place": place, "what": _what(unit)}
    return render_to_string("learning/ratings/form.html", names)


@lru_cache(maxsize=64)
def _given(_language: str, score: int, review: bool) -> str:  # noqa: FBT001  # keys of the memory
    names = {"score": score, "review": review, "number": _NOBODYS}
    return render_to_string("learning/ratings/given.html", names)


@register.simple_tag
def asked(unit: str) -> str:
    """« Notez ce chapitre »."""
    return _what(unit)


def _what(unit: str) -> str:
    return {
        Unit.PARCOURS: _("Notez ce parcours"),
        Unit.MODULE: _("Notez ce module"),
        Unit.CHAPTER: _("Notez ce chapitre"),
        Unit.EXERCISE: _("Notez cet exercice"),
        Unit.PROJECT: _("Notez ce projet"),
    }[Unit(unit)]


@register.simple_tag
def mean(results: Results, unit: str, place: str) -> Shown | None:
    """The figure in force of one unit, where there is one to show."""
    return results.ratings.get((unit, place))


@register.inclusion_tag("learning/ratings/choice.html")
def star_choice(score: object = None, *, invalid: bool = False) -> dict[str, object]:
    """Five radio buttons drawn as stars; ``score`` is the one chosen, typed or kept."""
    return {"scores": SCORES, "chosen": str(score), "invalid": invalid}


@register.inclusion_tag("learning/ratings/stars.html")
def stars(value: float) -> dict[str, object]:
    """From 0 to 5, by halves, drawn; said in figures to who cannot see them."""
    label = _("%(value)s sur 5") % {"value": out_of_five(value)}
    return {"stars": list(_drawn(float(value))), "label": label}


@register.filter
def out_of_five(value: float) -> str:
    """« 4 », « 4,5 »."""
    return number_format(value, decimal_pos=0 if float(value).is_integer() else 1)


def _drawn(value: float) -> Iterator[Star]:
    for number in SCORES:
        yield Star("full" if value >= number else "half" if value >= number - 0.5 else "empty")
