"""``python -m bench``: the engine against SQL by hand, on both engines; writes docs/benchmarks.md.

100,000 people with 50 rows each take some ten minutes; ``--subjects 20000`` shows the same
ratios sooner and leaves the report alone.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.report import write_report
from tests.postgres import throw_away

FULL = 100_000
ERASED_ONE_BY_ONE = 100  # so that the sweeps still find all they need


@contextmanager
def instance(engine: str) -> Iterator[dict[str, str]]:
    """The environment of an empty instance on a database of its own."""
    with tempfile.TemporaryDirectory(prefix="clairevoie-bench-") as home:
        environment = {
            **os.environ,
            "CLAIREVOIE_HOME": home,
            "DJANGO_SETTINGS_MODULE": "clairevoie.config.settings",
        }
        environment.pop("DATABASE_URL", None)
        if engine == "sqlite":
            yield environment
            return
        with throw_away(durable=True, settings=("shared_buffers=1GB", "max_wal_size=4GB")) as url:
            yield {**environment, "DATABASE_URL": url}


def run(environment: dict[str, str], *command: str) -> str:
    """One step in a process of its own; its standard output."""
    done = subprocess.run(
        [sys.executable, "-m", *command],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout


def measure(engine: str, options: argparse.Namespace) -> dict[str, Any]:
    """Seed one instance, then time every pair on it, then memory."""
    with instance(engine) as environment:
        run(environment, "clairevoie", "migrate", "--verbosity", "0")
        begin = time.perf_counter()
        run(
            environment,
            *("clairevoie", "seed", "--subjects", str(options.subjects + ERASED_ONE_BY_ONE)),
            *("--rows-per-subject", str(options.rows), "--on", "2026-11-22"),
        )
        seeded = time.perf_counter() - begin
        due = str(min(10_000, options.subjects // (2 * options.runs)))
        measured = run(environment, "bench.measure", "--runs", str(options.runs), "--due", due)
    found: dict[str, Any] = json.loads(measured)
    found |= {"engine": engine, "seeded": seeded, "memory": memory(engine)}
    return found


def memory(engine: str) -> list[dict[str, Any]]:
    """Peak memory of a sweep and of an export, over 10,000 and over 1,000,000 rows."""
    rows = []
    for what in ("sweep", "export"):
        for size in (10_000, 1_000_000):
            with instance(engine) as environment:
                run(environment, "clairevoie", "migrate", "--verbosity", "0")
                rows.append(json.loads(run(environment, "bench.memory", what, str(size))))
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--subjects", type=int, default=FULL)
    parser.add_argument("--rows", type=int, default=50)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--engine", choices=["sqlite", "postgresql"], action="append")
    options = parser.parse_args()
    engines = options.engine or ["postgresql", "sqlite"]
    found = [measure(engine, options) for engine in engines]
    print(json.dumps(found, indent=2))
    if options.subjects == FULL and len(found) == 2:
        machine = f"{os.cpu_count()} cores, Python {platform.python_version()}"
        write_report(Path(__file__).parent.parent / "docs" / "benchmarks.md", found, machine)


if __name__ == "__main__":
    main()
