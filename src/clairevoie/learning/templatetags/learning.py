"""How the pages of a parcours say minutes, prices and lessons: ``{% load learning %}``."""

from __future__ import annotations

import re
from typing import Any, Final

from django import template
from django.template import Context
from django.template.loader import render_to_string
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from clairevoie import policy
from clairevoie.learning.content.exercises import Fill
from clairevoie.learning.drawing import Lattice, lattice_of
from clairevoie.learning.models import Chapter, Project

register = template.Library()

_SLOT: Final = re.compile(r'<div data-embed="(\d+)"></div>')


@register.filter
def spent(minutes: int) -> str:
    """« 5 h 30 », « 45 min », « 2 h »."""
    hours, rest = divmod(int(minutes), 60)
    if not hours:
        return f"{rest}\u00a0min"
    return f"{hours}\u00a0h\u00a0{rest:02}" if rest else f"{hours}\u00a0h"


@register.filter
def price(cents: int) -> str:
    """« gratuit », « 490 € », « 1 234,50 € »."""
    if not cents:
        return _("gratuit")
    places = 0 if cents % 100 == 0 else 2
    amount = number_format(cents / 100, decimal_pos=places, force_grouping=True)
    return f"{amount}\u00a0€"


@register.inclusion_tag("learning/lattice.html")
def lattice(counts: list[int], label: str) -> dict[str, Lattice | str]:
    """An openwork wall: a row a module, a lozenge a chapter."""
    return {"lattice": lattice_of(counts), "label": label}


@register.simple_tag
def filled(definition: Fill) -> SafeString:
    """A text with its blanks filled in, for those who correct it."""
    parts = [definition.segments[0]]
    for answers, segment in zip(definition.blanks, definition.segments[1:], strict=True):
        parts += [format_html("<mark>{}</mark>", " / ".join(answers)), segment]
    return mark_safe("".join(parts))  # noqa: S308  # segments were cleaned at import


@register.simple_tag(takes_context=True)
def lesson(context: Context, page: Chapter | Project) -> SafeString:
    """The page of a chapter or project; third parties' content inert until its reader agrees.

    ``page.html`` was cleaned when it was imported (``learning.content.pages``).
    """
    if not page.embeds:
        return mark_safe(page.html)  # noqa: S308  # cleaned
    parts = _SLOT.split(page.html)
    known = policy.current().trackers
    for at in range(1, len(parts), 2):
        embed: dict[str, Any] = page.embeds[int(parts[at])]
        name = "learning/embed.html" if embed["tracker"] in known else "learning/video_link.html"
        parts[at] = render_to_string(name, embed, request=context["request"])
    return mark_safe("".join(parts))  # noqa: S308  # cleaned, and templates
