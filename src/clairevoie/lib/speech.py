"""What the platform says to people, in their language."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from inspect import cleandoc

from django.utils import translation
from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext


def sentence(error: Exception) -> str:
    """The docstring of ``error``'s class on one line, in the reader's language.

    ``str.split`` would not do: it takes French no-break spaces for blanks.
    """
    return gettext(re.sub(r"[ \n]+", " ", cleandoc(type(error).__doc__ or "")).strip())


def day_in_full(day: date) -> str:
    """« 1er mars 2027 », « 1 March 2027 »: for a title, a message or a figure, without markup."""
    return _written(day, translation.get_language() or "fr")


@lru_cache(maxsize=1024)
def _written(day: date, language: str) -> str:
    """``language`` is the active one: it keys the memory."""
    text = date_format(day, "j F Y")
    return f"1er{text[1:]}" if language.startswith("fr") and day.day == 1 else text


def day_marked_up(day: date) -> SafeString:
    """The same as a ``<time>``, for a page."""
    return _marked_up(day, translation.get_language() or "fr")


@lru_cache(maxsize=1024)
def _marked_up(day: date, language: str) -> SafeString:
    text = _written(day, language).replace("1er", "1<sup>er</sup>", 1)
    shown = text.replace(" ", "\u00a0", 1)
    return mark_safe(f'<time datetime="{day:%Y-%m-%d}">{shown}</time>')  # noqa: S308  # digits
