"""A PostgreSQL of one's own, gone afterwards: for tests and benchmarks.

``python -m tests.postgres -- COMMAND…`` runs COMMAND with ``DATABASE_URL`` on it. As root the
server runs as the user ``postgres`` (PostgreSQL refuses root); otherwise as ourselves.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

# Nothing here survives a power cut, and nothing needs to.
CARELESS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
ORDINARY = ("listen_addresses=", "max_connections=200", "shared_buffers=256MB", "jit=off")


@contextmanager
def throw_away(*, durable: bool = False, settings: tuple[str, ...] = ()) -> Iterator[str]:
    """The URL of an empty database on a unix socket; ``durable`` as a benchmark needs it."""
    binaries = _binaries()
    folder = Path(tempfile.mkdtemp(prefix="clairevoie-pg-"))
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
        data = folder / "data"
        _run(
            *(f"{binaries}/initdb", "-D", data, "-U", "postgres", "-A", "trust", "--no-sync"),
            *("-E", "UTF8", "--locale=C.UTF-8"),
        )
        chosen = (*ORDINARY, *(() if durable else CARELESS), *settings)
        options = " ".join(
            f"-c {setting}" for setting in (*chosen, f"unix_socket_directories={folder}")
        )
        control = (f"{binaries}/pg_ctl", "-D", data, "-w", "-s")
        _run(*control, "-o", options, "-l", folder / "log", "start")
        try:
            yield f"postgres://postgres@{quote(str(folder), safe='')}/postgres"
        finally:
            _run(*control, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _binaries() -> Path:
    """Where the newest server is; Debian keeps it out of PATH."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3])
    )
    elsewhere = shutil.which("initdb")
    if not found and not elsewhere:
        raise SystemExit("PostgreSQL is not installed: apt install postgresql")
    return (found[-1] if found else Path(str(elsewhere))).parent


def _run(*command: str | Path) -> None:
    user = ("setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups")
    prefix = user if os.geteuid() == 0 else ()
    done = subprocess.run(
        [*prefix, *map(str, command)],
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed: {done.stderr}")


def main() -> int:
    """Run the command after ``--`` and pass on its exit code."""
    command = sys.argv[2:] if sys.argv[1:2] == ["--"] else sys.argv[1:]
    if not command:
        sys.stderr.write("python -m tests.postgres -- COMMAND…\n")
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # the server ends with us
    with throw_away() as url:
        return subprocess.run(
            command, env={**os.environ, "DATABASE_URL": url}, check=False
        ).returncode


if __name__ == "__main__":
    sys.exit(main())
