"""Template filters that every template has without loading them (settings.TEMPLATES)."""

from __future__ import annotations

from datetime import date, datetime

from django import template

from clairevoie.lib.calendar import paris_date
from clairevoie.lib.speech import day_in_full

register = template.Library()


@register.filter
def in_full(day: date | datetime | None) -> str:
    """« 1er mars 2027 », as text: for a letter, a title, the blank of a sentence."""
    if day is None:
        return ""
    return day_in_full(paris_date(day) if isinstance(day, datetime) else day)
