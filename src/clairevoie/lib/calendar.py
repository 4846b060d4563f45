"""All date arithmetic of the platform (promises.md, sections C and D).

Dates are Europe/Paris dates. Nothing else in the code base adds months, converts an
instant to a date, or asks what day it is: edges call :func:`today` and :func:`now`, everything
below takes ``on=`` or ``at=``.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Self
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


def notice_day(last_day: date, before: Duration) -> date:
    """The day on which a notice ``before`` the last lawful day is sent (C.5)."""
    return add_months(last_day, -before.months) - timedelta(days=before.days)


def financial_year_end(day: date, closing: str) -> date:
    """The close of the financial year that holds ``day``; ``closing`` is "MM-DD" ("12-31").

    A closing on the last day of February follows leap years. Raises ``ValueError`` when
    ``closing`` is no day of a year.
    """
    try:
        model = date.fromisoformat(f"2024-{closing}")  # a leap year: 02-29 is a day, 02-30 is not
    except ValueError as wrong:
        raise ValueError(f"« {closing} » is no closing day such as 12-31") from wrong

    def close(year: int) -> date:
        if closing in ("02-28", "02-29"):
            return date(year, 2, monthrange(year, 2)[1])
        return model.replace(year=year)

    return close(day.year) if day <= close(day.year) else close(day.year + 1)


# --- Working days (règl. 1182/71 art. 2-3; C. trav. L3133-1) ------------------------------------


@cache
def _public_holidays(year: int) -> frozenset[date]:
    """The eleven of metropolitan France; Good Friday and 26 December are working days."""
    from holidays import country_holidays  # noqa: PLC0415  # 0.1 s that few processes need

    return frozenset(country_holidays("FR", years=year))


def is_working_day(day: date) -> bool:
    """Neither Saturday, Sunday nor a public holiday."""
    return day.weekday() < 5 and day not in _public_holidays(day.year)


def rolled_forward(day: date) -> date:
    """``day``, or the next working day."""
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def rolled_back(day: date) -> date:
    """``day``, or the working day before."""
    while not is_working_day(day):
        day -= timedelta(days=1)
    return day


# --- The statutory deadline of a request (GDPR art. 12(3); promises.md D.1, D.3) ----------------


@dataclass(frozen=True, slots=True, order=True)
class Pause:
    """The clock stands still from the day more was asked until the day it was supplied."""

    asked_on: date
    supplied_on: date

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``2026-03-10:2026-03-20``. Raises ``ValueError`` when it is no such pair."""
        try:
            asked, supplied = (date.fromisoformat(part) for part in text.split(":"))
        except ValueError as wrong:
            raise ValueError(f"« {text} » is no pause such as 2026-03-10:2026-03-20") from wrong
        if supplied < asked:
            raise ValueError(f"« {text} » is no pause: it ends before it starts")
        return cls(asked, supplied)


def suspended_days(pauses: Iterable[Pause]) -> int:
    """Days during which the clock stood still; overlapping pauses count once."""
    total, until = 0, date.min
    for pause in sorted(pauses):
        start = max(pause.asked_on, until)
        if pause.supplied_on > start:
            total += (pause.supplied_on - start).days
            until = pause.supplied_on
    return total


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """Until when a request must be answered, as last days (23:59:59 in Paris)."""

    raw: date
    legal_due: date
    internal_due: date


def statutory_deadline(
    *, received: date, extended: bool = False, pauses: Iterable[Pause] = ()
) -> Deadline:
    """One month from the day of receipt, three when extended, plus the suspended days.

    The law rolls forward over rest days; the internal deadline stays within the first month
    (P-107) and rolls back, so that it holds even for the strictest reader.
    """
    paused = timedelta(days=suspended_days(pauses))
    first_month = add_months(received, 1) + paused
    raw = add_months(received, 3) + paused if extended else first_month
    return Deadline(raw=raw, legal_due=rolled_forward(raw), internal_due=rolled_back(first_month))


# --- Real hours ---------------------------------------------------------------------------------

BREACH_HOURS = 72  # GDPR art. 33(1); a proposal of 19 Nov 2025 would say 96: check before changing


def breach_deadline(aware_at: datetime) -> datetime:
    """72 real hours after we became aware (F.4): nights, weekends and clock changes count."""
    return aware_at.astimezone(UTC) + timedelta(hours=BREACH_HOURS)
