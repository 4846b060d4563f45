"""Every worked example of promises.md C.1, C.5, D.1, D.3 and F.4, to the day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from clairevoie.lib import calendar
from clairevoie.lib.calendar import PARIS, Pause
from clairevoie.lib.duration import Duration
from tests.promises import promise

day = date.fromisoformat


# --- C.1: retention -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("clock", "duration", "last_day", "purge_from"),
    [
        ("2024-02-29", "P5Y", "2029-02-28", "2029-03-01"),
        ("2021-11-21", "P5Y", "2026-11-21", "2026-11-22"),
        ("2021-11-22", "P5Y", "2026-11-22", "2026-11-23"),
        ("2027-01-01", "P5Y", "2032-01-01", "2032-01-02"),
        ("2028-02-29", "P2Y", "2030-02-28", "2030-03-01"),  # suspension
        ("2024-02-29", "P3Y", "2027-02-28", "2027-03-01"),  # prospect: a Sunday, no roll-forward
        ("2024-02-29", "P50Y", "2074-02-28", "2074-03-01"),  # certificate
        ("2026-06-30", "P50Y", "2076-06-30", "2076-07-01"),
        ("2026-08-31", "P6M", "2027-02-28", "2027-03-01"),  # cookie choice
        ("2026-01-31", "P13M", "2027-02-28", "2027-03-01"),  # tracker
        ("2026-11-22", "P25M", "2028-12-22", "2028-12-23"),  # raw audience
        ("2026-11-22", "P0D", "2026-11-22", "2026-11-23"),  # closure
    ],
)
def test_a_copy_is_kept_until_its_last_lawful_day_and_gone_the_next(
    clock: str, duration: str, last_day: str, purge_from: str
) -> None:
    kept = Duration.parse(duration)

    assert calendar.last_lawful_day(day(clock), kept) == day(last_day)
    assert calendar.purge_day(day(clock), kept) == day(purge_from)


@pytest.mark.parametrize(
    ("invoice", "closing", "last_day", "purge_from"),
    [
        ("2026-03-10", "12-31", "2036-12-31", "2037-01-01"),
        ("2026-06-30", "06-30", "2036-06-30", "2036-07-01"),
        ("2026-07-01", "06-30", "2037-06-30", "2037-07-01"),
    ],
)
def test_an_invoice_is_kept_ten_years_from_the_end_of_its_financial_year(
    invoice: str, closing: str, last_day: str, purge_from: str
) -> None:
    year_end = calendar.financial_year_end(day(invoice), closing)
    ten_years = Duration.parse("P10Y")

    assert calendar.last_lawful_day(year_end, ten_years) == day(last_day)
    assert calendar.purge_day(year_end, ten_years) == day(purge_from)


@pytest.mark.parametrize("closing", ["02-28", "02-29"])
def test_a_financial_year_that_ends_with_february_follows_leap_years(closing: str) -> None:
    assert calendar.financial_year_end(day("2027-03-01"), closing) == day("2028-02-29")
    assert calendar.financial_year_end(day("2028-02-29"), closing) == day("2028-02-29")
    assert calendar.financial_year_end(day("2028-03-01"), closing) == day("2029-02-28")


@pytest.mark.parametrize("closing", ["02-30", "13-01", "12", "", "31-12"])
def test_a_financial_year_cannot_end_on_an_impossible_day(closing: str) -> None:
    with pytest.raises(ValueError, match="no closing day"):
        calendar.financial_year_end(day("2026-03-10"), closing)


def test_an_instant_counts_for_its_date_in_paris() -> None:
    new_year_in_paris = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    assert calendar.paris_date(new_year_in_paris) == day("2027-01-01")

    assert calendar.paris_date(datetime(2026, 7, 1, 21, 59, tzinfo=UTC)) == day("2026-07-01")
    assert calendar.paris_date(datetime(2026, 7, 1, 22, 0, tzinfo=UTC)) == day("2026-07-02")


def test_a_day_starts_at_midnight_in_paris_also_when_clocks_change() -> None:
    winter = calendar.paris_midnight(day("2026-11-22"))
    summer = calendar.paris_midnight(day("2027-03-28"))

    assert winter.astimezone(UTC) == datetime(2026, 11, 21, 23, 0, tzinfo=UTC)
    assert summer.astimezone(UTC) == datetime(2027, 3, 27, 23, 0, tzinfo=UTC)
    assert calendar.paris_date(summer) == day("2027-03-28")


# --- C.5: notices -------------------------------------------------------------------------------


@promise("P-088")
def test_notices_leave_sixty_thirty_and_seven_days_before_the_last_lawful_day() -> None:
    last_day = calendar.last_lawful_day(day("2026-11-22"), Duration.parse("P5Y"))

    days = [
        calendar.notice_day(last_day, Duration.parse(text)) for text in ("P60D", "P30D", "P7D")
    ]

    assert days == [day("2031-09-23"), day("2031-10-23"), day("2031-11-15")]


# --- The inverse: due rows are one index range scan ---------------------------------------------

dates = st.dates(min_value=date(1980, 1, 1), max_value=date(2090, 12, 31))
durations = st.builds(
    Duration, months=st.integers(0, 12 * 50), days=st.integers(0, 400) | st.just(0)
)


@given(day=dates, duration=durations)
def test_the_latest_clock_ended_by_a_day_has_ended_and_the_next_one_has_not(
    day: date, duration: Duration
) -> None:
    clock = calendar.latest_clock_ended_by(day, duration)

    assert calendar.last_lawful_day(clock, duration) <= day
    assert calendar.last_lawful_day(clock + timedelta(days=1), duration) > day


@given(clock=dates, day=dates, duration=durations)
def test_a_clock_is_due_exactly_when_its_last_lawful_day_has_passed(
    clock: date, day: date, duration: Duration
) -> None:
    due = clock <= calendar.latest_clock_ended_by(day, duration)

    assert due == (calendar.last_lawful_day(clock, duration) <= day)


@given(clock=dates, other=dates, duration=durations)
def test_a_later_clock_never_ends_earlier(clock: date, other: date, duration: Duration) -> None:
    assume(clock <= other)
    assert calendar.last_lawful_day(clock, duration) <= calendar.last_lawful_day(other, duration)


@given(clock=dates, months=st.integers(-600, 600))
def test_adding_months_keeps_the_day_or_the_months_end(clock: date, months: int) -> None:
    later = calendar.add_months(clock, months)

    assert (later.year - clock.year) * 12 + later.month - clock.month == months
    assert later.day == clock.day or (later + timedelta(days=1)).day == 1


# --- D.1: the deadline of a request -------------------------------------------------------------


@promise("P-107")
@pytest.mark.parametrize(
    ("received", "raw", "legal", "internal", "extended"),
    [
        ("2026-01-31", "2026-02-28", "2026-03-02", "2026-02-27", "2026-04-30"),
        ("2026-03-05", "2026-04-05", "2026-04-07", "2026-04-03", "2026-06-05"),
        ("2026-04-01", "2026-05-01", "2026-05-04", "2026-04-30", "2026-07-01"),
        ("2026-04-14", "2026-05-14", "2026-05-15", "2026-05-13", "2026-07-15"),
        ("2026-08-31", "2026-09-30", "2026-09-30", "2026-09-30", "2026-11-30"),
        ("2026-11-22", "2026-12-22", "2026-12-22", "2026-12-22", "2027-02-22"),
        ("2026-11-25", "2026-12-25", "2026-12-28", "2026-12-24", "2027-02-25"),
        ("2026-12-01", "2027-01-01", "2027-01-04", "2026-12-31", "2027-03-01"),
        ("2027-01-31", "2027-02-28", "2027-03-01", "2027-02-26", "2027-04-30"),
        ("2028-01-31", "2028-02-29", "2028-02-29", "2028-02-29", "2028-05-02"),
    ],
)
def test_a_request_is_due_one_month_after_receipt_rolled_over_rest_days(
    received: str, raw: str, legal: str, internal: str, extended: str
) -> None:
    deadline = calendar.statutory_deadline(received=day(received))
    longer = calendar.statutory_deadline(received=day(received), extended=True)

    assert deadline.raw == day(raw)
    assert deadline.legal_due == day(legal)
    assert deadline.internal_due == day(internal)
    assert longer.legal_due == day(extended)
    assert longer.internal_due == day(internal), "« sous un mois » even when extended"


def test_good_friday_and_the_26th_of_december_are_working_days() -> None:
    assert calendar.is_working_day(day("2026-04-03"))
    assert calendar.is_working_day(day("2025-12-26"))
    assert not calendar.is_working_day(day("2026-04-06")), "Easter Monday"
    assert not calendar.is_working_day(day("2026-05-25")), "Whit Monday"


@pytest.mark.parametrize("year", range(2024, 2041))
def test_a_year_has_eleven_public_holidays_in_seine_saint_denis(year: int) -> None:
    first = date(year, 1, 1)
    days = [first + timedelta(days=n) for n in range(366)]
    off = {d for d in days if d.year == year and not calendar.is_working_day(d)}
    weekends = {d for d in days if d.year == year and d.weekday() >= 5}
    fixed = {(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)}
    easter = _easter(year)
    moving = {easter + timedelta(days=n) for n in (1, 39, 50)}

    assert off - weekends == {
        d for d in (*moving, *(date(year, m, n) for m, n in fixed)) if d.weekday() < 5
    }


def _easter(year: int) -> date:
    """Gauss's computation for the Gregorian calendar, independent of the package we use."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, number = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, number + 1)


# --- D.3: the clock stands still ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("received", "pauses", "legal"),
    [
        ("2026-03-05", ["2026-03-10:2026-03-20"], "2026-04-15"),
        ("2026-12-01", ["2026-12-03:2026-12-17"], "2027-01-15"),
        ("2026-03-05", ["2026-03-10:2026-03-18", "2026-03-15:2026-03-20"], "2026-04-15"),
        ("2026-03-05", ["2026-03-15:2026-03-20", "2026-03-10:2026-03-15"], "2026-04-15"),
        ("2026-03-05", ["2026-03-10:2026-03-20", "2026-03-12:2026-03-14"], "2026-04-15"),
        ("2026-03-05", ["2026-03-10:2026-03-10"], "2026-04-07"),
    ],
)
def test_days_spent_waiting_for_an_identity_do_not_count(
    received: str, pauses: list[str], legal: str
) -> None:
    stops = [Pause.parse(text) for text in pauses]

    assert calendar.statutory_deadline(received=day(received), pauses=stops).legal_due == day(
        legal
    )


@pytest.mark.parametrize("text", ["2026-03-10", "2026-03-20:2026-03-10", "2026-02-30:2026-03-01"])
def test_an_impossible_pause_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no pause"):
        Pause.parse(text)


@given(received=dates, extended=st.booleans())
def test_deadlines_fall_on_working_days_around_the_raw_date(
    *, received: date, extended: bool
) -> None:
    deadline = calendar.statutory_deadline(received=received, extended=extended)

    assert calendar.is_working_day(deadline.legal_due)
    assert calendar.is_working_day(deadline.internal_due)
    assert deadline.internal_due <= deadline.raw <= deadline.legal_due
    assert deadline.legal_due - deadline.raw <= timedelta(days=4)


# --- F.4: seventy-two real hours ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("aware", "due"),
    [
        ("2026-10-24T14:00", "2026-10-27T13:00+01:00"),
        ("2027-03-27T14:00", "2027-03-30T15:00+02:00"),
        ("2026-12-24T18:00", "2026-12-27T18:00+01:00"),
    ],
)
def test_a_breach_is_notified_within_seventy_two_real_hours(aware: str, due: str) -> None:
    aware_at = datetime.fromisoformat(aware).replace(tzinfo=PARIS)

    assert calendar.breach_deadline(aware_at) == datetime.fromisoformat(due)


def test_today_is_the_date_in_paris(time_machine: object) -> None:
    time_machine.move_to(datetime(2026, 11, 22, 23, 30, tzinfo=UTC), tick=False)  # type: ignore[attr-defined]

    assert calendar.now() == datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
    assert calendar.today() == day("2026-11-23")
