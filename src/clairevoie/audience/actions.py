"""Writing a visit down, and forgetting the visits of who takes their consent back."""

from __future__ import annotations

from datetime import datetime, timedelta

from clairevoie.audience.models import Visit
from clairevoie.audience.visitors import Visitor

PAUSE = timedelta(minutes=30)  # a longer silence ends a visit
# Interval since the visit before, in days → what the dashboard calls it.
FIRST = "first"
INTERVALS = ((1, "same-day"), (7, "week"), (31, "month"), (92, "quarter"))
LATER = "later"


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
