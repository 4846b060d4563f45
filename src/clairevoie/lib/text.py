"""Dates as people read them."""

from __future__ import annotations

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import get_language


def long_date(day: date) -> str:
    """« 1er janvier 2027 », « 22 novembre 2026 »; in English « 1 January 2027 »."""
    text = date_format(day, "j F Y")
    if day.day == 1 and (get_language() or "fr").startswith("fr"):
        return f"1er{text[1:]}"
    return text
