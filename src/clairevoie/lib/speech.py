"""What the platform says to people, in their language."""

from __future__ import annotations

import re
from datetime import date
from inspect import cleandoc

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext


def sentence(error: Exception) -> str:
    """The docstring of ``error``'s class on one line, in the reader's language.

    ``str.split`` would not do: it takes French no-break spaces for blanks.
    """
    return gettext(re.sub(r"[ \n]+", " ", cleandoc(type(error).__doc__ or "")).strip())


def day_in_full(day: date) -> str:
    """« 1er mars 2027 », « 1 March 2027 »: for a title, a message or a figure, without markup."""
    written = date_format(day, "j F Y")
    french = (translation.get_language() or "fr").startswith("fr")
    return f"1er{written[1:]}" if french and day.day == 1 else written
