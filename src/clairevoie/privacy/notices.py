"""Warnings before a term (promises.md C.5): written here, delivered by a higher app.

A notice is neither a contact nor a use. Nobody who arrives with a back-log leaves unwarned.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction

from clairevoie import policy
from clairevoie.lib import calendar
from clairevoie.lib.duration import Duration
from clairevoie.policy import RetentionRule
from clairevoie.privacy import ledger
from clairevoie.privacy.due import COLUMN, Line
from clairevoie.privacy.models import DataSubject, ExpiryNotice, LegalHold
from clairevoie.privacy.tables import execute, quoted

BACKLOG = "arrived-with-a-backlog"
_HUB = quoted(DataSubject._meta.db_table)
_NOTICE = quoted(ExpiryNotice._meta.db_table)
_HOLD = quoted(LegalHold._meta.db_table)


def warn(*, on: date) -> int:
    """Write the notices due on ``on``; returns how many. A second run adds none."""
    with transaction.atomic():
        written = sum(_warn(rule, on) for rule in _rules_with_notices())
        if written:
            ledger.append(
                executor="retention.notice",
                at=calendar.now(),
                facts={"on": on.isoformat(), "count": written},
            )
    return written


def _rules_with_notices() -> list[RetentionRule]:
    return [r for r in policy.current().retention.values() if r.notices and r.clock in COLUMN]


def _warn(rule: RetentionRule, on: date) -> int:
    """One day of the coming window at a time: each is a short range of the clock's index."""
    stages = sorted(rule.notices, key=lambda notice: notice.longest_days)
    written = 0
    for days in range(stages[-1].longest_days + 1):
        stage = next(s for s in stages if s.longest_days >= days)
        last_day = on + timedelta(days=days)
        written += _write(rule, stage=stage, ending=last_day, last_day=last_day, on=on)
    return written


def _write(rule: RetentionRule, *, stage: Duration, ending: date, last_day: date, on: date) -> int:
    """One notice for everybody whose term under ``rule`` ends on the day ``ending``."""
    where, bounds = _ending_on(rule, ending)
    return execute(
        f"INSERT INTO {_NOTICE} (subject_id, rule, last_day, stage, made_on, channel) "
        f"SELECT id, %s, %s, %s, %s, '' FROM {_HUB} WHERE {where} ON CONFLICT DO NOTHING",
        (rule.code, last_day.isoformat(), str(stage), on.isoformat(), *bounds),
    )


def _ending_on(rule: RetentionRule, last_day: date) -> tuple[str, tuple[str, str]]:
    assert rule.duration is not None
    clock = COLUMN[rule.clock]
    low = calendar.latest_clock_ended_by(last_day - timedelta(days=1), rule.duration)
    high = calendar.latest_clock_ended_by(last_day, rule.duration)
    awake = " AND dormant_since IS NULL" if rule.then is policy.Ending.DORMANT else ""
    where = f"{clock} > %s AND {clock} <= %s AND deceased_on IS NULL{awake}"
    return where, (low.isoformat(), high.isoformat())


def grant_backlog_grace(*, on: date) -> int:
    """Time for those whom no notice could reach: on a first run, or after the job stood still.

    Never purge without the full first notice; whoever is past the term already gets the last
    one alone (C.5 [D]). The grace is a hold that ends by itself; returns how many people.
    """
    with transaction.atomic():
        granted = sum(
            _grant(rule, on) for rule in _rules_with_notices() if rule.then is policy.Ending.ERASE
        )
        if granted:
            ledger.append(
                executor="retention.backlog",
                at=calendar.now(),
                facts={"on": on.isoformat(), "count": granted},
            )
    return granted


def _grant(rule: RetentionRule, on: date) -> int:
    """People past the term, or within the first notice's time of it, who never had a notice."""
    stages = sorted(rule.notices, key=lambda notice: notice.longest_days)
    first, last = stages[-1], stages[0]
    assert rule.duration is not None
    over = calendar.latest_clock_ended_by(on - timedelta(days=1), rule.duration)
    near = calendar.latest_clock_ended_by(
        on + timedelta(days=first.longest_days - 1), rule.duration
    )
    granted = _defer(rule, date.min, over, stage=last, on=on)
    return granted + _defer(rule, over, near, stage=first, on=on)


def _defer(rule: RetentionRule, low: date, high: date, *, stage: Duration, on: date) -> int:
    """Notice and hold, both for the same people: clock in ``(low, high]`` and never warned."""
    clock = COLUMN[rule.clock]
    copies = Line(rule).copies
    until = (on + timedelta(days=stage.longest_days)).isoformat()
    where = (
        f"{clock} > %s AND {clock} <= %s AND deceased_on IS NULL AND NOT EXISTS "
        f"(SELECT 1 FROM {_NOTICE} n WHERE n.subject_id = {_HUB}.id AND n.rule = %s)"
    )
    bounds = (low.isoformat(), high.isoformat(), rule.code)
    held = execute(
        f"INSERT INTO {_HOLD} (subject_id, reason, rule, since, until, review_on) "
        f"SELECT id, %s, %s, %s, %s, %s FROM {_HUB} WHERE {where}",
        (BACKLOG, copies, on.isoformat(), until, until, *bounds),
    )
    execute(f"UPDATE {_HUB} SET held = TRUE WHERE {where}", bounds)
    execute(
        f"INSERT INTO {_NOTICE} (subject_id, rule, last_day, stage, made_on, channel) "
        f"SELECT id, %s, %s, %s, %s, '' FROM {_HUB} WHERE {where} ON CONFLICT DO NOTHING",
        (rule.code, until, str(stage), on.isoformat(), *bounds),
    )
    return held
