"""``script/server``: prepares the instance where something changed, then serves it until Ctrl-C.

Django is not imported here: when nothing changed since the last start, the first page waits
for the web server alone.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Iterator
from pathlib import Path

from clairevoie.config.instance import HOME, REPOSITORY, SOURCE
from clairevoie.config.supervision import Supervisor, is_taken

STAMP = HOME / "prepared.sha256"


def main() -> int:
    """Exit code: 0 when asked to stop, 1 when something failed, 2 for bad arguments."""
    chosen = _arguments()
    address = f"http://{chosen.host}:{chosen.port}"
    if is_taken(chosen.host, chosen.port):
        sys.stderr.write(f"Le port {chosen.port} est déjà pris\u00a0: choisissez avec --port.\n")
        return 1
    os.umask(0o077)  # what the instance writes is for its owner alone
    os.environ.setdefault("CLAIREVOIE_URL", address)
    if not _prepare():
        return 1
    supervisor = Supervisor(host=chosen.host, port=chosen.port, workers=chosen.workers)
    if supervisor.start():
        notes = HOME / "demonstration.txt"  # whom the demonstration lets in
        accounts = notes.read_text() if notes.exists() else ""
        sys.stdout.write(f"\nClairevoie\u00a0: {address}/\n\n{accounts}Ctrl-C arrête tout.\n")
        sys.stdout.flush()
    return supervisor.wait()


def _arguments() -> Namespace:
    parser = ArgumentParser("script/server", description="Sert Clairevoie jusqu’à Ctrl-C.")
    parser.add_argument("--port", type=_port, default=8000)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--workers", type=int, default=2)
    return parser.parse_args()


def _port(text: str) -> int:
    if text.isdecimal() and 0 < int(text) < 65536:
        return int(text)
    raise ArgumentTypeError(f"«\u00a0{text}\u00a0» n’est pas un port (1 à 65535).")


def _prepare() -> bool:
    """Run ``clairevoie prepare`` unless the last one saw exactly these files and settings."""
    fingerprint = _fingerprint()
    if STAMP.exists() and STAMP.read_text() == fingerprint:
        return True
    done = subprocess.run([sys.executable, "-m", "clairevoie", "prepare"], check=False)
    if done.returncode:
        return False
    # A database elsewhere may change behind our back: it is looked at on each start.
    if "DATABASE_URL" not in os.environ:
        STAMP.write_text(fingerprint)
    return True


def _fingerprint() -> str:
    """Changes with any file of the platform or of the policy, and with our environment."""
    policy = Path(os.environ.get("CLAIREVOIE_POLICY") or REPOSITORY / "policy")
    lines = [f"{name}={value}" for name, value in os.environ.items() if "CLAIREVOIE" in name]
    for folder in (SOURCE, policy):
        for entry in _files(str(folder)):
            state = entry.stat()
            lines.append(f"{entry.path} {state.st_size} {state.st_mtime_ns}")
    lines.append(f"{sys.version} {(REPOSITORY / 'uv.lock').read_text()}")
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()


def _files(folder: str) -> Iterator[os.DirEntry[str]]:
    for entry in os.scandir(folder):
        if entry.is_dir():
            if entry.name != "__pycache__":
                yield from _files(entry.path)
        else:
            yield entry


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:  # while preparing: the next start goes on from there
        sys.exit(130)
