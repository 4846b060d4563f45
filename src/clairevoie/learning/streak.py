"""Weeks in a row: ISO weeks of Paris in which one finished a chapter or answered an exercise."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final

from clairevoie.learning.drawing import Wall, wall_of
from clairevoie.lib.calendar import paris_date

_WEEK: Final = timedelta(days=7)
SHOWN: Final = 12  # weeks drawn


@dataclass(frozen=True, slots=True)
class Streak:
    """``weeks`` in a row, and the last ones, the present one last: was one active?"""

    weeks: int
    last: tuple[bool, ...]

    @property
    def drawn(self) -> Wall:
        """The last weeks in a row of lozenges."""
        return _drawn(self.last)

    @property
    def goes_on(self) -> bool:
        """Something was done this week already."""
        return self.last[-1]


@lru_cache(maxsize=4096)  # there are no more rows of twelve lozenges
def _drawn(weeks: tuple[bool, ...]) -> Wall:
    return wall_of([weeks])


@lru_cache(maxsize=8192)
def day_of_hour(hour: str) -> date:
    """The day in Paris of an hour in UTC, such as « 2026-11-22 23 »."""
    return paris_date(datetime.strptime(hour, "%Y-%m-%d %H").replace(tzinfo=UTC))


@lru_cache(maxsize=8192)
def week_of_hour(hour: str) -> date:
    """The Monday of its week in Paris."""
    return monday(day_of_hour(hour))


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def streak_of(hours: Iterable[str], *, on: date) -> Streak:
    """A week that is not over does not break a streak: it goes on with what is done in it."""
    active = {week_of_hour(hour) for hour in hours}
    this = monday(on)
    at = this if this in active else this - _WEEK
    weeks = 0
    while at in active:
        weeks, at = weeks + 1, at - _WEEK
    last = tuple(this - back * _WEEK in active for back in reversed(range(SHOWN)))
    return Streak(weeks, last)
