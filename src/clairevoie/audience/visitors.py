"""Who comes back, for those who agreed: a random number in a cookie, and the day it was drawn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

from clairevoie.lib import calendar
from clairevoie.lib.duration import Duration

TRACKER = "visite"  # its code in policy/trackers.toml


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
