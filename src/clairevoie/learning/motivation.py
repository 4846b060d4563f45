"""How regularly one learns: a published formula, and nothing behind it.

docs/reference/motivation.md says it in words, and the person reads it with their own figures. It
helps to offer a hand. No decision may read it (RGPD, art. 22; P-025): a test walks who does.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from clairevoie.learning.models import Motivation

WEEK: Final = timedelta(days=7)
WEEKS: Final = 4  # looked back upon: 28 days, the day of the computation left out

Level = Motivation.Level


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the formula is given, and what the person is shown."""

    weeks: int  # whole weeks since one began, four at most
    active: int  # those with a chapter finished or an exercise answered
    chapters: int
    answers: int

    def stored(self) -> dict[str, int]:
        return {name: getattr(self, name) for name in self.__slots__}


def level_of(facts: Facts) -> Motivation.Level | None:
    """Every week: high. At least every other week: steady. Less: low. The first week: nothing."""
    if not facts.weeks:
        return None
    if facts.active == facts.weeks:
        return Level.HIGH
    return Level.STEADY if 2 * facts.active >= facts.weeks else Level.LOW


def weeks_since(began: date, *, on: date) -> int:
    """Whole weeks, four at most."""
    return min(WEEKS, (on - began) // WEEK)
