"""The only door through which e-mail and text messages leave.

Every message passes the gate when it is written and again when it leaves, is written in the
same transaction as what it tells, and leaves after the commit. It never holds a tracking
pixel or a counted link; a text message names nobody. The names below resolve on first use,
because Django imports this package before any model can exist.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from clairevoie.messaging.actions import (
        PATIENCE,
        forget_copies,
        send,
        send_code,
        send_many,
    )
    from clairevoie.messaging.delivery import deliver_due
    from clairevoie.messaging.letters import languages_from
    from clairevoie.messaging.models import Channel, Message, State

_HOME = {
    "Channel": "models",
    "Message": "models",
    "PATIENCE": "actions",
    "State": "models",
    "deliver_due": "delivery",
    "forget_copies": "actions",
    "languages_from": "letters",
    "send": "actions",
    "send_code": "actions",
    "send_many": "actions",
}

__all__ = [
    "PATIENCE",
    "Channel",
    "Message",
    "State",
    "deliver_due",
    "forget_copies",
    "languages_from",
    "send",
    "send_code",
    "send_many",
]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
