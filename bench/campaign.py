"""``python -m bench.campaign``: 100,000 letters among 120,000 people, with a SIGKILL on the way.

A real SMTP server in its own process notes every mail; at the end each permitted person has got
exactly one, or the program fails. Writes nothing but what it prints.
"""

from __future__ import annotations

import argparse
import json
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.__main__ import instance, run
from tests.messaging.campaign import free_port, mail_server, received


def worker(environment: dict[str, str], uuid: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "clairevoie", "mailing", "run", uuid, "--json"]
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)


def mails(file: Path) -> int:
    return file.read_bytes().count(b"\n") if file.exists() else 0


def watch(file: Path, workers: list[subprocess.Popen[bytes]], upto: int) -> None:
    while mails(file) < upto and any(worker.poll() is None for worker in workers):
        time.sleep(0.5)


def campaign(engine: str, options: argparse.Namespace) -> dict[str, Any]:
    """One engine: prepare, send, kill, go on, count."""
    permitted = options.subjects * 5 // 6
    with instance(engine) as environment, tempfile.TemporaryDirectory() as folder:
        file, port = Path(folder) / "mails", free_port()
        environment["EMAIL_URL"] = f"smtp://127.0.0.1:{port}"
        run(environment, "clairevoie", "migrate", "--verbosity", "0")
        size = str(options.subjects)
        prepared = json.loads(run(environment, "bench.campaign", "--prepare", "--subjects", size))
        with mail_server(port, file):
            result = send(environment, prepared["uuid"], file, permitted, options.workers)
        found = [to for _, to in received(file)]
        told = run(environment, "clairevoie", "mailing", "progress", prepared["uuid"], "--json")
    result |= {
        "engine": engine,
        "subjects": options.subjects,
        "workers": options.workers,
        "enqueued_seconds": prepared["seconds"],
        "mails": len(found),
        "duplicates": len(found) - len(set(found)),
        "missing": permitted - len(set(found)),
        "per_second": len(found) / result["seconds"],
        "progress": json.loads(told),
    }
    if result["failed"] or result["duplicates"] or result["missing"]:
        raise SystemExit(f"not exactly once: {json.dumps(result, indent=2)}")
    return result


def send(
    environment: dict[str, str], uuid: str, file: Path, permitted: int, workers: int
) -> dict[str, Any]:
    """Workers until half is sent, SIGKILL, others until all is."""
    begin = time.perf_counter()
    first = [worker(environment, uuid) for _ in range(workers)]
    watch(file, first, permitted // 2)
    time.sleep(random.random())
    for killed in first:
        killed.send_signal(signal.SIGKILL)
        killed.wait()
    before = mails(file)
    second = [worker(environment, uuid) for _ in range(workers)]
    failed = sum(process.wait() != 0 for process in second)
    spent = time.perf_counter() - begin
    return {"killed_after": before, "failed": failed, "seconds": spent}


def prepare(subjects: int) -> None:
    """In the instance: the people, then the mailing, timed."""
    import django

    django.setup()
    from bench.campaign_people import enqueue, subscribe

    subscribe(subjects)
    begin = time.perf_counter()
    uuid = enqueue()
    print(json.dumps({"uuid": uuid, "seconds": time.perf_counter() - begin}))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--subjects", type=int, default=120_000)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--engine", choices=["sqlite", "postgresql"], action="append")
    parser.add_argument("--prepare", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.prepare:
        prepare(options.subjects)
        return
    for engine in options.engine or ["sqlite", "postgresql"]:
        print(json.dumps(campaign(engine, options), indent=2), flush=True)


if __name__ == "__main__":
    main()
