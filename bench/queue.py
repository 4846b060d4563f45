"""``python -m bench.queue``: a page of the correction queue, from 100 to 100,000 that wait.

One trainer, two sessions; the whole page through Django's client, and what the database is asked
for its lines alone. Also where 100,000 wait elsewhere and 100 here. Writes its part of
docs/benchmarks.md; ``--measure`` is what runs inside each instance.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.__main__ import instance, run
from bench.report import write_section
from clairevoie.lib import calendar

RUNS = 31
QUEUE = "/formation/corrections/"
SECTION = """## The correction queue

Written by `python -m bench.queue` on {day} ({machine}, load average {load:.1f}): one trainer
of two sessions opens the queue; the fastest of {runs}, because a shared machine says little in
medians. The page is the whole answer, session and second factor included; the lines are the
one query that finds them. A page in the middle begins after the line half-way. « 100 here » has
100,000 waiting in a session that somebody else teaches.

| Engine | Waiting | First page | Page in the middle | Lines, first | Lines, middle |
|---|---:|---:|---:|---:|---:|
"""


def fastest(work: Callable[[], object]) -> float:
    work()
    spent = []
    for _ in range(RUNS):
        begin = time.perf_counter()
        work()
        spent.append(time.perf_counter() - begin)
    return min(spent)


def measure() -> list[dict[str, Any]]:
    """Inside an instance: fill it step by step, and time each step."""
    import django

    django.setup()
    from bench.queue_people import Scene, settle

    scene = Scene()
    client = scene.trainer_at_work()
    found = []
    for label, here, elsewhere in (
        ("100", 100, 0),
        ("100 here", 0, 100_000),
        ("1,000", 900, 0),
        ("10,000", 9_000, 0),
        ("100,000", 90_000, 0),
    ):
        scene.hand_in(here, cohorts=("automne", "hiver"))
        scene.hand_in(elsewhere, cohorts=("ailleurs",))
        settle()
        middle = scene.middle()
        found.append(
            {
                "label": label,
                "page": fastest(lambda: client.get(QUEUE)),
                "page_middle": fastest(
                    lambda middle=middle: client.get(f"{QUEUE}?apres={middle.uuid}")  # type: ignore[misc]
                ),
                "lines": fastest(scene.lines),
                "lines_middle": fastest(lambda middle=middle: scene.lines(after=middle)),  # type: ignore[misc]
            }
        )
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--measure", action="store_true")
    if parser.parse_args().measure:
        print(json.dumps(measure()))
        return
    lines = []
    for engine in ("postgresql", "sqlite"):
        with instance(engine) as environment:
            run(environment, "clairevoie", "migrate", "--verbosity", "0")
            run(environment, "clairevoie", "createcachetable")
            run(environment, *("clairevoie", "collectstatic", "--no-input", "--verbosity", "0"))
            rows = json.loads(run(environment, "bench.queue", "--measure"))
        lines += [_line(engine, row) for row in rows]
    head = SECTION.format(
        day=calendar.today().isoformat(),
        machine=f"{os.cpu_count()} cores, Python {platform.python_version()}",
        load=os.getloadavg()[0],
        runs=RUNS,
    )
    print(head + "".join(lines))
    write_section(Path(__file__).parent.parent / "docs" / "benchmarks.md", head + "".join(lines))


def _line(engine: str, row: dict[str, Any]) -> str:
    names = ("page", "page_middle", "lines", "lines_middle")
    return (
        f"| {engine} | {row['label']} | "
        + " | ".join(f"{row[name] * 1e3:.1f} ms" for name in names)
        + " |\n"
    )


if __name__ == "__main__":
    main()
