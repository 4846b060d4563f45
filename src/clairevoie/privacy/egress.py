"""Nothing leaves for a host that nobody wrote down: refused before any byte, DNS included (P-063).

An audit hook of the interpreter (PEP 578) sees every connection and every name looked up by
Python code, ours or a library's, and cannot be taken out again. What may be reached: this
machine, the database, the mail server, and the ``hosts`` of active recipients of the policy.
Addresses are let through only when an allowed name led to them.

Code in C that opens its own sockets is not seen: of what we install only libpq does, and it
goes to the database (docs/decisions/0062).
"""

from __future__ import annotations

import socket
import sys
import time
from collections.abc import Callable, Mapping
from functools import lru_cache, wraps
from ipaddress import ip_address
from typing import Any, Final

from django.conf import settings

from clairevoie import policy
from clairevoie.privacy import recipients

MEMORY: Final = 3600.0  # seconds: how long an address is known by the name that led to it
_NETWORK = (socket.AF_INET, socket.AF_INET6)


class NotARecipient(PermissionError):
    """Cet hôte n’est pas prévu par la politique : rien n’est parti."""

    def __init__(self, host: str) -> None:
        # The last two labels, or an address: a longer name could hold a value of somebody.
        brief = host if _is_address(host) else ".".join(host.split(".")[-2:])
        super().__init__(f"{brief}: write it in hosts of an active recipient (recipients.toml)")


class _Known:
    """Addresses by the allowed name that led there, and until when we rely on it."""

    def __init__(self) -> None:
        self.installed = False
        self.addresses: dict[str, tuple[str, float]] = {}

    def note(self, name: str, address: str) -> None:
        self.addresses[address] = (name, time.monotonic() + MEMORY)

    def name_of(self, address: str) -> str | None:
        name, until = self.addresses.get(address, ("", 0.0))
        return name if time.monotonic() < until else None


_known = _Known()


def install() -> None:
    """Stand guard from now on, in this process; a second time does nothing."""
    if _known.installed:
        return
    _known.installed = True
    socket.getaddrinfo = _remembering(socket.getaddrinfo)
    sys.addaudithook(_guard)


def may_reach(host: str) -> bool:
    """Whether a name, or an address, is one that was written down."""
    host = _plain(host)
    if _is_this_machine(host):
        return True
    stopped = recipients.last_known_stops()
    return any(
        _matches(host, pattern)
        for code, patterns in _written(policy.current().digest).items()
        if code not in stopped
        for pattern in patterns
    )


# --- The guard --------------------------------------------------------------------------------


def _guard(event: str, arguments: tuple[Any, ...]) -> None:
    """Called for everything the interpreter does: one look-up for what is no network."""
    check = _CHECKS.get(event)
    if check is not None:
        check(*arguments)


def _look_up(host: Any, *_others: object) -> None:
    if host and not may_reach(_text(host)):
        raise NotARecipient(_plain(_text(host)))


def _reach(sock: socket.socket, address: Any) -> None:
    if sock.family not in _NETWORK or address is None:
        return  # a socket of this machine, or one connected (and judged) already
    host = _plain(_text(address[0]))
    if not (may_reach(host) or _was_found(host)):
        raise NotARecipient(host)


def _was_found(address: str) -> bool:
    name = _known.name_of(address)
    return name is not None and may_reach(name)


_CHECKS: Mapping[str, Callable[..., None]] = {
    "socket.connect": _reach,
    "socket.sendto": _reach,
    "socket.sendmsg": _reach,
    "socket.getaddrinfo": _look_up,
    "socket.gethostbyname": _look_up,
    "socket.gethostbyaddr": _look_up,
    "socket.getnameinfo": lambda address: _look_up(address[0]),
}


def _remembering(getaddrinfo: Callable[..., Any]) -> Callable[..., Any]:
    """The same function; what an allowed name led to may then be connected to."""

    @wraps(getaddrinfo)
    def look_up(host: Any, *arguments: Any, **options: Any) -> Any:
        found = getaddrinfo(host, *arguments, **options)
        for *_, address in found:
            if host:
                _known.note(_plain(_text(host)), _plain(_text(address[0])))
        return found

    return look_up


# --- What was written down --------------------------------------------------------------------


@lru_cache(maxsize=4)
def _written(_policy: str) -> dict[str, tuple[str, ...]]:
    """Names and addresses by recipient; under the empty code what no recipient stands for."""
    database = str(settings.DATABASES["default"].get("HOST") or "")
    ours = (host for host in (database, settings.EMAIL_HOST) if host and "/" not in host)
    return {
        "": tuple(_plain(host) for host in ours),
        **{r.code: r.hosts for r in policy.current().recipients.values() if r.active},
    }


def _matches(host: str, pattern: str) -> bool:
    if pattern.startswith("*."):
        return host.endswith(pattern[1:])
    return host == pattern


@lru_cache(maxsize=64)
def _is_this_machine(host: str) -> bool:
    """Loopback; our own name, which mail libraries look up to say hello."""
    if host in ("localhost", "", _plain(socket.gethostname())):
        return True
    if not _is_address(host):
        return False
    address = ip_address(host)
    return address.is_loopback or address.is_unspecified


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _plain(host: str) -> str:
    """Lower case, without the final dot, brackets or an IPv6 zone."""
    return host.lower().rstrip(".").strip("[]").partition("%")[0]


def _text(host: Any) -> str:
    return host.decode("ascii", "replace") if isinstance(host, bytes | bytearray) else str(host)
