"""Words as they are looked for: lower case, without accents."""

from __future__ import annotations

from collections.abc import Iterable
from unicodedata import combining, normalize


def folded(words: Iterable[str]) -> str:
    """« Données » and « donnees » are the same word."""
    plain = normalize("NFKD", " ".join(words).lower())
    return "".join(sign for sign in plain if not combining(sign))
