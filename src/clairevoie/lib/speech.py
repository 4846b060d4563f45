"""What exceptions say to people: their docstring is the sentence, in French."""

from __future__ import annotations

from inspect import cleandoc

from django.utils.translation import gettext


def sentence(error: Exception) -> str:
    """The docstring of ``error``'s class on one line, in the reader's language."""
    return gettext(" ".join(cleandoc(type(error).__doc__ or "").split()))
