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
        prepared = json.loads(
            run(environment, "bench.campaign", "--prepare", "--subjects", str(options.subjects))
        )
        with mail_server(port, file):
            begin = time.perf_counter()
            first = [worker(environment, prepared["uuid"]) for _ in range(options.workers)]
            watch(file, first, permitted // 2)
            time.sleep(random.random())
            before = mails(file)
            for killed in first:
                killed.send_signal(signal.SIGKILL)
                killed.wait()
            second = [worker(environment, prepared["uuid"]) for _ in range(options.workers)]
            watch(file, second, permitted)
            codes = [process.wait() for process in second]
            spent = time.perf_counter() - begin
        found = received(file)
        progress = json.loads(
            run(environment, "clairevoie", "mailing", "progress", prepared["uuid"], "--json")
        )
    readers = {to for _, to in found}
    result = {
        "engine": engine,
        "subjects": options.subjects,
        "workers": options.workers,
        "enqueued_seconds": prepared["seconds"],
        "killed_after": before,
        "mails": len(found),
        "duplicates": len(found) - len(readers),
        "missing": permitted - len(readers),
        "strangers": len(readers - set(prepared["readers"])) if "readers" in prepared else 0,
        "seconds": spent,
        "per_second": len(found) / spent,
        "progress": progress,
    }
    if any(codes) or result["duplicates"] or result["missing"] or result["strangers"]:
        print(json.dumps(result, indent=2))
        raise SystemExit("not exactly once")
    return result


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
