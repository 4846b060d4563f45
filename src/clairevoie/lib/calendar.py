"""All date arithmetic of the platform (promises.md, sections C and D).

Dates are Europe/Paris dates. Nothing else in the code base adds months, converts an
instant to a date, or asks what day it is: edges call :func:`today` and :func:`now`, everything
below takes ``on=`` or ``at=``.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from clairevoie.lib.duration import Duration

PARIS = ZoneInfo("Europe/Paris")


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """The present date in Paris."""
    return paris_date(now())


def paris_date(instant: datetime) -> date:
    """The date on the wall in Paris at an aware ``instant``."""
    return instant.astimezone(PARIS).date()


def paris_midnight(day: date) -> datetime:
    """The first instant of ``day`` in Paris."""
    return datetime.combine(day, time.min, tzinfo=PARIS)


def add_months(day: date, months: int) -> date:
    """Same day number ``months`` later, clipped to the month's end (29 Feb + 1 y → 28 Feb)."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def last_lawful_day(clock: date, duration: Duration) -> date:
    """Last day on which a copy may be kept: the day of the event is not counted (C.1)."""
    return add_months(clock, duration.months) + timedelta(days=duration.days)


def purge_day(clock: date, duration: Duration) -> date:
    """First day on which the copy must be gone; no roll-forward for weekends."""
    return last_lawful_day(clock, duration) + timedelta(days=1)


def latest_clock_ended_by(day: date, duration: Duration) -> date:
    """The latest clock whose last lawful day is ``day`` or before.

    The inverse of :func:`last_lawful_day`, so that due rows are one index range scan:
    ``clock <= latest_clock_ended_by(on - 1 day, duration)``. Month-end clipping maps several
    clocks to one last day (28 and 29 Feb 2024 + 5 y), hence the short walk upwards.
    """
    clock = add_months(day - timedelta(days=duration.days), -duration.months)
    while last_lawful_day(clock + timedelta(days=1), duration) <= day:
        clock += timedelta(days=1)
    while last_lawful_day(clock, duration) > day:
        clock -= timedelta(days=1)
    return clock
