"""What the answer of a provider's API makes of a message: sent, refused, tried later, or unknown.

HTTP has no dot: where the answer is lost, nobody can tell whether the message left; it is listed
as « sans accusé » and is not sent again.
"""

from __future__ import annotations

from typing import Final, NoReturn
from uuid import UUID

from requests.exceptions import ConnectionError as NoConnection
from requests.exceptions import ConnectTimeout
from urllib3.exceptions import NewConnectionError

from clairevoie.messaging.doors.parcel import DoorShut, RefusedForGood, Unconfirmed
from clairevoie.messaging.journal import Fate, Journal

_OURS: Final = (401, 402, 403)  # our key or our bill: nobody's address is to blame
_LATER: Final = (408, 425, 429, 503)  # it says itself that it took nothing


def explain(
    error: Exception, status: int | None, *, uuid: UUID, journal: Journal, cause: BaseException
) -> NoReturn:
    """Raise what became of a message: not sent, refused, or nobody knows.

    ``status`` is the answer's; None where there was none. ``cause`` is what is noted, by the name
    of its class, when the door itself is to blame.
    """
    if status is None and not _never_left(error):
        raise Unconfirmed from None
    if status is not None and status >= 500 and status not in _LATER:
        raise Unconfirmed from None
    refused = status is not None and status not in (*_OURS, *_LATER)
    journal.note(Fate.ANSWERED, uuid, 550 if refused else 450)
    if refused:
        raise RefusedForGood from None
    if status in _LATER:
        raise error
    raise DoorShut(cause) from None


def _never_left(error: BaseException) -> bool:
    """No connection was made, hence nothing was given."""
    if isinstance(error, ConnectTimeout):
        return True
    if not isinstance(error, NoConnection):
        return False
    told = [each.args[0] for each in (error, error.__cause__) if each and each.args]
    return any(isinstance(getattr(one, "reason", None), NewConnectionError) for one in told)
