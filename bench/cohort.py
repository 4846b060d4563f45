"""``python -m bench.cohort``: a trainer's table of a cohort, from 100 to 100,000 learners.

The whole page through Django's client; a quarter finished, one in fifty stuck, the others spread
over forty days. Then the night that computes motivation for all of them. Writes its part of
docs/benchmarks.md; ``--measure`` is what runs inside each instance.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db.models import F

from bench.__main__ import instance, run
from bench.queue import RUNS, fastest
from bench.report import write_section
from clairevoie.lib import calendar

TABLE = "/formation/sessions/automne/"
SECTION = """## The table of a cohort

Written by `python -m bench.cohort` on {day} ({machine}, load average {load:.1f}): a trainer opens
the lists of one cohort, session and second factor included; the fastest of {runs}. A page further
on begins a thousand learners later. The last column is the night that computes motivation for all.

| Engine | Learners | To help | Under way | Further on | Finished | Night of motivation |
|---|---:|---:|---:|---:|---:|---:|
"""


def measure() -> list[dict[str, Any]]:
    """Inside an instance: fill it step by step, and time each step."""
    import django

    django.setup()
    from bench.queue_people import Scene, settle
    from clairevoie.learning.actions import motivating
    from clairevoie.learning.cohorts import Place
    from clairevoie.learning.models import Enrolment

    scene = Scene()
    client = scene.trainer_at_work()
    found = []
    for more, total in ((100, 100), (9_900, 10_000), (90_000, 100_000)):
        scene.hand_in(more, cohorts=("automne",))
        _live(scene.now)
        settle()
        under_way = Enrolment.objects.filter(cohort="automne", finished_at__isnull=True)
        later = under_way.order_by("last_at", "pk")[min(1_000, total // 2)]
        place = Place(later.last_at, later.pk)
        begin = time.perf_counter()
        motivating.compute(on=calendar.paris_date(scene.now))
        found.append(
            {
                "label": f"{total:,}",
                "night": time.perf_counter() - begin,
                **{
                    name: fastest(lambda asked=asked: client.get(TABLE, asked))  # type: ignore[misc]
                    for name, asked in (
                        ("help", {}),
                        ("way", {"liste": "en-cours"}),
                        ("later", {"liste": "en-cours", "apres": str(place)}),
                        ("done", {"liste": "termine"}),
                    )
                },
            }
        )
    return found


def _live(now: Any) -> None:
    """Forty days of learning for those who have just come: a statement a day."""
    from clairevoie.learning.models import Enrolment

    new = Enrolment.objects.filter(enrolled_at=now, cohort="automne")
    for day in range(40):
        seen = now - timedelta(days=day, minutes=1)
        new.annotate(turn=F("pk") % 40).filter(turn=day).update(last_at=seen)
    new.annotate(turn=F("pk") % 4).filter(turn=0).update(finished_at=now)
    new.annotate(turn=F("pk") % 50).filter(turn=1).update(stuck_on="mot", stuck_at=now)
    new.update(enrolled_at=now - timedelta(days=40))


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
            rows = json.loads(run(environment, "bench.cohort", "--measure"))
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
    names = ("help", "way", "later", "done")
    times = " | ".join(f"{row[name] * 1e3:.1f} ms" for name in names)
    return f"| {engine} | {row['label']} | {times} | {row['night']:.1f} s |\n"


if __name__ == "__main__":
    main()
