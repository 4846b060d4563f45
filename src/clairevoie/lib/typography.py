"""French punctuation: spaces that never leave a colon alone at the start of a line."""

from __future__ import annotations

import re


def french_spaces(text: str) -> str:
    """The same words, with the no-break spaces that French punctuation wants."""
    text = re.sub(r"« ?", "«\u00a0", text)
    text = re.sub(r" ?»", "\u00a0»", text)
    return re.sub(r" ([;!?])", "\u202f\\1", re.sub(r" ([:€])", "\u00a0\\1", text))
