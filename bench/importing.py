"""``python -m bench.importing``: ``clairevoie content import`` of 1,000 chapters.

Chapters of the demonstration, written again under other names: text, pictures, six exercises
each. The command in a process of its own, with what it took of the processor and of memory; then
the same folder again, with one chapter changed, and with one that is broken. Writes its part of
docs/benchmarks.md; ``--facts`` is what runs inside an instance.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import pty
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.__main__ import instance, run
from bench.report import write_section
from clairevoie.lib import calendar

CHAPTERS, A_MODULE = 1_000, 50
SLUG = "mille-chapitres"
MODEL = Path(__file__).parent.parent / "content" / "python-analyse-de-donnees"
LESSON = MODEL / "02-lire-et-nettoyer" / "05-valeurs-manquantes.md"
SECTION = """## Importing a thousand chapters

Written by `python -m bench.importing` on {day} ({machine}, load average {load:.1f}): the
command `clairevoie content import` on one parcours of {chapters:,} chapters with {exercises:,}
exercises, {megabytes:.1f} MB of text; the start of Python and Django is counted. « Broken » has a
mistake in the last chapter: the whole is read, the mistake is told with its line, and nothing
changed. Each import is one transaction. « Told » is how often its bar moved, in a terminal. The
machine is shared: the processor's time holds, the other tells how busy it was.

| Engine | Import | Time | Processor | Peak of memory | Told | Editions after |
|---|---|---:|---:|---:|---:|---:|
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What one run of the command took."""

    seconds: float
    processor: float
    megabytes: float
    code: int
    told: int


def write_folder(root: Path) -> Path:
    """A parcours that nobody wrote, of lessons that somebody did."""
    folder = root / SLUG
    lesson = LESSON.read_text(encoding="utf-8")
    exercises = LESSON.with_suffix(".exercices.toml").read_text(encoding="utf-8")
    folder.mkdir()
    sheet = (MODEL / "parcours.toml").read_text(encoding="utf-8")
    (folder / "parcours.toml").write_text(sheet, encoding="utf-8")
    for rank in range(CHAPTERS):
        module = folder / f"{rank // A_MODULE + 1:02}-module-{rank // A_MODULE + 1}"
        if rank % A_MODULE == 0:
            module.mkdir()
            (module / "module.toml").write_text('title = "Module"\nsummary = "Lire."\n')
        name = module / f"{rank % A_MODULE + 1:02}-lecon-{rank + 1}"
        name.with_suffix(".md").write_text(_alone(lesson), encoding="utf-8")
        codes = exercises.replace('id = "', f'id = "l{rank + 1}-')
        name.with_suffix(".exercices.toml").write_text(codes, encoding="utf-8")
    return folder


def _alone(lesson: str) -> str:
    """Without links to other files of its parcours."""
    lines = (line for line in lesson.splitlines() if ".md" not in line and "images/" not in line)
    return "\n".join(line for line in lines if "data/" not in line) + "\n"


def spent_by(environment: Mapping[str, str], folder: Path) -> Spent:
    """One run of the command, in a process of its own."""
    command = (sys.executable, "-m", "clairevoie", "content", "import", str(folder))
    begin = time.perf_counter()
    ours, theirs = pty.openpty()  # progress is drawn where somebody looks
    child = subprocess.Popen(command, env=environment, stdout=theirs, stderr=theirs)
    os.close(theirs)
    drawn = set(re.findall(rb"(\d+)/%d" % CHAPTERS, b"".join(_read(ours))))
    _pid, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    os.close(ours)
    return Spent(
        seconds=time.perf_counter() - begin,
        processor=usage.ru_utime + usage.ru_stime,
        megabytes=usage.ru_maxrss / 1024,
        code=child.returncode,
        told=len(drawn),
    )


def _read(terminal: int) -> Iterator[bytes]:
    """All that is drawn, until nobody draws any more."""
    with suppress(OSError):  # how Linux says so
        while piece := os.read(terminal, 65_536):
            yield piece


def facts() -> dict[str, int]:
    """Inside an instance: what it holds."""
    import django

    django.setup()
    from clairevoie.learning.models import Chapter, Edition, Exercise

    return {
        "editions": Edition.objects.count(),
        "chapters": Chapter.objects.count(),
        "exercises": Exercise.objects.count(),
    }


def measure(engine: str, folder: Path) -> list[dict[str, Any]]:
    """The four imports, in order, on one instance."""
    last = max(folder.rglob("*.md"))
    whole = last.read_text(encoding="utf-8")
    rows = []
    with instance(engine) as environment:
        run(environment, "clairevoie", "migrate", "--verbosity", "0")
        for name, text in (
            ("first", whole),
            ("unchanged", whole),
            ("one chapter changed", f"{whole}\nUne phrase de plus.\n"),
            ("broken", whole.replace("minutes = ", "minutes = 0", 1)),
        ):
            last.write_text(text, encoding="utf-8")
            spent = spent_by(environment, folder)
            held = json.loads(run(environment, "bench.importing", "--facts"))
            assert (spent.code != 0) == (name == "broken"), f"{name}: {spent}"
            rows.append({"engine": engine, "name": name, "spent": spent, **held})
    last.write_text(whole, encoding="utf-8")
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--facts", action="store_true")
    if parser.parse_args().facts:
        print(json.dumps(facts()))
        return
    with tempfile.TemporaryDirectory(prefix="clairevoie-bench-") as root:
        folder = write_folder(Path(root))
        size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        rows = [row for engine in ("postgresql", "sqlite") for row in measure(engine, folder)]
    head = SECTION.format(
        day=calendar.today().isoformat(),
        machine=f"{os.cpu_count()} cores, Python {platform.python_version()}",
        load=os.getloadavg()[0],
        chapters=rows[0]["chapters"],
        exercises=rows[0]["exercises"],
        megabytes=size / 1e6,
    )
    section = head + "".join(_line(row) for row in rows)
    print(section)
    write_section(Path(__file__).parent.parent / "docs" / "benchmarks.md", section)


def _line(row: Mapping[str, Any]) -> str:
    spent: Spent = row["spent"]
    return (
        f"| {row['engine']} | {row['name']} | {spent.seconds:.1f} s | {spent.processor:.1f} s | "
        f"{spent.megabytes:.0f} MiB | {spent.told:,} | {row['editions']} |\n"
    )


if __name__ == "__main__":
    main()
