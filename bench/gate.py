"""``python -m bench.gate``: the gate over a million people against SQL by hand, one query each.

People consented, withdrew, consented again, objected, are locked; the gate selects whom a letter
may be written to. The yardstick is the fastest of several statements an engineer would write by
hand for this very schema, knowing which fingerprints are good. Interleaved, medians; both must
find the same people. ``--subjects 100000`` shows the same sooner and leaves the report alone.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from bench.__main__ import instance, run
from bench.report import write_gate

FULL = 1_000_000
ACTIVITY = "newsletter"
ON, AT = date(2026, 11, 22), datetime(2026, 11, 22, 9, tzinfo=UTC)


# In turns, as in life: everybody's first word, then second, then third.
CONSENTS = ((1, "s.i %% 10 < 7", True), (2, "s.i %% 10 < 3", False), (3, "s.i %% 10 < 2", True))
OBJECTIONS = ((1, "s.i %% 20 = 0", True), (2, "s.i %% 40 = 0", False))


def seed(subjects: int) -> tuple[str, int]:
    """People and their words; the good fingerprint, and how many rows of consent."""
    from django.db import connection

    from clairevoie import policy
    from clairevoie.config.seed import sow
    from clairevoie.config.sowing import Dialect
    from clairevoie.privacy import wordings
    from clairevoie.privacy.tables import execute, fetch

    dialect = Dialect(connection.vendor == "postgresql")
    sow(subjects=subjects, rows_per_subject=0, on=ON, due=0)
    activity = policy.current().activities[ACTIVITY]
    text = wordings.wording(activity, text=activity.consent["fr"], language="fr", at=AT)
    for statement in words(dialect, text, subjects):
        execute(statement)
    with connection.cursor() as cursor:
        if dialect.postgresql:
            cursor.execute("VACUUM ANALYZE")
        else:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            cursor.execute("ANALYZE")
    [(rows,)] = fetch("SELECT count(*) FROM privacy_consent", [])
    return text.fingerprint, int(rows)


def words(dialect: Any, text: Any, subjects: int) -> Iterator[str]:
    """What everybody said, turn after turn; then who is locked."""
    for turn, who, given in CONSENTS:
        yield (
            "INSERT INTO privacy_consent (subject_id, activity, given, text, text_hash, "
            "wording_id, fingerprint, at, source, policy_hash) "
        ) + dialect.series(
            "s",
            1,
            subjects,
            f"SELECT s.i, '{ACTIVITY}', {dialect.boolean(given)}, 'Oui', '{text.text_hash}', "
            f"{text.pk}, '{text.fingerprint}', {dialect.instant(ON, str(turn))}, 'bench', "
            f"'{text.policy_hash}' FROM s WHERE {who}",
        )
    for turn, who, raised in OBJECTIONS:
        yield (
            "INSERT INTO privacy_objection "
            "(subject_id, activity, raised, at, source, policy_hash) "
        ) + dialect.series(
            "s",
            1,
            subjects,
            f"SELECT s.i, '{ACTIVITY}', {dialect.boolean(raised)}, "
            f"{dialect.instant(ON, str(turn))}, 'bench', '{text.policy_hash}' "
            f"FROM s WHERE {who}",
        )
    locked = f"restricted = {dialect.boolean(value=True)}"
    yield f"UPDATE privacy_datasubject SET {locked} WHERE id %% 50 = 1"


def by_hand(fingerprint: str) -> dict[str, str]:
    """Statements that select the permitted, each as one might write it."""
    alive = "NOT s.restricted AND s.deceased_on IS NULL AND s.erased_on IS NULL"
    of = f"activity = '{ACTIVITY}'"
    good = f"given AND fingerprint = '{fingerprint}'"
    last = (
        "(SELECT {what} FROM {table} w WHERE w.{of} AND w.subject_id = s.id "
        "ORDER BY w.id DESC LIMIT 1)"
    )
    opposed = last.format(what="raised", table="privacy_objection", of=of)
    latest = f"SELECT subject_id, max(id) AS id FROM privacy_{{0}} WHERE {of} GROUP BY subject_id"
    return {
        "last word by index": (
            f"SELECT s.id FROM privacy_datasubject s WHERE {alive} AND "
            + last.format(what="given", table="privacy_consent", of=of)
            + " AND "
            + last.format(what=f"fingerprint = '{fingerprint}'", table="privacy_consent", of=of)
            + f" AND COALESCE({opposed}, 1 = 0) = (1 = 0)"
        ),
        "no later word": (
            "SELECT s.id FROM privacy_datasubject s JOIN privacy_consent c ON c.subject_id = s.id "
            f"WHERE {alive} AND c.{of} AND c.given AND c.fingerprint = '{fingerprint}' "
            f"AND NOT EXISTS (SELECT 1 FROM privacy_consent l WHERE l.{of} "
            "AND l.subject_id = c.subject_id AND l.id > c.id) "
            f"AND NOT EXISTS (SELECT 1 FROM privacy_objection o WHERE o.{of} "
            "AND o.subject_id = s.id AND o.raised AND NOT EXISTS (SELECT 1 FROM "
            f"privacy_objection p WHERE p.{of} AND p.subject_id = o.subject_id AND p.id > o.id))"
        ),
        "greatest of each": (
            f"SELECT s.id FROM privacy_datasubject s JOIN ({latest.format('consent')}) m "
            "ON m.subject_id = s.id JOIN privacy_consent c ON c.id = m.id "
            f"LEFT JOIN ({latest.format('objection')}) n ON n.subject_id = s.id "
            "LEFT JOIN privacy_objection o ON o.id = n.id "
            f"WHERE {alive} AND c.{good} AND (o.id IS NULL OR NOT o.raised)"
        ),
    }


def askers(fingerprint: str) -> dict[str, Callable[[], int]]:
    """The gate and its yardsticks; each counts the permitted."""
    from django.db import connection

    from clairevoie import privacy
    from clairevoie.privacy.models import DataSubject

    def gate() -> int:
        return privacy.permitted(DataSubject.objects.all(), ACTIVITY, subject="pk").count()

    def statement(sql: str) -> Callable[[], int]:
        def ask() -> int:
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT count(*) FROM ({sql}) permitted")
                return int(cursor.fetchone()[0])

        return ask

    hands = {name: statement(sql) for name, sql in by_hand(fingerprint).items()}
    return {"gate": gate, **hands}


def measure(subjects: int, runs: int) -> dict[str, Any]:
    """Seed, then time each statement in turns with the gate's own."""
    import django

    django.setup()
    begin = time.perf_counter()
    fingerprint, rows = seed(subjects)
    seeded = time.perf_counter() - begin
    asked = askers(fingerprint)
    found = {name: ask() for name, ask in asked.items()}  # and warm
    if len(set(found.values())) != 1:
        raise SystemExit(f"they disagree: {found}")
    times: dict[str, list[float]] = {name: [] for name in asked}
    for _ in range(runs):
        for name, ask in asked.items():
            begin = time.perf_counter()
            ask()
            times[name].append(time.perf_counter() - begin)
    medians = {name: statistics.median(values) for name, values in times.items()}
    ours = medians.pop("gate")
    return {
        "subjects": subjects,
        "rows": rows,
        "permitted": found["gate"],
        "seeded": seeded,
        "gate": ours,
        "hands": medians,
        "ratio": ours / min(medians.values()),
        "runs": runs,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--subjects", type=int, default=FULL)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--engine", choices=["sqlite", "postgresql"], action="append")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        print(json.dumps(measure(options.subjects, options.runs)))
        return
    results = []
    for engine in options.engine or ["postgresql", "sqlite"]:
        with instance(engine) as environment:
            run(environment, "clairevoie", "migrate", "--verbosity", "0")
            arguments = ("--subjects", str(options.subjects), "--runs", str(options.runs))
            measured = run(environment, "bench.gate", "--inside", *arguments)
        results.append({"engine": engine, **json.loads(measured)})
        sys.stderr.write(f"{engine}: {results[-1]['ratio']:.2f}×\n")
    print(json.dumps(results, indent=2))
    if options.subjects == FULL and len(results) == 2:
        machine = f"{os.cpu_count()} cores, Python {platform.python_version()}"
        target = Path(__file__).parent.parent / "docs" / "benchmarks.md"
        write_gate(target, results, machine, os.getloadavg()[1])


if __name__ == "__main__":
    main()
