"""Retention: what is due (a pure plan), doing it, and telling what would come (promises.md C).

    plan = retention.plan(on)
    retention.carry_out(plan)

Every batch is one transaction with its own evidence, so a run may be killed at any
instruction, run again, or run by several workers side by side: what is done is done, what is
not is still due. Nothing is loaded but ids.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction

from clairevoie.lib import calendar
from clairevoie.policy import Clock, Ending
from clairevoie.privacy import ledger
from clairevoie.privacy.due import (
    ACCOUNT_CLOCKS,
    Due,
    Line,
    lines,
    measure,
    next_purge_day,
    stays_known,
)
from clairevoie.privacy.erasure import (
    erase_batch,
    fingerprint,
    prove_shells_are_empty,
    queue_files,
    remove,
    remove_empty_shells,
)
from clairevoie.privacy.models import DataSubject
from clairevoie.privacy.tables import Table, remove_rows, tables_kept

BATCH = 1_000
_PROOF = "retention.prove"
Progress = Callable[[Due, int], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """What leaves on ``on``: printable, changes nothing."""

    on: date
    due: tuple[Due, ...]

    @property
    def total(self) -> int:
        return sum(due.count for due in self.due)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one run did: people or rows, by rule and table."""

    on: date
    done: tuple[tuple[str, str, int], ...]

    @property
    def total(self) -> int:
        return sum(count for _, _, count in self.done)


def plan(on: date) -> Plan:
    """What is due on ``on``, rule by rule."""
    return Plan(on=on, due=measure(on))


def carry_out(plan: Plan, *, batch: int = BATCH, progress: Progress | None = None) -> Outcome:
    """Do it. Each line is read again batch by batch: a plan that aged is never wrong."""
    done = []
    for due in plan.due:
        count = 0
        while removed := _one_batch(due.line, on=plan.on, size=batch):
            count += removed
            if progress is not None:
                progress(due, removed)
        if count:
            done.append((due.line.rule.code, due.line.what, count))
    # A rule with nothing due was executed all the same: the public page says when.
    rules = sorted({due.line.rule.code for due in plan.due})
    ledger.mark_executed([f"retention.{rule}" for rule in rules], at=calendar.now())
    return Outcome(on=plan.on, done=tuple(done))


def prove(*, on: date) -> None:
    """Look at the people of whom an archive is kept, erased since the last proof: nothing else
    of them is left. Of all others the database's own keys prove it, batch by batch.

    Raises :class:`~clairevoie.privacy.erasure.ResidueLeft`.
    """
    last = ledger.last_run(_PROOF)
    # A day earlier: a run may have been killed after the proof, on the same date.
    since = calendar.paris_date(last) - timedelta(days=1) if last else date.min
    prove_shells_are_empty(since=min(since, on))
    ledger.mark_executed([_PROOF], at=calendar.now())


def simulate(*, start: date, until: date) -> Iterator[Outcome]:
    """Walk the calendar from ``start`` to ``until`` and do what each day brings.

    Only on a copy of the data: the caller provides it. Days on which nothing is due are
    stepped over.
    """
    day: date | None = start
    while day is not None and day <= until:
        outcome = carry_out(plan(day))
        if outcome.total:
            yield outcome
        day = min(
            (found for line in lines() if (found := next_purge_day(line, day))), default=None
        )


def _one_batch(line: Line, *, on: date, size: int) -> int:
    with transaction.atomic():
        if line.table is not None:
            return _end_rows(line, on=on, size=size)
        if line.rule.then is Ending.DORMANT:
            return _put_to_sleep(line, on=on, size=size)
        return _end_people(line, on=on, size=size)


def _end_people(line: Line, *, on: date, size: int) -> int:
    rows = list(
        line.due(on)
        .annotate(stays=stays_known(line, on))
        .select_for_update(skip_locked=True, of=("self",))
        .values_list("pk", "uuid", line.clock, "stays")[:size]
    )
    if not rows:
        return 0
    leaving = [pk for pk, _, _, stays in rows if not stays]
    staying = [pk for pk, _, _, stays in rows if stays]
    counts = erase_batch(leaving, on=on) if leaving else {}
    if staying:
        for label, count in remove(tables_kept(line.copies), staying).items():
            counts[label] = counts.get(label, 0) + count
        _stop_clocks(line, staying)
    evidence = _evidence((str(uuid) for _, uuid, _, _ in rows), [clock for _, _, clock, _ in rows])
    _write(line, on, len(rows), evidence | {"tables": counts, "stayed": len(staying)})
    return len(rows)


def _stop_clocks(line: Line, ids: Sequence[int]) -> None:
    prospect = line.rule.clock is Clock.LAST_CONTACT
    stopped = ("last_contact",) if prospect else (*ACCOUNT_CLOCKS, "dormant_since")
    DataSubject.objects.filter(pk__in=ids).update(**dict.fromkeys(stopped))


def _end_rows(line: Line, *, on: date, size: int) -> int:
    table = line.table
    assert table is not None
    owner = table.declaration.subject if isinstance(table, Table) else "pk"
    rows = list(
        line.due(on)
        .select_for_update(skip_locked=True, of=("self",))
        .values_list("pk", owner, line.clock)[:size]
    )
    if not rows:
        return 0
    keys = [key for key, _, _ in rows]
    if isinstance(table, Table):
        marks = ", ".join(["%s"] * len(keys))
        queue_files(table, f"{table.name}.{table.key} IN ({marks})", keys)
    remove_rows(table, keys)
    if isinstance(table, Table) and table.needs_a_shell:
        remove_empty_shells(sorted({subject for _, subject, _ in rows if subject}))
    evidence = _evidence((str(key) for key in keys), [clock for _, _, clock in rows])
    _write(line, on, len(rows), evidence | {"tables": {line.what: len(rows)}})
    return len(rows)


def _put_to_sleep(line: Line, *, on: date, size: int) -> int:
    rows = list(
        line.due(on)
        .select_for_update(skip_locked=True, of=("self",))
        .values_list("pk", "uuid", line.clock)[:size]
    )
    if rows:
        DataSubject.objects.filter(pk__in=[pk for pk, _, _ in rows]).update(dormant_since=on)
        evidence = _evidence((str(uuid) for _, uuid, _ in rows), [clock for _, _, clock in rows])
        _write(line, on, len(rows), evidence)
    return len(rows)


def _evidence(names: Iterable[str], clocks: Sequence[Any]) -> dict[str, Any]:
    """C.6: extreme clocks and one hash over sorted identifiers, no personal value."""
    return {"from": str(min(clocks)), "to": str(max(clocks)), "sha256": fingerprint(names)}


def _write(line: Line, on: date, count: int, facts: dict[str, Any]) -> None:
    ledger.append(
        executor=f"retention.{line.rule.code}",
        at=calendar.now(),
        facts={"on": on.isoformat(), "what": line.what, "count": count, **facts},
    )
