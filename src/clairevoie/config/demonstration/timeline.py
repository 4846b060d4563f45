"""Stories told in the order of time, so that ledger and dates read as they would in life."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from clairevoie.accounts.models import Member
from clairevoie.lib import calendar
from clairevoie.privacy.models import DataSubject


@dataclass(slots=True)
class World:
    """Who exists so far, by key."""

    now: datetime
    password: str  # hashed: Argon2 is slow on purpose, once is enough
    members: dict[str, Member] = field(default_factory=dict)
    prospects: dict[str, DataSubject] = field(default_factory=dict)

    @property
    def today(self) -> date:
        return calendar.paris_date(self.now)

    def at(self, days_ago: int, hour: int = 10, minute: int = 0) -> datetime:
        """An instant that many days before today; never after now."""
        day = self.today - timedelta(days=days_ago)
        return min(datetime.combine(day, time(hour, minute), tzinfo=calendar.PARIS), self.now)

    def day(self, days_ago: int) -> date:
        return self.today - timedelta(days=days_ago)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happens at an instant."""

    at: datetime
    happen: Callable[[World, datetime], object]


def tell(world: World, events: Iterable[Event], *, told: Callable[[], object]) -> None:
    """Make everything happen, earliest first; events of one instant in the order given."""
    for event in sorted(events, key=lambda event: event.at):
        event.happen(world, event.at)
        told()
