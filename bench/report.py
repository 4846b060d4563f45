"""The last report, kept in docs/benchmarks.md."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from clairevoie.lib import calendar

LIMITS = {"plan": 2.0, "export one": 3.0, "erase one": 3.0, "sweep": 1.5}

HEAD = """# Benchmarks

Written by `python -m bench` on {day} ({machine}). Each line compares the engine with SQL
written by hand for the same work ([bench/by_hand.py](../bench/by_hand.py)), interleaved in the
same run on people of the same make, ending in the same state (checked). Times are medians.
Absolutes are of that machine; ratios hold.
"""


PAGES = """## Pages of « Mon compte »

Written by `python -m bench.pages` on {day} ({machine}, load average {load:.1f}): requests a second
of one granian worker, wrk with 8 connections, against a bare Django view with one session and one
indexed query ([bench/bare_pages.py](../bench/bare_pages.py)), in turns; medians. Limit: ≥ 0.5.

| Engine | Page | Requests a second | Bare view | Ratio |
|---|---|---:|---:|---:|
"""


GATE = """## The gate over a million people

Written by `python -m bench.gate` on {day} ({machine}, load average {load:.1f}): one query selects
whom a letter may be written to, among {subjects:,} people with {rows:,} acts of consent (given,
withdrawn, given again), objections and locked people; {permitted:,} are. By hand: the same for
this very schema in three ways, in turns with the gate; medians. The ratio is to the fastest of
them. Limit: ≤ 1.5×.

| Engine | Gate | Last word by index | No later word | Greatest of each | Ratio | Runs |
|---|---:|---:|---:|---:|---:|---:|
"""


def write_report(path: Path, found: list[dict[str, Any]], machine: str) -> None:
    """Replace the report with these results; that of the pages stays."""
    parts = [HEAD.format(day=calendar.today().isoformat(), machine=machine)]
    parts += [_engine(engine) for engine in found]
    others = [s for s in _sections(path) if not s.startswith(("# ", "## postgresql", "## sqlite"))]
    path.write_text("\n".join(parts) + "".join(f"\n{s}" for s in others), encoding="utf-8")


def write_pages(path: Path, found: list[dict[str, Any]], machine: str, load: float) -> None:
    """Replace the report of the pages; the rest stays."""
    head = PAGES.format(day=calendar.today().isoformat(), machine=machine, load=load)
    lines = [
        f"| {engine['engine']} | `{page}` | {row['rate']:,.0f} | {engine['bare']:,.0f} "
        f"| {row['ratio']:.2f} |\n"
        for engine in found
        for page, row in engine["pages"].items()
    ]
    write_section(path, head + "".join(lines))


def write_gate(path: Path, found: list[dict[str, Any]], machine: str, load: float) -> None:
    """Replace the report of the gate; the rest stays."""
    first = found[0]
    head = GATE.format(
        day=calendar.today().isoformat(),
        machine=machine,
        load=load,
        subjects=first["subjects"],
        rows=first["rows"],
        permitted=first["permitted"],
    )
    lines = [
        f"| {each['engine']} | {each['gate'] * 1e3:,.0f} ms | "
        + " | ".join(f"{seconds * 1e3:,.0f} ms" for seconds in each["hands"].values())
        + f" | **{each['ratio']:.2f}×** | {each['runs']} |\n"
        for each in found
    ]
    write_section(path, head + "".join(lines))


def write_section(path: Path, section: str) -> None:
    """Put ``section``, which begins with its ``## title``, in the place of the former one."""
    title = section.partition("\n")[0]
    sections = _sections(path)
    titles = [each.partition("\n")[0] for each in sections]
    if title in titles:
        sections[titles.index(title)] = section
    else:
        sections.append(section)
    path.write_text("\n".join(each.rstrip() + "\n" for each in sections), encoding="utf-8")


def _sections(path: Path) -> list[str]:
    """The report cut before each ``## title``."""
    return re.split(r"(?m)^(?=## )", path.read_text(encoding="utf-8"))


def _engine(found: dict[str, Any]) -> str:
    lines = [
        f"## {found['engine']}: {found['subjects']:,} people, {found['rows']:,} rows",
        "",
        f"Seeded in {found['seeded']:.0f} s.",
        "",
        "| Work | Engine | By hand | Ratio | Limit (PostgreSQL) | Runs |",
        "|---|---:|---:|---:|---:|---:|",
        *(_pair(row) for row in found["results"]),
        "",
        "| Memory | Rows | Time | Peak | Grown by the work |",
        "|---|---:|---:|---:|---:|",
        *(_memory(row) for row in found["memory"]),
        "",
    ]
    return "\n".join(lines)


def _pair(row: dict[str, Any]) -> str:
    limit = next(value for name, value in LIMITS.items() if row["name"].startswith(name))
    return (
        f"| {row['name']} | {row['ours'] * 1e3:,.1f} ms | {row['by_hand'] * 1e3:,.1f} ms "
        f"| {row['ratio']:.2f}× | ≤ {limit}× | {row['runs']} |"
    )


def _memory(row: dict[str, Any]) -> str:
    return (
        f"| {row['what']} | {row['rows']:,} | {row['seconds']:.1f} s "
        f"| {row['peak_mib']:.1f} MiB | {row['grown_mib']:.1f} MiB |"
    )
