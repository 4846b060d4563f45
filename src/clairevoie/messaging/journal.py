"""What one worker is handing over at this instant, on a file that survives it.

SMTP knows no transaction: between the dot that ends a mail and our note of it a worker can be
killed. So each attempt is told beside the database, by records that the system keeps once they
are written, whatever happens to the process:

- ``begin``: all but the dot has left; a server drops such a mail when the line breaks;
- ``handed``: the dot was given to the system, which delivers it though we die. Who has the dot
  answers for the mail (RFC 5321, 6.1), and asking again would double it (RFC 1047);
- ``posted``: given to a provider over HTTP, before its answer: nobody can tell any more;
- ``answered``: what the server said.

The journal is locked while its worker lives; whoever can lock it may settle what it tells.
"""

from __future__ import annotations

import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from uuid import UUID, uuid4

from django.conf import settings

from clairevoie.messaging.witness import Witness


class Fate(StrEnum):
    """The last thing a journal tells of a message."""

    BEGIN = "begin"
    HANDED = "handed"
    POSTED = "posted"
    ANSWERED = "answered"


@dataclass(frozen=True, slots=True)
class Told:
    """``number``: the code of an answer; at ``begin``, the bytes the system had been given."""

    fate: Fate
    number: int


class Journal:
    """One worker's records; ``name`` is the holder written into the messages it claims."""

    def __init__(
        self, name: UUID, path: Path, descriptor: int, *, witness: Witness | None = None
    ) -> None:
        self.name, self.path, self.descriptor = name, path, descriptor
        self.witness = witness

    @classmethod
    def opened(cls, *, witnessed: bool = False) -> Journal:
        """A new one, locked before anybody can see it."""
        name, folder = uuid4(), _folder()
        draft, path = folder / f".{name}", folder / f"{name}.journal"
        flags = os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_APPEND | os.O_CLOEXEC
        descriptor = os.open(draft, flags, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        draft.rename(path)
        return cls(name, path, descriptor, witness=Witness(descriptor) if witnessed else None)

    def note(self, fate: Fate, uuid: UUID, number: int = 0) -> None:
        """One write of a few bytes: whole, or not there."""
        os.write(self.descriptor, b"%s %s %d\n" % (fate.encode(), uuid.hex.encode(), number))

    def told(self) -> dict[UUID, Told]:
        """The last word on each message."""
        content = os.pread(self.descriptor, os.fstat(self.descriptor).st_size, 0)
        whole, _, _torn = content.rpartition(b"\n")
        found = {}
        for line in whole.decode().splitlines():
            match line.split(" "):
                case [fate, uuid, number]:
                    found[UUID(uuid)] = Told(Fate(fate), int(number))
        return found

    def watch(self, connection: socket.socket) -> None:
        """A conversation with a server begins."""
        if self.witness:
            self.witness.show(connection)

    def clear(self) -> None:
        """The database knows all it tells."""
        os.ftruncate(self.descriptor, 0)

    def discard(self) -> None:
        """No claim is left under its name."""
        with suppress(FileNotFoundError):
            self.path.unlink()
        self.leave()

    def leave(self) -> None:
        """Unlock it and let whoever comes next settle what it tells."""
        if self.witness:
            self.witness.dismiss()
        os.close(self.descriptor)


def abandoned() -> Iterator[Journal]:
    """The journals on this machine whose workers are dead, locked by us now."""
    for path in sorted(_folder().glob("*.journal")):
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CLOEXEC)
        except FileNotFoundError:
            continue  # its worker ended well just now
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            continue
        yield Journal(UUID(path.stem), path, descriptor)


def _folder() -> Path:
    folder = Path(settings.HOME) / "outgoing"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder
