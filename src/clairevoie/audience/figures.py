"""What the dashboard tells, in cells of at least ten (P-042).

The two smallest hidden cells hide each other: one alone could be found by subtraction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Sum

from clairevoie.audience.models import Count, Family

FEWEST = 10  # P-042 [D]
PERIODS = (7, 30, 90, 365)
MOST_PAGES = 25
HOURS = tuple(f"{hour:02}" for hour in range(24))


@dataclass(frozen=True, slots=True)
class Figure:
    """One cell: its number, or None where it would tell of fewer than ten."""

    label: str
    n: int | None
    share: float = 0.0  # of the largest cell shown, 0–100


@dataclass(frozen=True, slots=True)
class Report:
    """Everything about one period, both days included."""

    first: date
    last: date
    pages_read: int | None
    visits: int | None
    days: Sequence[Figure]
    pages: Sequence[Figure]
    ways_in: Sequence[Figure]
    hours: Sequence[Figure]
    returns: Sequence[Figure]

    @property
    def empty(self) -> bool:
        return not self.days or all(figure.n == 0 for figure in self.days)


def report(*, on: date, days: int) -> Report:
    """The ``days`` days that end ``on``: five queries, each over one range of an index."""
    first = on - timedelta(days=days - 1)
    sums = {family: _sums(family, first, on) for family in Family}
    by_day = _by_day(first, on)
    return Report(
        first=first,
        last=on,
        pages_read=shown(sum(sums[Family.PAGE].values())),
        visits=shown(sum(sums[Family.VISIT].values())),
        days=cells({day: by_day.get(day, 0) for day in _days(first, on)}),
        pages=largest(sums[Family.PAGE]),
        ways_in=largest(sums[Family.VISIT]),
        hours=cells({hour: sums[Family.ACTIVITY].get(hour, 0) for hour in HOURS}),
        returns=largest(sums[Family.RETURN]),
    )


def _sums(family: Family, first: date, last: date) -> dict[str, int]:
    rows = Count.objects.between(first, last).filter(family=family)
    return dict(rows.values("what").annotate(sum=Sum("n")).values_list("what", "sum"))


def _by_day(first: date, last: date) -> dict[str, int]:
    rows = Count.objects.between(first, last).filter(family=Family.PAGE)
    sums = rows.values("day").annotate(sum=Sum("n")).values_list("day", "sum")
    return {day.isoformat(): total for day, total in sums}


def _days(first: date, last: date) -> list[str]:
    count = (last - first).days + 1
    return [(first + timedelta(days=step)).isoformat() for step in range(count)]


def shown(n: int) -> int | None:
    """A total: zero tells of nobody."""
    return n if n == 0 or n >= FEWEST else None


def cells(numbers: Mapping[str, int]) -> list[Figure]:
    """The cells in their order, the small ones hidden."""
    hidden = {what for what, n in numbers.items() if shown(n) is None}
    others = [(n, what) for what, n in numbers.items() if n and what not in hidden]
    if len(hidden) == 1 and others:  # the total less the others would tell it
        hidden.add(min(others)[1])
    top = max((n for what, n in numbers.items() if what not in hidden), default=0) or 1
    return [
        Figure(what, None) if what in hidden else Figure(what, n, 100 * n / top)
        for what, n in numbers.items()
    ]


def largest(numbers: Mapping[str, int]) -> list[Figure]:
    """The cells from the largest down, no longer than a page."""
    ordered = sorted(numbers.items(), key=lambda item: (-item[1], item[0]))
    return cells(dict(ordered))[:MOST_PAGES]
