"""``python -m bench.banner``: what the banner costs, as one JSON document.

1. The middleware: microseconds it adds to the same view without it, for each sort of visitor.
2. Recording a choice: writes a second of ``/cookies/choix/`` against a bare Django view that
   inserts one row, on the same server and engine (granian, one worker each in turn; wrk posts,
   8 connections). Needs wrk (``apt install wrk``).
"""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from operator import truediv
from pathlib import Path
from typing import Any

from bench.__main__ import instance, run
from bench.pages import served
from bench.report import write_section
from clairevoie.lib import calendar

ROUNDS, SECONDS = 12, "1s"  # short turns: the machine may be shared
POST = """
wrk.method = "POST"
wrk.body = "choix=%s&demande=apparence%%20visite&retour=/"
wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
wrk.headers["Sec-Fetch-Site"] = "same-origin"
"""
TABLE = """
from django.db import connection
from bench.models import Row
with connection.schema_editor() as editor:
    editor.create_model(Row)
"""


def rate(address: str, body: str, folder: Path) -> float:
    """Posts a second; refuses answers that are neither 2xx nor 3xx."""
    script = folder / f"{body}.lua"
    script.write_text(POST % body)
    done = subprocess.run(
        ["wrk", "-t1", "-c8", "-d", SECONDS, "-s", str(script), address],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    if "Non-2xx" in done.stdout:
        raise SystemExit(f"{address}: {done.stdout}")
    found = re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)
    assert found, done.stdout
    return float(found[1])


def writes(engine: str) -> dict[str, object]:
    """Interleaved rounds of the bare view, of an acceptance and of a refusal."""
    with instance(engine) as environment, tempfile.TemporaryDirectory() as scripts:
        run(environment, "clairevoie", "migrate", "--verbosity", "0")
        run(environment, "clairevoie", "collectstatic", "--noinput", "--verbosity", "0")
        plain = {**environment, "DJANGO_SETTINGS_MODULE": "bench.bare"}
        program = f"import django; django.setup()\n{TABLE}"
        subprocess.run([sys.executable, "-c", program], env=plain, check=True)
        rates: dict[str, list[float]] = {"bare": [], "accepter": [], "refuser": []}
        with (
            served(environment, "clairevoie.config.wsgi:application", 8420) as ours,
            served(plain, "bench.bare_pages:application", 8421) as yardstick,
        ):
            for _ in range(ROUNDS):
                rates["bare"].append(rate(f"{yardstick}/ligne/", "bare", Path(scripts)))
                for button in ("accepter", "refuser"):
                    address = f"{ours}/cookies/choix/"
                    rates[button].append(rate(address, button, Path(scripts)))
    return {"engine": engine, **_medians(rates), "ratio": min(_ratios(rates))}


def _medians(rates: dict[str, list[float]]) -> dict[str, float]:
    return {name: round(statistics.median(values), 1) for name, values in rates.items()}


def _ratios(rates: dict[str, list[float]]) -> list[float]:
    """Of each button to the bare view of the same round: the median over the rounds."""
    bare = rates["bare"]
    return [
        round(statistics.median(map(truediv, rates[button], bare)), 3)
        for button in ("accepter", "refuser")
    ]


def section(found: dict[str, Any]) -> str:
    """The part of docs/benchmarks.md, which :func:`main` writes anew."""
    lines = [
        "## The consent banner\n",
        f"`python -m bench.banner` writes this part anew. Last measured on {calendar.today()} "
        f"({os.cpu_count()} cores, Python {platform.python_version()}).\n",
        "| What the middleware adds to the same view without it, for a visitor | Time | Limit |",
        "|---|---:|---:|",
        *(f"| {who} | {spent} µs | ≤ 100 µs |" for who, spent in found["middleware"].items()),
        "",
        "| Choices recorded a second | Bare one-row INSERT | Accept | Refuse | Ratio | Limit |",
        "|---|---:|---:|---:|---:|---:|",
        *(
            f"| {row['engine']} | {row['bare']:,.0f} | {row['accepter']:,.0f} "
            f"| {row['refuser']:,.0f} | {row['ratio']:.2f} | ≥ 0.60 |"
            for row in found["writes"]
        ),
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    if shutil.which("wrk") is None:
        raise SystemExit("wrk is missing: apt install wrk")
    engines = sys.argv[1:] or ["postgresql", "sqlite"]
    with instance("sqlite") as environment:
        run(environment, "clairevoie", "migrate", "--verbosity", "0")
        measured = json.loads(run(environment, "bench.door"))
    found = {"middleware": measured, "writes": [writes(engine) for engine in engines]}
    print(json.dumps(found, indent=2))
    if len(engines) == 2:
        write_section(Path(__file__).parent.parent / "docs" / "benchmarks.md", section(found))


if __name__ == "__main__":
    main()
