"""Who sees whether the dot left, when the worker that sent it was killed that very instant.

A tiny process without Django, beside each worker that sends a mailing. It holds the same line to
the server and the same journal, and wakes when the worker ends. If the worker's last record is
that a mail was about to be finished, it asks the system how many bytes that line was given since:
one more, and the dot had left. Only then is the journal unlocked for the next worker.

Without it (single messages, other systems, a machine that stops at once) a worker killed in the
microseconds between the dot and its record sends that one mail again, under the same Message-ID.
"""

from __future__ import annotations

import fcntl
import os
import socket
import struct
import subprocess
import sys

_SIOCOUTQ = 0x5411  # given to the system, not acknowledged by the other end: linux/sockios.h
_BYTES_ACKED = struct.Struct("Q")  # struct tcp_info of linux/tcp.h, since Linux 4.1
_OFFSET = 120


def given_to_the_system(line: socket.socket) -> int:
    """How many bytes ``line`` was ever given; 0 where the system does not tell."""
    if sys.platform != "linux":
        return 0
    while True:  # an acknowledgement in between would be counted twice, or not at all
        before = _acknowledged(line)
        waiting = struct.unpack("i", fcntl.ioctl(line.fileno(), _SIOCOUTQ, b"\0\0\0\0"))[0]
        if before == _acknowledged(line):
            return before + int(waiting)


def _acknowledged(line: socket.socket) -> int:
    told = line.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _OFFSET + _BYTES_ACKED.size)
    (number,) = _BYTES_ACKED.unpack_from(told, _OFFSET)
    return int(number)


class Witness:
    """The worker's side: starts the other process, and shows it each line that opens."""

    def __init__(self, journal: int) -> None:
        self._ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603  # our own file
                [sys.executable, "-I", "-S", __file__, str(theirs.fileno()), str(journal)],
                pass_fds=(theirs.fileno(), journal),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # what kills a worker's group leaves the witness
            )

    def show(self, line: socket.socket) -> None:
        socket.send_fds(self._ours, [b"!"], [line.fileno()])

    def dismiss(self) -> None:
        self._ours.close()
        self._process.wait()


def main(control: int, journal: int) -> None:
    """The other process: wait for the worker's end, then testify."""
    line = None
    with socket.socket(fileno=control) as worker:
        while True:
            word, descriptors, _, _ = socket.recv_fds(worker, 1, 1)
            if descriptors:
                line = socket.socket(fileno=descriptors[0])
            elif not word:
                break
    if line is not None:
        testify(line, journal)


def testify(line: socket.socket, journal: int) -> None:
    """Write down that the dot had left, if it had and the worker could not say so."""
    content = os.pread(journal, os.fstat(journal).st_size, 0)
    whole = content.rpartition(b"\n")[0]
    fate, uuid, number = [*whole.rpartition(b"\n")[2].split(b" "), b"", b""][:3]
    if fate == b"begin" and given_to_the_system(line) > int(number) > 0:
        torn = b"" if content.endswith(b"\n") else b"\n"
        os.write(journal, torn + b"handed %s 0\n" % uuid)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
