"""``python -m bench.crowd``: does the site stay quick when ten people a core learn at once?

Each learner has a session of their own and asks a page, waits for it, thinks for a second, asks
the next: public pages, a chapter, the dashboard, the account, in an order of their own. First one
learner alone, without thinking, gives the median of a page; then the crowd. The platform is
served as ``script/server`` does it, a worker a core. The limit of the issue: the crowd's 95th
percentile within three times the median alone. Prints JSON and writes docs/benchmarks.md.
"""

from __future__ import annotations

import http.client
import json
import os
import platform
import random
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bench.__main__ import instance, run
from bench.pages import SIGN_IN, cookie
from bench.report import write_section
from clairevoie.lib import calendar

LEARNERS_A_CORE, SECONDS, THINKING = 10, 20.0, 1.0
CHAPTERS = "/apprendre/python-analyse-de-donnees/"
PAGES = (
    "/",
    "/catalogue/",
    "/parcours/python-analyse-de-donnees/",
    CHAPTERS,
    CHAPTERS + "{chapter}/",
    "/mon-compte/",
    "/mon-compte/formations/",
    "/confidentialite/",
)
FIRST_CHAPTER = """
import django; django.setup()
from clairevoie.learning.models import Chapter, Parcours
edition = Parcours.objects.get(slug="python-analyse-de-donnees").current
chapter = Chapter.objects.select_related("module").filter(edition=edition).first()
print(chapter.module.slug + "/" + chapter.slug)
"""
HEAD = """## A crowd of learners

Written by `python -m bench.crowd` on {day} ({machine}, load average {load:.1f}):
{learners} learners at once, {a_core} a core, who each ask a page, wait for it and think for
{thinking:g} s, during {seconds:g} s; the site served as `script/server` does. Alone: one
learner who does not think. Limit: the crowd's 95th percentile ≤ 3 × the median alone.

| Engine | Median alone | Crowd, median | Crowd, 95th percentile | Ratio | Pages read |
|---|---:|---:|---:|---:|---:|
"""


@contextmanager
def platform_served(environment: dict[str, str], port: int) -> Iterator[str]:
    """The whole platform, a worker a core; its address once it answers."""
    arguments = ["--port", str(port), "--workers", str(os.cpu_count() or 1)]
    server = subprocess.Popen(
        [sys.executable, "-m", "clairevoie.config.serving", *arguments], env=environment
    )
    try:
        _wait_for(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


def _wait_for(port: int) -> None:
    for _ in range(300):
        try:
            link = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            link.request("GET", "/sante/")
            link.getresponse().read()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("the platform does not answer")


def read(
    address: str, header: str, pages: list[str], *, until: float, thinking: float
) -> list[float]:
    """Seconds that each page took, on one connection that is kept."""
    parts = urlsplit(address)
    link = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
    times: list[float] = []
    turn = 0
    while time.perf_counter() < until:
        page = pages[turn % len(pages)]
        begin = time.perf_counter()
        link.request("GET", page, headers={"Cookie": header, "Accept-Encoding": "gzip"})
        answer = link.getresponse()
        answer.read()
        times.append(time.perf_counter() - begin)
        if answer.status != 200:
            raise SystemExit(f"{page} answers {answer.status}")
        turn += 1
        time.sleep(random.uniform(0.5, 1.5) * thinking)
    link.close()
    return times


def crowd(address: str, headers: list[str], pages: list[str], seconds: float) -> list[float]:
    """What all of them waited, each with an order of pages of their own."""
    until = time.perf_counter() + seconds
    waited: list[list[float]] = []

    def one(header: str) -> None:
        mine = random.sample(pages, len(pages))
        waited.append(read(address, header, mine, until=until, thinking=THINKING))

    threads = [threading.Thread(target=one, args=(header,)) for header in headers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(waited) != len(headers):
        raise SystemExit("a learner was refused a page")
    return [each for times in waited for each in times]


def measure(engine: str) -> dict[str, Any]:
    learners = LEARNERS_A_CORE * (os.cpu_count() or 1)
    with instance(engine) as environment:
        run(environment, "clairevoie", "migrate", "--verbosity", "0")
        run(environment, "clairevoie", "collectstatic", "--noinput", "--verbosity", "0")
        run(environment, "clairevoie", "demonstration")
        place = subprocess.run(
            [sys.executable, "-c", FIRST_CHAPTER],
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        ).stdout.strip()
        pages = [page.format(chapter=place) for page in PAGES]
        headers = [cookie(environment, SIGN_IN) for _ in range(learners)]
        with platform_served(environment, 8193) as address:
            crowd(address, headers, pages, 3)  # both workers warm
            until = time.perf_counter() + SECONDS / 2
            alone = read(address, headers[0], pages, until=until, thinking=0)
            together = crowd(address, headers, pages, SECONDS)
    median = statistics.median(alone)
    slowest = statistics.quantiles(together, n=20)[-1]
    return {
        "engine": engine,
        "alone": median,
        "median": statistics.median(together),
        "p95": slowest,
        "ratio": slowest / median,
        "pages": len(together),
        "learners": learners,
    }


def main() -> None:
    found = [measure(engine) for engine in sys.argv[1:] or ["postgresql", "sqlite"]]
    print(json.dumps(found, indent=2))
    if len(found) < 2:
        return
    head = HEAD.format(
        day=calendar.today().isoformat(),
        machine=f"{os.cpu_count()} cores, Python {platform.python_version()}",
        load=os.getloadavg()[0],
        learners=found[0]["learners"],
        a_core=LEARNERS_A_CORE,
        thinking=THINKING,
        seconds=SECONDS,
    )
    lines = [
        f"| {each['engine']} | {each['alone'] * 1e3:.1f} ms | {each['median'] * 1e3:.1f} ms "
        f"| {each['p95'] * 1e3:.1f} ms | **{each['ratio']:.2f}×** | {each['pages']} |\n"
        for each in found
    ]
    report = Path(__file__).parent.parent / "docs" / "benchmarks.md"
    write_section(report, head + "".join(lines))


if __name__ == "__main__":
    main()
