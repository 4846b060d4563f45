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
        Code,
        forget_copies,
        send,
        send_code,
        send_codes,
        send_many,
    )
    from clairevoie.messaging.addresses import Address, typed
    from clairevoie.messaging.delivery import deliver_due, run_mailing
    from clairevoie.messaging.enclosures import (
        Enclosure,
        are_carried,
        enclosed_address,
        enclosures_from,
    )
    from clairevoie.messaging.letters import languages_from
    from clairevoie.messaging.mailings import (
        NotUnderWay,
        Progress,
        cancel_mailing,
        fill_mailing,
        mailing_progress,
        open_mailing,
        pause_mailing,
        release_mailing,
        resume_mailing,
        resumed_by,
        send_test,
        start_mailing,
    )
    from clairevoie.messaging.models import (
        Channel,
        Mailing,
        Message,
        Pace,
        State,
        Suppression,
    )
    from clairevoie.messaging.suppression import (
        EVERYTHING,
        UNREACHABLE,
        CannotBeStopped,
        last_day_of,
        note_reached,
        oldest_review,
        readmit,
        review_suppressions,
        rows_of,
        stoppable,
        suppress,
        suppress_many,
        suppressed,
    )
    from clairevoie.messaging.unsubscribing import (
        NeedsConsent,
        person_behind,
        refusals_of,
        start_again,
        stop,
        stop_on_request,
        unsubscribe_url,
        when_unsubscribed,
    )

_HOME = {
    "Enclosure": "enclosures",
    "are_carried": "enclosures",
    "enclosed_address": "enclosures",
    "enclosures_from": "enclosures",
    "Address": "addresses",
    "typed": "addresses",
    "UNREACHABLE": "suppression",
    "stop_on_request": "unsubscribing",
    "stoppable": "suppression",
    "rows_of": "suppression",
    "review_suppressions": "suppression",
    "note_reached": "suppression",
    "oldest_review": "suppression",
    "CannotBeStopped": "suppression",
    "Channel": "models",
    "EVERYTHING": "suppression",
    "Mailing": "models",
    "Message": "models",
    "NeedsConsent": "unsubscribing",
    "show_banner": "announcements",
    "NotUnderWay": "mailings",
    "PATIENCE": "actions",
    "Pace": "models",
    "Progress": "mailings",
    "State": "models",
    "Suppression": "models",
    "cancel_mailing": "mailings",
    "deliver_due": "delivery",
    "fill_mailing": "mailings",
    "forget_copies": "actions",
    "languages_from": "letters",
    "last_day_of": "suppression",
    "mailing_progress": "mailings",
    "open_mailing": "mailings",
    "pause_mailing": "mailings",
    "refusals_of": "unsubscribing",
    "person_behind": "unsubscribing",
    "readmit": "suppression",
    "release_mailing": "mailings",
    "resume_mailing": "mailings",
    "resumed_by": "mailings",
    "run_mailing": "delivery",
    "send": "actions",
    "Code": "actions",
    "send_code": "actions",
    "send_codes": "actions",
    "send_many": "actions",
    "send_test": "mailings",
    "start_again": "unsubscribing",
    "start_mailing": "mailings",
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
    "UNREACHABLE",
    "Address",
    "CannotBeStopped",
    "Channel",
    "Code",
    "Enclosure",
    "Mailing",
    "Message",
    "NeedsConsent",
    "NotUnderWay",
    "Pace",
    "Progress",
    "State",
    "Suppression",
    "are_carried",
    "cancel_mailing",
    "deliver_due",
    "enclosed_address",
    "enclosures_from",
    "fill_mailing",
    "forget_copies",
    "languages_from",
    "last_day_of",
    "mailing_progress",
    "note_reached",
    "oldest_review",
    "open_mailing",
    "pause_mailing",
    "person_behind",
    "readmit",
    "refusals_of",
    "release_mailing",
    "resume_mailing",
    "resumed_by",
    "review_suppressions",
    "rows_of",
    "run_mailing",
    "send",
    "send_code",
    "send_codes",
    "send_many",
    "send_test",
    "start_again",
    "start_mailing",
    "stop",
    "stop_on_request",
    "stoppable",
    "suppress",
    "suppress_many",
    "suppressed",
    "typed",
    "unsubscribe_url",
    "when_unsubscribed",
]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        found = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
        globals()[name] = found  # the next use asks nobody
        return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
