"""``python -m bench.crowd``: does the site stay quick when ten people a core learn at once?

Each learner has a session of their own and asks a page, waits for it, thinks for a second, asks
the next: public pages, a chapter, the dashboard, the account, in an order of their own. The
platform is served as ``script/server`` does it, a worker a core. The limit of the issue: the
crowd's 95th percentile within three times the median of the site unloaded. Prints JSON and writes
docs/benchmarks.md.

Unloaded is one learner alone, measured twice. Who never thinks finds everything hot: that is the
median that the limit is for. Who thinks between two pages, as the crowd does, finds a machine
that slept and caches that others have filled, and differs from the crowd by the crowd alone: the
ratio to that is printed beside. How much the pause costs by itself shows before a server whose
answer costs nothing (« empty »): 0.1 ms without, 0.7 ms with, so that nothing would pass there.

The learners are threads of this process, on the cores that the platform runs on: what they and
the machine add is in the wait for an empty answer too, measured in the same run. The processor
time of a page is that of the web server's processes alone, counted by the kernel: it hardly
depends on what else the machine does, as waits do.
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
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bench.__main__ import instance, run
from bench.pages import SIGN_IN, cookie
from bench.report import write_section
from clairevoie.lib import calendar

LEARNERS_A_CORE, SECONDS, THINKING = 10, 20.0, 1.0
WARMING, PAUSE = 4.0, 0.25  # alone, a shorter one: as much is cold after it, and it says more
TURNS = 150  # so many that hundredths of a second make a fine measure
PORT, CORES = 8193, str(os.cpu_count() or 1)
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
learner who does not think, so that nothing cools down between two pages; « at leisure »: one who
does, as the crowd ([bench/crowd.py](../bench/crowd.py) says why both). Limit: the crowd's 95th
percentile ≤ 3 × the median alone. « Empty »: the same people before a server that does nothing,
just before each engine; that much is the machine's and theirs.

| Engine | Median alone | At leisure | Crowd, median | 95th percentile | Ratio | Leisure | Read |
|---|---:|---:|---:|---:|---:|---:|---:|
"""
PER_PAGE = """
Page by page; the processor time is that of the web server's processes for one page, alone.

| Engine | Page | Processor | Median alone | At leisure | Crowd, median | 95th percentile |
|---|---|---:|---:|---:|---:|---:|
"""
_WAITS = ("alone", "leisure", "median", "p95")
Reading = tuple[str, float]  # a page of PAGES, and the seconds one waited for it


@dataclass(frozen=True, slots=True)
class Site:
    """Where it answers, and the process that serves it."""

    address: str
    process: int


@contextmanager
def served(environment: dict[str, str], port: int, *command: str) -> Iterator[Site]:
    """What ``command`` serves, once it answers."""
    server = subprocess.Popen([sys.executable, "-m", *command], env=environment)
    try:
        _wait_for(port)
        yield Site(f"http://127.0.0.1:{port}", server.pid)
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
    raise SystemExit("the site does not answer")


def platform_served(environment: dict[str, str]) -> AbstractContextManager[Site]:
    """The whole platform, a worker a core."""
    where = ("--port", str(PORT), "--workers", CORES)
    return served(environment, PORT, "clairevoie.config.serving", *where)


def nothing_served() -> AbstractContextManager[Site]:
    """An answer that costs nothing, served in the same way."""
    how = ("--workers", CORES, "--blocking-threads", "2", "--log-level", "error")
    command = ("granian", "--interface", "wsgi", "--port", str(PORT), *how)
    return served(dict(os.environ), PORT, *command, "bench.still:application")


class Learner:
    """One session on one connection that is kept; pages by their name in PAGES."""

    def __init__(self, site: Site, header: str, chapter: str) -> None:
        parts = urlsplit(site.address)
        self._link = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
        self._headers = {"Cookie": header, "Accept-Encoding": "gzip"}
        self._chapter = chapter

    def read(self, page: str) -> Reading:
        begin = time.perf_counter()
        self._link.request("GET", page.format(chapter=self._chapter), headers=self._headers)
        answer = self._link.getresponse()
        answer.read()
        if answer.status != 200:
            raise SystemExit(f"{page} answers {answer.status}")
        return page, time.perf_counter() - begin

    def stay(self, pages: Sequence[str], *, until: float, thinking: float) -> list[Reading]:
        """Read ``pages`` over and over, with time to think after each."""
        found: list[Reading] = []
        for page in cycle(pages):
            if time.perf_counter() >= until:
                break
            found.append(self.read(page))
            time.sleep(random.uniform(0.5, 1.5) * thinking)
        self._link.close()  # the server ends by itself what nobody used for long
        return found


def crowd(learners: list[Learner], seconds: float) -> list[Reading]:
    """What all of them waited, each with an order of pages of their own."""
    until = time.perf_counter() + seconds
    waited: list[list[Reading]] = []

    def one(learner: Learner) -> None:
        mine = random.sample(PAGES, len(PAGES))
        waited.append(learner.stay(mine, until=until, thinking=THINKING))

    threads = [threading.Thread(target=one, args=(learner,)) for learner in learners]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(waited) != len(learners):
        raise SystemExit("a learner was refused a page")
    return [each for readings in waited for each in readings]


# --- The processor, as the kernel counts it -----------------------------------------------------


def processor(site: Site, learner: Learner, page: str) -> float:
    """Seconds of processor that the web server takes for one page, alone."""
    workers = _web_processes(site.process)
    learner.read(page)
    before = sum(map(_seconds_run, workers))
    for _ in range(TURNS):
        learner.read(page)
    return (sum(map(_seconds_run, workers)) - before) / TURNS


def _web_processes(root: int) -> list[int]:
    """Those under ``root`` that serve pages: not its tasks, nor the nightly round."""
    parents = {int(each.name): _parent(each) for each in Path("/proc").glob("[0-9]*")}

    def is_under(process: int) -> bool:
        while process not in (0, root):
            process = parents.get(process, 0)
        return process == root

    programs = {one: Path(f"/proc/{one}/cmdline") for one in parents if is_under(one)}
    return [one for one, said in programs.items() if b"config.web" in said.read_bytes()]


def _parent(process: Path) -> int:
    try:
        return int((process / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:  # it has just ended
        return 0


def _seconds_run(process: int) -> float:
    """By all its threads, those that have ended too."""
    said = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, said[11:13])) / os.sysconf("SC_CLK_TCK")


# --- Both engines -------------------------------------------------------------------------------


def measure(engine: str) -> dict[str, Any]:
    people = LEARNERS_A_CORE * int(CORES)
    with nothing_served() as site:
        empty = _waits(*_readings([Learner(site, "", "") for _ in range(people)]))
    with instance(engine) as environment:
        run(environment, "clairevoie", "migrate", "--verbosity", "0")
        run(environment, "clairevoie", "collectstatic", "--noinput", "--verbosity", "0")
        run(environment, "clairevoie", "demonstration")
        chapter = _first_chapter(environment)
        headers = [cookie(environment, SIGN_IN) for _ in range(people)]
        with platform_served(environment) as site:
            learners = [Learner(site, header, chapter) for header in headers]
            found = _readings(learners)
            work = {page: processor(site, learners[0], page) for page in PAGES}
    pages = {
        page: {"processor": work[page], **_waits(*(_only(page, each) for each in found))}
        for page in PAGES
    }
    return {"engine": engine, **_waits(*found), "pages": pages, "empty": empty}


def _first_chapter(environment: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, "-c", FIRST_CHAPTER],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def _readings(learners: list[Learner]) -> tuple[list[Reading], list[Reading], list[Reading]]:
    """Of one alone who never thinks, of one alone who does, of all."""
    crowd(learners, WARMING)  # every worker has met every page
    one = learners[0]
    leisure = one.stay(PAGES, until=time.perf_counter() + SECONDS, thinking=PAUSE)
    alone = one.stay(PAGES, until=time.perf_counter() + SECONDS / 2, thinking=0)
    return alone, leisure, crowd(learners, SECONDS)


def _only(page: str, readings: list[Reading]) -> list[Reading]:
    return [each for each in readings if each[0] == page]


def _waits(
    alone: list[Reading], leisure: list[Reading], together: list[Reading]
) -> dict[str, Any]:
    waited = [seconds for _page, seconds in together]
    quick, slow = (statistics.median(s for _page, s in each) for each in (alone, leisure))
    last = statistics.quantiles(waited, n=20)[-1]
    return {
        "alone": quick,
        "leisure": slow,
        "median": statistics.median(waited),
        "p95": last,
        "ratio": last / quick,
        "to_leisure": last / slow,
        "read": len(waited),
    }


def report(found: list[dict[str, Any]]) -> str:
    """The section of docs/benchmarks.md."""
    head = HEAD.format(
        day=calendar.today().isoformat(),
        machine=f"{CORES} cores, Python {platform.python_version()}",
        load=os.getloadavg()[0],
        learners=LEARNERS_A_CORE * int(CORES),
        a_core=LEARNERS_A_CORE,
        thinking=THINKING,
        seconds=SECONDS,
    )
    lines = [
        f"| {name} | {_ms(row, *_WAITS)} | **{row['ratio']:.2f}×** | {row['to_leisure']:.2f}× "
        f"| {row['read']} |\n"
        for each in found
        for name, row in ((each["engine"], each), ("empty", each["empty"]))
    ]
    pages = [
        f"| {each['engine']} | `{page}` | {_ms(row, 'processor', *_WAITS)} |\n"
        for each in found
        for page, row in each["pages"].items()
    ]
    return "".join((head, *lines, PER_PAGE, *pages))


def _ms(row: dict[str, Any], *names: str) -> str:
    return " | ".join(f"{row[name] * 1e3:.1f} ms" for name in names)


def main() -> None:
    found = [measure(engine) for engine in sys.argv[1:] or ["postgresql", "sqlite"]]
    print(json.dumps(found, indent=2))
    if len(found) > 1:
        write_section(Path(__file__).parent.parent / "docs" / "benchmarks.md", report(found))


if __name__ == "__main__":
    main()
