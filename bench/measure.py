"""One engine, one seeded instance: medians of the engine and of the SQL by hand, interleaved.

Run by ``python -m bench``; prints one JSON document. Every pair works on different people of
the same make, in the same database, one right after the other.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import django

django.setup()

from django.db import connection  # noqa: E402  # models need the setup above

from bench import by_hand  # noqa: E402
from clairevoie import policy, privacy  # noqa: E402
from clairevoie.lib import calendar  # noqa: E402
from clairevoie.privacy import due, ledger, retention  # noqa: E402
from clairevoie.privacy.models import DataSubject, Tombstone  # noqa: E402
from clairevoie.privacy.tables import lasting_tables, passing_tables, tables  # noqa: E402

ON = date(2026, 11, 22)
AT = calendar.paris_midnight(ON)
NEVER_DUE = date(2026, 11, 1)


def seconds(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def settle() -> None:
    """Statistics and dead rows are nobody's fault: tidy before each timing of a sweep."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def pair(name: str, ours: list[float], hand: list[float]) -> dict[str, Any]:
    mine, theirs = statistics.median(ours), statistics.median(hand)
    row = {
        "name": name,
        "ours": mine,
        "by_hand": theirs,
        "runs": len(ours),
        "ratio": mine / theirs,
    }
    say(f"{name}: {mine * 1e3:.1f} ms against {theirs * 1e3:.1f} ms")
    return row


def same_tables() -> None:
    """The yardstick works on exactly the declared tables, or the comparison is void."""
    declared = {table.name.strip('"') for table in passing_tables()}
    lasting = {table.name.strip('"') for table in lasting_tables()}
    named = set(by_hand.TABLES) | set(by_hand.INDIRECT)
    if declared != named or lasting != {*by_hand.LASTING, *by_hand.UNKEYED}:
        raise SystemExit(f"bench/by_hand.py differs: {declared ^ named} {lasting}")


def gone(ids: list[int]) -> None:
    """Same final state: no row of these people anywhere, a tombstone for each."""
    for table in passing_tables():
        owner = table.declaration.subject
        rows = table.declaration.model._base_manager.filter(**{f"{owner}__in": ids})
        if rows.exists():
            raise SystemExit(f"{table.declaration.label} still holds rows")
    left = DataSubject.objects.filter(pk__in=ids, erased_on=None).count()
    if left:
        raise SystemExit(f"{left} people are still there")


def cutoffs() -> dict[str, Any]:
    found: dict[str, Any] = {}
    names = {"dormant-account": "dormant"}
    for line in due.lines():
        value = line.cutoff(ON)
        key = line.table.name.strip('"') if line.table else names.get(line.rule.code, line.clock)
        found[key] = value
    return found


def plan(runs: int) -> dict[str, Any]:
    limits = cutoffs()
    ours, hand = [], []
    for _ in range(runs):
        ours.append(seconds(lambda: retention.plan(ON)))
        hand.append(seconds(lambda: by_hand.plan(ON, limits)))
    mine = {d.line.what: d.count for d in retention.plan(ON).due if d.line.rule.code == "account"}
    assert by_hand.plan(ON, limits)["last_use"] == mine["privacy.DataSubject"]
    return pair("plan", ours, hand)


def export(people: list[int], folder: Path) -> dict[str, Any]:
    columns = {
        category.declaration.model._meta.db_table: [
            str(category.declaration.model._meta.get_field(column.name).column)  # type: ignore[union-attr]
            for column in category.columns
        ]
        for category in privacy.gather(DataSubject(pk=people[0]))
    }
    ours, hand = [], []
    for number, person in enumerate(people):
        subject = DataSubject.objects.get(pk=person)
        target = folder / f"{number}.zip"

        def write(subject: DataSubject = subject, target: Path = target) -> None:
            with target.open("wb") as out:
                privacy.export(subject, to=out, at=AT)

        ours.append(seconds(write))
        hand.append(
            seconds(lambda p=person, t=target: by_hand.export(p, t, columns))  # type: ignore[misc]
        )
    return pair("export one", ours, hand)


def erase(people: list[int]) -> dict[str, Any]:
    digest = policy.current().digest
    ours, hand = [], []
    for mine, other in zip(people[::2], people[1::2], strict=True):
        subject = DataSubject.objects.get(pk=mine)
        ours.append(seconds(lambda s=subject: privacy.erase(s, because="bench", on=ON)))  # type: ignore[misc]
        hand.append(seconds(lambda o=other: by_hand.erase(o, ON, digest)))  # type: ignore[misc]
    gone(people)
    assert Tombstone.objects.count() >= len(people)
    return pair("erase one", ours, hand)


def sweep(size: int, runs: int) -> dict[str, Any]:
    digest = policy.current().digest
    rule = policy.current().retention["account"]
    assert rule.duration is not None
    over = calendar.latest_clock_ended_by(ON - timedelta(days=1), rule.duration)
    line = due.Line(rule)
    DataSubject.objects.update(last_use=NEVER_DUE, dormant_since=None)
    waiting = list(
        DataSubject.objects.filter(erased_on=None).order_by("?").values_list("pk", flat=True)
    )
    ours, hand = [], []
    for run in range(2 * runs):
        on = ON + timedelta(days=3 * run)  # one sweep a night, as in life
        cohort, waiting = waiting[:size], waiting[size:]
        if len(cohort) < size:
            raise SystemExit("too few people seeded for so many sweeps")
        for low in range(0, size, 5_000):
            DataSubject.objects.filter(pk__in=cohort[low : low + 5_000]).update(last_use=over)
        settle()
        if run % 2:
            cutoff = over + timedelta(days=1)
            spent = seconds(
                lambda on=on, cutoff=cutoff: by_hand.sweep(on, cutoff, digest, retention.BATCH)  # type: ignore[misc]
            )
            hand.append(spent)
        else:
            one_line = retention.Plan(on=on, due=(due.Due(line, size, 0, None, None),))
            spent = seconds(lambda plan=one_line: retention.carry_out(plan))  # type: ignore[misc]
            ours.append(spent)
        say(f"sweep {run}: {spent:.2f} s")
        gone(cohort[:100] + cohort[-100:])
    return pair(f"sweep {size}", ours, hand)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--due", type=int, default=10_000)
    options = parser.parse_args()
    same_tables()
    settle()
    subjects = DataSubject.objects.count()
    rows = sum(t.declaration.model._base_manager.count() for t in tables())
    everyone = list(DataSubject.objects.order_by("?").values_list("pk", flat=True)[:60])
    with tempfile.TemporaryDirectory() as folder:
        results = [
            plan(max(options.runs, 9)),
            export(everyone[:20], Path(folder)),
            erase(everyone[20:60]),
            sweep(options.due, options.runs),
        ]
    if not ledger.verify().sound:
        raise SystemExit("the ledger does not verify")
    print(json.dumps({"subjects": subjects, "rows": rows, "results": results}))


if __name__ == "__main__":
    main()
