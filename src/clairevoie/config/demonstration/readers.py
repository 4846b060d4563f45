"""What was read on the demonstration's site: counts of ninety days, drawn from a fixed seed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, datetime

from clairevoie.audience.models import Cell, Count, Family
from clairevoie.config.demonstration.timeline import Event, World

DAYS = 90
_SEED = 2026
# Of a hundred pages read: which, when, by which way, after how long.
_PAGES = {
    "/": 41,
    "/confidentialite/": 14,
    "/satisfaction/": 11,
    "/connexion/": 16,
    "/mon-compte/": 12,
    "/inscription/": 4,
    "/cookies/": 2,
}
_HOURS = (1, 0, 0, 0, 0, 1, 2, 4, 7, 9, 9, 8, 6, 7, 9, 8, 7, 6, 5, 4, 4, 3, 2, 1)
_WAYS_IN = {"none": 62, "cross-site": 38}
_RETURNS = {"first": 52, "week": 24, "month": 13, "same-day": 8, "quarter": 3}


def readers(world: World) -> Iterator[Event]:
    """Sums alone: no visit is made up, because a visit is somebody's."""
    yield Event(world.at(1, 23), _read)


def _read(world: World, _at: datetime) -> None:
    dice = random.Random(_SEED)  # noqa: S311  # the same figures for every newcomer
    counts: dict[Cell, int] = {}
    for days_ago in range(1, DAYS + 1):
        day = world.day(days_ago)
        read = dice.randint(110, 170) // (3 if day.weekday() >= 5 else 1)
        counts |= _day(day, read=read, dice=dice)
    Count.objects.add(counts)


def _day(day: date, *, read: int, dice: random.Random) -> dict[Cell, int]:
    visits = read * dice.randint(24, 34) // 100
    shares = (
        (Family.PAGE, _PAGES, read),
        (Family.ACTIVITY, {f"{hour:02}": share for hour, share in enumerate(_HOURS)}, read),
        (Family.VISIT, _WAYS_IN, visits),
        (Family.RETURN, _RETURNS, visits // 3),
    )
    return {
        Cell(day, family, what): n
        for family, parts, total in shares
        for what, n in _drawn(parts, total, dice).items()
    }


def _drawn(parts: dict[str, int], total: int, dice: random.Random) -> dict[str, int]:
    drawn = dice.choices(list(parts), weights=list(parts.values()), k=total)
    return {what: drawn.count(what) for what in sorted(set(drawn))}
