"""The processes of an instance: web server, tasks, nightly round. They live and end together."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

PATIENCE = 10.0  # seconds left to requests under way when everything ends


def is_taken(host: str, port: int) -> bool:
    """Whether something listens there already."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
    return False


class Supervisor:
    """Starts every process of the instance and ends them all when one ends, or on a signal.

    Those behind the scenes start once pages are answered: people come first on a small machine.
    """

    def __init__(self, *, host: str, port: int, workers: int) -> None:
        self.host, self.port = host, port
        programs = Path(sys.executable).parent
        web = [
            *(sys.executable, "-m", "clairevoie.config.web", "--interface", "wsgi"),
            *("--host", host, "--port", str(port)),
            *("--workers", str(workers), "--blocking-threads", "2", "--log-level", "warning"),
            # One that ends after half a minute leaves the next to open a connection of its own.
            *("--blocking-threads-idle-timeout", "600"),
            *("--workers-kill-timeout", "5", "--respawn-failed-workers"),
            "clairevoie.config.wsgi:application",
        ]
        self._web = web
        self._behind = (
            [f"{programs}/clairevoie", "db_worker", "--verbosity", "0"],
            [f"{programs}/clairevoie", "daily", "--every-night"],
        )
        self._children: list[subprocess.Popen[bytes]] = []
        self._stopping = False

    def start(self) -> bool:
        """Start everything; True once pages are answered."""
        for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(name, self._stop)
        self._spawn(self._web)
        if not self._answers(within=60.0):
            return False
        for command in self._behind:
            self._spawn(command)
        return True

    def _spawn(self, command: list[str]) -> None:
        # Sessions of their own: Ctrl-C reaches us alone, and we end them in order.
        self._children.append(subprocess.Popen(command, start_new_session=True))  # noqa: S603

    def _stop(self, *_: object) -> None:
        self._stopping = True

    def _answers(self, *, within: float) -> bool:
        limit = time.monotonic() + within
        while time.monotonic() < limit and self._all_live():
            try:
                line = http.client.HTTPConnection(self.host, self.port, timeout=10)
                line.request("HEAD", "/.well-known/security.txt")
                line.getresponse().close()
            except OSError:
                time.sleep(0.05)
            else:
                return True
            finally:
                line.close()
        return False

    def _all_live(self) -> bool:
        return not self._stopping and all(child.poll() is None for child in self._children)

    def wait(self) -> int:
        """Return once everything has ended: 0 when asked to, else 1."""
        while self._all_live():
            time.sleep(0.2)
        for child in self._children:
            self._signal(child, signal.SIGTERM)
        limit = time.monotonic() + PATIENCE
        for child in self._children:
            with suppress(subprocess.TimeoutExpired):
                child.wait(max(0.1, limit - time.monotonic()))
            self._signal(child, signal.SIGKILL)  # also what a child left behind
            child.wait()
        return 0 if self._stopping else 1

    @staticmethod
    def _signal(child: subprocess.Popen[bytes], name: signal.Signals) -> None:
        try:
            os.killpg(child.pid, name)
        except ProcessLookupError:
            return  # all of them had ended
