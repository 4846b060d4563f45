"""A real SMTP server in a process of its own, which notes each mail it answered for.

``python -m tests.messaging.campaign PORT FILE``: one line a mail, ``Message-ID recipient``.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import create_connection, socket

from aiosmtpd.smtp import SMTP, Envelope, Session


class Notebook:
    """Writes down who got which mail before it says yes."""

    def __init__(self, file: Path) -> None:
        self.out = os.open(file, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)

    async def handle_DATA(  # noqa: N802  # aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        head, _, _ = content.partition(b"\r\n\r\n")
        (number,) = (
            line.partition(b":")[2].strip()
            for line in head.split(b"\r\n")
            if line.lower().startswith(b"message-id:")
        )
        os.write(self.out, number + b" " + envelope.rcpt_tos[0].encode() + b"\n")
        return "250 OK"


@contextmanager
def mail_server(port: int, file: Path) -> Iterator[None]:
    """The server, up while the block runs."""
    command = [sys.executable, "-m", "tests.messaging.campaign", str(port), str(file)]
    server = subprocess.Popen(command)
    try:
        limit = time.monotonic() + 20
        while time.monotonic() < limit:
            try:
                create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.05)
        yield
    finally:
        server.terminate()
        server.wait()


def free_port() -> int:
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def received(file: Path) -> list[tuple[str, str]]:
    """(Message-ID, recipient) of each mail, in the order received."""
    if not file.exists():
        return []
    return [(number, to) for number, to in map(str.split, file.read_text().splitlines())]


async def _serve(port: int, file: Path) -> None:
    notebook = Notebook(file)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(notebook, hostname="localhost", enable_SMTPUTF8=False), "127.0.0.1", port
    )
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), Path(sys.argv[2])))
