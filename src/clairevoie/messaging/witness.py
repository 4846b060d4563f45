"""Who sees whether the dot left, when the worker that sent it was killed that very instant."""

from __future__ import annotations

import socket
import struct

_SIOCOUTQ = 0x5411  # bytes given to the system that the other end has not acknowledged
_BYTES_ACKED = struct.Struct("Q")


def given_to_the_system(connection: socket.socket) -> int:
    """How many bytes were ever written to ``connection``; 0 where the system does not tell."""
    return 0
