"""Who comes back, for those who agreed: a random number, and the interval between two visits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from clairevoie.audience.models import Visit
from clairevoie.lib import calendar
from clairevoie.lib.duration import Duration

TRACKER = "visite"  # its code in policy/trackers.toml
PAUSE = timedelta(minutes=30)  # a longer silence ends a visit

# Interval since the visit before, in days → what the dashboard calls it.
FIRST = "first"
INTERVALS = ((1, "same-day"), (7, "week"), (31, "month"), (92, "quarter"))
LATER = "later"


@dataclass(frozen=True, slots=True)
class Visitor:
    """The number in the cookie and the day it was drawn, which no visit moves (P-048)."""

    number: UUID
    since: date

    @classmethod
    def new(cls, *, on: date) -> Visitor:
        return cls(number=uuid4(), since=on)

    @classmethod
    def of(cls, text: str) -> Visitor | None:
        """The visitor of a cookie's text; None for what we never write."""
        number, _, day = text.partition(".")
        try:
            found = cls(number=UUID(hex=number), since=date.fromisoformat(day))
        except ValueError:
            return None
        return found if found.text == text else None

    def lives(self, *, on: date, lifetime: Duration) -> bool:
        """The number serves until its last day, which no visit moves."""
        return self.since <= on <= calendar.last_lawful_day(self.since, lifetime)

    @property
    def text(self) -> str:
        return f"{self.number.hex}.{self.since.isoformat()}"


def begin_visit(visitor: Visitor, *, at: datetime) -> str | None:
    """Write a visit down; returns the interval since the one before, None if that one goes on."""
    visits = Visit.objects.filter(visitor=visitor.number)
    last = visits.order_by("-happened_at").values_list("happened_at", flat=True).first()
    if last is not None and at - last < PAUSE:
        return None
    Visit.objects.create(visitor=visitor.number, happened_at=at)
    return FIRST if last is None else _interval(at - last)


def _interval(silence: timedelta) -> str:
    return next((name for days, name in INTERVALS if silence < timedelta(days=days)), LATER)


def forget(visitor: Visitor) -> int:
    """The person took their consent back: what it allowed to keep goes at once."""
    return Visit.objects.filter(visitor=visitor.number).delete()[0]
