"""What is due: one index range scan a rule, ``clock <= cutoff(rule, on)``.

Two kinds of lines: people whose clock ran out (last use, suspension, closure, last contact),
and rows of a table whose own date ran out. Restricted people and held copies are not due.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    Count,
    DateTimeField,
    Exists,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)

from clairevoie import policy
from clairevoie.lib import calendar
from clairevoie.policy import Clock, Ending, RetentionRule
from clairevoie.privacy.gate import consented
from clairevoie.privacy.models import DataSubject, LegalHold
from clairevoie.privacy.tables import Table, tables_kept

COLUMN = {
    Clock.LAST_USE: "last_use",
    Clock.LAST_CONTACT: "last_contact",
    Clock.SUSPENSION: "suspended_on",
    Clock.CLOSURE: "closed_on",
}
ACCOUNT_CLOCKS = ("last_use", "suspended_on", "closed_on")
PROSPECTING = "prospecting"


@dataclass(frozen=True, slots=True)
class Line:
    """One rule applied to the people it counts from, or to one table's rows."""

    rule: RetentionRule
    table: Table | None = None

    @property
    def what(self) -> str:
        return self.table.declaration.label if self.table else DataSubject._meta.label

    @property
    def copies(self) -> str:
        """The retention rule under which the copies are declared."""
        return self.rule.same_copies_as or self.rule.code

    @property
    def clock(self) -> str:
        if self.table is None:
            return COLUMN[self.rule.clock]
        assert self.table.clock_field is not None
        return self.table.clock_field.name

    def rows(self) -> QuerySet[Any]:
        if self.table is None:
            return DataSubject.objects.all()
        rows: QuerySet[Any] = self.table.declaration.model._base_manager.all()
        return rows

    def bound(self, day: date) -> Any:
        """``day`` as the clock column holds days: a date, or the instant the day begins."""
        if self.table is not None and isinstance(self.table.clock_field, DateTimeField):
            return calendar.paris_midnight(day)
        return day

    def past(self, on: date) -> QuerySet[Any]:
        """Whatever ran out before ``on``, frozen copies included."""
        assert self.rule.duration is not None
        latest = calendar.latest_clock_ended_by(on - timedelta(days=1), self.rule.duration)
        past = self.rows().filter(**{f"{self.clock}__lt": self.bound(latest + timedelta(days=1))})
        return past.filter(dormant_since=None) if self.rule.then is Ending.DORMANT else past

    def frozen(self) -> Q:
        """SQL: a restriction or a live hold on these copies."""
        live = LegalHold.including_restricted.filter(
            subject=OuterRef("pk"), released_on=None, rule__in=("", self.copies)
        )
        locked = Q(restricted=True) | Q(Q(held=True), Exists(live))
        if self.table is None:
            return locked
        path = self.table.declaration.subject
        return Q(Exists(DataSubject.objects.filter(locked, pk=OuterRef(path))))

    def due(self, on: date) -> QuerySet[Any]:
        """What leaves on ``on``, in the order of the clock."""
        return self.past(on).filter(~self.frozen()).order_by(self.clock, "pk")


@dataclass(frozen=True, slots=True)
class Due:
    """How much of one line is due: ``skipped`` is what a restriction or a hold keeps."""

    line: Line
    count: int
    skipped: int
    oldest: date | None
    latest: date | None


def lines() -> Iterator[Line]:
    """Every rule on every table it governs: people first, so that shells empty the same night.

    Dormancy comes last: whoever leaves tonight need not fall asleep before.
    """
    rules = policy.current().retention.values()
    people = [rule for rule in rules if rule.clock in COLUMN]
    yield from (Line(rule) for rule in people if rule.then is Ending.ERASE)
    for rule in rules:
        if rule.clock is Clock.RECORD:
            yield from (Line(rule, table) for table in tables_kept(rule.code))
    yield from (Line(rule) for rule in people if rule.then is Ending.DORMANT)


def measure(line: Line, on: date) -> Due:
    """Count one line: one aggregate over one index range, and the few frozen copies apart.

    The range is counted without asking for each row whether its person is frozen: those are
    few, so they are looked up from their side; only where there are some is the rest asked.
    """
    skipped = line.past(on).filter(line.frozen()).count()
    rows = line.due(on) if skipped else line.past(on)
    found = rows.order_by().aggregate(
        count=Count("pk"), oldest=Min(line.clock), latest=Max(line.clock)
    )
    return Due(
        line=line,
        count=found["count"],
        skipped=skipped,
        oldest=_as_date(found["oldest"]),
        latest=_as_date(found["latest"]),
    )


def next_purge_day(line: Line, after: date) -> date | None:
    """The first day past ``after`` on which something of this line runs out."""
    duration = line.rule.duration
    assert duration is not None
    latest = calendar.latest_clock_ended_by(after - timedelta(days=1), duration)
    coming = line.rows().filter(**{f"{line.clock}__gte": line.bound(latest + timedelta(days=1))})
    soonest = _as_date(coming.aggregate(soonest=Min(line.clock))["soonest"])
    return None if soonest is None else calendar.purge_day(soonest, duration)


def stays_known(line: Line, on: date) -> Case:
    """SQL: this end leaves the person another running purpose, so only these copies go.

    An account ends while a prospect's file is alive: after closing or suspension that takes
    a live consent to prospecting (C.4). A prospect's file ends while an account is alive.
    """
    if line.rule.clock is Clock.LAST_CONTACT:
        alive = Q(*((f"{clock}__isnull", False) for clock in ACCOUNT_CLOCKS), _connector=Q.OR)
    else:
        prospect = policy.current().retention["prospect"].duration
        assert prospect is not None
        latest = calendar.latest_clock_ended_by(on - timedelta(days=1), prospect)
        alive = Q(last_contact__gt=latest)
        if line.rule.clock is not Clock.LAST_USE:
            alive &= consented(PROSPECTING, subject="pk")
    return Case(
        When(alive, then=Value(value=True)),
        default=Value(value=False),
        output_field=BooleanField(),
    )


def _as_date(value: Any) -> date | None:
    return calendar.paris_date(value) if hasattr(value, "tzinfo") else value
