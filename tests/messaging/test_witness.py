"""A worker killed around the dot: whether it had left is known, not guessed."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from clairevoie.messaging.journal import Fate, Journal, abandoned

if sys.platform != "linux":
    pytest.skip("only Linux tells how much a line was given", allow_module_level=True)

WORKER = """
import os, signal, socket, sys, uuid
from django.conf import settings
settings.configure(HOME=sys.argv[1])
from clairevoie.messaging.journal import Fate, Journal
from clairevoie.messaging.witness import given_to_the_system
line = socket.create_connection(("127.0.0.1", int(sys.argv[2])))
journal = Journal.opened(witnessed=True)
journal.watch(line)
number, when = uuid.UUID(int=7), sys.argv[3]
line.sendall(b"words" * 1000 + b"\\r\\n")
journal.note(Fate.BEGIN, number, given_to_the_system(line))
if when == "before the dot":
    os.kill(os.getpid(), signal.SIGKILL)
line.sendall(b".\\r\\n")
if when == "after the dot":
    os.kill(os.getpid(), signal.SIGKILL)
journal.note(Fate.HANDED, number)
os.kill(os.getpid(), signal.SIGKILL)
"""


def dead(home: Path) -> Journal:
    """The journal of the killed worker, once its witness has spoken."""
    limit = time.monotonic() + 20
    while time.monotonic() < limit:
        for journal in abandoned():
            return journal
        time.sleep(0.01)
    raise TimeoutError


@pytest.mark.parametrize(
    ("when", "fate"),
    [
        ("before the dot", Fate.BEGIN),
        ("after the dot", Fate.HANDED),
        ("after its record", Fate.HANDED),
    ],
)
def test_the_witness_tells_whether_the_dot_had_left(
    tmp_path: Path, settings: object, when: str, fate: Fate
) -> None:
    settings.HOME = tmp_path  # type: ignore[attr-defined]
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(20)
        port = str(server.getsockname()[1])
        command = [sys.executable, "-c", WORKER, str(tmp_path), port, when]
        with subprocess.Popen(command) as process:
            line, _ = server.accept()
            with line:
                received = b"".join(iter(lambda: line.recv(65536), b""))
        assert process.returncode == -signal.SIGKILL

    journal = dead(tmp_path)
    (told,) = journal.told().values()
    journal.discard()
    assert received.endswith(b"\r\n.\r\n") is (fate is Fate.HANDED)
    assert told.fate is fate


def test_a_journal_whose_worker_lives_is_nobody_elses(tmp_path: Path, settings: object) -> None:
    settings.HOME = tmp_path  # type: ignore[attr-defined]
    alive = Journal.opened()

    found = list(abandoned())
    alive.leave()
    then = list(abandoned())

    assert found == []
    assert [journal.name for journal in then] == [alive.name]
    then[0].discard()
    assert not list(tmp_path.glob("outgoing/*"))
