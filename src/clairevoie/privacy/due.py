"""What is due: one index range scan a rule, ``clock <= cutoff(rule, on)``.

Two kinds of lines: people whose clock ran out (last use, suspension, closure, last contact),
and rows of a table whose own date ran out. Restricted people and held copies are not due.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import (
    BooleanField,
    Case,
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
from clairevoie.privacy.tables import Copies, Table, fetch, quoted, tables_kept, unlinked_kept

COLUMN = {
    Clock.LAST_USE: "last_use",
    Clock.LAST_CONTACT: "last_contact",
    Clock.SUSPENSION: "suspended_on",
    Clock.CLOSURE: "closed_on",
}
ACCOUNT_CLOCKS = ("last_use", "suspended_on", "closed_on")
PROSPECTING = "prospecting"
HUB = quoted(DataSubject._meta.db_table)
HOLD = quoted(LegalHold._meta.db_table)


@dataclass(frozen=True, slots=True)
class Line:
    """One rule applied to the people it counts from, or to one table's rows."""

    rule: RetentionRule
    table: Copies | None = None

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

    @property
    def column(self) -> str:
        return str(self.rows().model._meta.get_field(self.clock).column)

    def cutoff(self, on: date) -> Any:
        """The parameter of ``clock < %s``: what ran out before ``on``."""
        bound = self.bound(self.first_clock_not_due(on))
        if isinstance(bound, datetime):
            return connection.ops.adapt_datetimefield_value(bound)
        return bound.isoformat()

    def first_clock_not_due(self, on: date) -> date:
        assert self.rule.duration is not None
        latest = calendar.latest_clock_ended_by(on - timedelta(days=1), self.rule.duration)
        return latest + timedelta(days=1)

    def past(self, on: date) -> QuerySet[Any]:
        """Whatever ran out before ``on``, frozen copies included."""
        past = self.rows().filter(
            **{f"{self.clock}__lt": self.bound(self.first_clock_not_due(on))}
        )
        if self.rule.clock is Clock.LAST_CONTACT:
            past = past.filter(_no_account() | _has_rows(tables_kept(self.copies)))
        return past.filter(dormant_since=None) if self.rule.then is Ending.DORMANT else past

    def frozen(self) -> Q:
        """SQL: a restriction or a live hold on these copies."""
        live = LegalHold.including_restricted.filter(
            subject=OuterRef("pk"), released_on=None, rule__in=("", self.copies)
        )
        locked = Q(restricted=True) | Q(Q(held=True), Exists(live))
        if self.table is None:
            return locked
        if not isinstance(self.table, Table):
            return Q(pk__in=[])  # nobody to restrict, nobody's copies to hold
        declared = self.table.declaration
        key = "uuid" if declared.by_number else "pk"
        person = DataSubject.objects.filter(locked, **{key: OuterRef(declared.subject)})
        return Q(Exists(person))

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
            every = (*tables_kept(rule.code), *unlinked_kept(rule.code))
            yield from (Line(rule, table) for table in every)
    yield from (Line(rule) for rule in people if rule.then is Ending.DORMANT)


def measure(on: date) -> tuple[Due, ...]:
    """Count every line: one statement over one index range a line.

    The ranges are counted without asking of each row whether its person is frozen. Frozen
    people are few: they are counted from their side, in a second statement, only where there
    are any.
    """
    every = tuple(lines())
    past = _count(every, on, "")
    anyone = DataSubject.objects.filter(Q(restricted=True) | Q(held=True)).exists()
    frozen = _count(every, on, _FROZEN) if anyone else [_NOTHING] * len(every)
    return tuple(
        _due(line, on, *counted) for line, *counted in zip(every, past, frozen, strict=True)
    )


_Counted = tuple[int, date | None, date | None]
_NOTHING: _Counted = (0, None, None)
_FROZEN = (
    "{owner} IN (SELECT id FROM {hub} WHERE restricted UNION ALL SELECT subject_id FROM {hold} "
    "WHERE released_on IS NULL AND rule IN ('', %s))"
)


# Members keep a date of last contact too; they are due under this rule only for a prospect's file.
_PROSPECT = "(last_use IS NULL AND suspended_on IS NULL AND closed_on IS NULL{files})"


def _file(table: Table) -> str:
    whose = table.of("{owner} = " + f"{HUB}.id")
    return f" OR EXISTS (SELECT 1 FROM {table.name} WHERE {whose})"


def _no_account() -> Q:
    return Q(*((f"{clock}__isnull", True) for clock in ACCOUNT_CLOCKS))


def _has_rows(some: Iterable[Table]) -> Q:
    found = Q(pk__in=[])
    for table in some:
        owner = table.declaration.subject
        rows = table.declaration.model._base_manager.filter(**{owner: OuterRef("pk")})
        found |= Q(Exists(rows))
    return found


def _count(every: tuple[Line, ...], on: date, condition: str) -> list[_Counted]:
    parts, parameters = [], []
    for number, line in enumerate(every):
        part, values = _range(line, on, condition)
        parts.append(f"SELECT {number}, {part}")
        parameters += values
    rows = fetch(" UNION ALL ".join(parts), parameters)
    return [(count, _read(low), _read(top)) for _, count, low, top in sorted(rows)]


def _range(line: Line, on: date, condition: str) -> tuple[str, list[Any]]:
    """One line's count and extreme clocks, as text because dates and instants meet here."""
    table = line.table.name if line.table else HUB
    clock = f"{table}.{quoted(line.column)}"
    where, values = [f"{clock} < %s"], [line.cutoff(on)]
    if line.rule.then is Ending.DORMANT:
        where.append("dormant_since IS NULL")
    if line.rule.clock is Clock.LAST_CONTACT:
        where.append(_PROSPECT.format(files="".join(_file(t) for t in tables_kept(line.copies))))
    if condition and line.table and not isinstance(line.table, Table):
        where.append("1 = 0")  # nobody to freeze
    elif condition:
        condition = condition.replace("{hub}", HUB).replace("{hold}", HOLD)
        where.append(
            line.table.of(condition)
            if isinstance(line.table, Table)
            else condition.format(owner=f"{HUB}.id")
        )
        values.append(line.copies)
    return (
        f"count(*), CAST(min({clock}) AS text), CAST(max({clock}) AS text) "
        f"FROM {table} WHERE {' AND '.join(where)}",
        values,
    )


def _due(line: Line, on: date, past: _Counted, frozen: _Counted) -> Due:
    count, oldest, latest = past
    skipped = frozen[0]
    if skipped:  # the extremes may be those of what stays
        ends = line.due(on).order_by().aggregate(low=Min(line.clock), top=Max(line.clock))
        oldest, latest = _as_date(ends["low"]), _as_date(ends["top"])
    return Due(line=line, count=count - skipped, skipped=skipped, oldest=oldest, latest=latest)


def _read(text: str | None) -> date | None:
    """A date, or the Paris date of an instant, as either engine writes it."""
    if text is None or len(text) == len("2026-11-22"):
        return date.fromisoformat(text) if text else None
    instant = datetime.fromisoformat(text)
    return calendar.paris_date(instant if instant.tzinfo else instant.replace(tzinfo=UTC))


def next_purge_day(line: Line, after: date) -> date | None:
    """The first day past ``after`` on which something of this line runs out."""
    duration = line.rule.duration
    assert duration is not None
    coming = line.rows().filter(
        **{f"{line.clock}__gte": line.bound(line.first_clock_not_due(after))}
    )
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
