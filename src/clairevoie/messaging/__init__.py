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
    from clairevoie.messaging.models import Channel, Message, State, Suppression
    from clairevoie.messaging.suppression import (
        EVERYTHING,
        CannotBeStopped,
        readmit,
        suppress,
        suppress_many,
        suppressed,
    )
    from clairevoie.messaging.unsubscribing import (
        NeedsConsent,
        person_behind,
        start_again,
        stop,
        unsubscribe_url,
        when_unsubscribed,
    )

_HOME = {
    "CannotBeStopped": "suppression",
    "Channel": "models",
    "EVERYTHING": "suppression",
    "Message": "models",
    "PATIENCE": "actions",
    "State": "models",
    "Suppression": "models",
    "deliver_due": "delivery",
    "person_behind": "unsubscribing",
    "forget_copies": "actions",
    "languages_from": "letters",
    "readmit": "suppression",
    "send": "actions",
    "send_code": "actions",
    "send_many": "actions",
    "NeedsConsent": "unsubscribing",
    "start_again": "unsubscribing",
    "stop": "unsubscribing",
    "suppress": "suppression",
    "suppress_many": "suppression",
    "suppressed": "suppression",
    "unsubscribe_url": "unsubscribing",
    "when_unsubscribed": "unsubscribing",
}

__all__ = [
    "EVERYTHING",
    "PATIENCE",
    "CannotBeStopped",
    "Channel",
    "Message",
    "NeedsConsent",
    "State",
    "Suppression",
    "deliver_due",
    "forget_copies",
    "languages_from",
    "person_behind",
    "readmit",
    "send",
    "send_code",
    "send_many",
    "start_again",
    "stop",
    "suppress",
    "suppress_many",
    "suppressed",
    "unsubscribe_url",
    "when_unsubscribed",
]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
