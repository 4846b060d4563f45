"""``script/server`` prepares an empty instance, serves it, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.architecture.source import REPOSITORY

Start = Callable[..., subprocess.Popen[str]]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start the server on an instance of its own; whatever is left at the end is ended."""
    inherited = {
        name: value
        for name, value in os.environ.items()
        if "CLAIREVOIE" not in name and name != "DATABASE_URL"
    }
    running: list[subprocess.Popen[str]] = []

    def launch(*arguments: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "clairevoie.config.serving", *arguments],
            cwd=REPOSITORY,
            env={**inherited, "CLAIREVOIE_HOME": str(tmp_path / "home")},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        running.append(process)
        return process

    yield launch
    for process in running:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)


def answer(port: int, path: str = "/", *, process: subprocess.Popen[str]) -> int:
    """The status of ``path``, once the server answers."""
    for _ in range(1800):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=30) as page:
                return int(page.status)
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code
        except OSError:
            assert process.poll() is None, process.communicate()[0]
            time.sleep(0.1)
    raise AssertionError("the server does not answer")


def descendants(pid: int) -> set[int]:
    """Every process started by ``pid``, and by those."""
    parents = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            after_name = status.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue  # it ended while we looked
        parents[int(status.parent.name)] = int(after_name[1])
    found = {pid}
    while more := {one for one, two in parents.items() if two in found} - found:
        found |= more
    return found - {pid}


def is_alive(pid: int) -> bool:
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


@pytest.mark.browser
def test_an_empty_instance_is_served_and_ctrl_c_ends_all_of_it(
    start: Start, tmp_path: Path
) -> None:
    port = free_port()
    server = start("--port", str(port))

    assert answer(port, process=server) == 200
    assert answer(port, "/static/inconnu.css", process=server) == 404
    assert server.stdout is not None
    told = "".join(iter(server.stdout.readline, "Ctrl-C arrête tout.\n"))
    family = descendants(server.pid)
    server.send_signal(signal.SIGINT)

    assert server.wait(timeout=60) == 0
    assert f"http://127.0.0.1:{port}/" in told
    assert "alice@" in told
    assert len(family) >= 3
    assert not [pid for pid in family if is_alive(pid)]
    assert (tmp_path / "home").stat().st_mode & 0o077 == 0, "for its owner alone"

    again = start("--port", str(port))
    assert answer(port, process=again) == 200
    assert again.stdout is not None
    told = "".join(iter(again.stdout.readline, "Ctrl-C arrête tout.\n"))
    assert "Préparation" not in told, "nothing changed: nothing is prepared again"


def test_a_port_that_is_taken_is_said(start: Start) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        server = start("--port", str(other.getsockname()[1]))
        told, _ = server.communicate(timeout=60)

    assert server.returncode == 1
    assert "est déjà pris" in told
    assert "Traceback" not in told


@pytest.mark.parametrize("port", ["0", "65536", "-1", "abc", ""])
def test_a_port_that_is_none_is_refused(start: Start, port: str) -> None:
    server = start("--port", port)
    told, _ = server.communicate(timeout=60)

    assert server.returncode == 2
    assert "Traceback" not in told


def test_what_workers_share_opens_no_connection(tmp_path: Path) -> None:
    """Two processes cannot share a connection to a database."""
    program = (
        "from clairevoie.config.web import load; load()\n"
        "from django.db import connections\n"
        "print([c.alias for c in connections.all(initialized_only=True) if c.connection])"
    )

    told = subprocess.run(
        [sys.executable, "-c", program],
        cwd=REPOSITORY,
        env={**os.environ, "CLAIREVOIE_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert told.stdout == "[]\n"
