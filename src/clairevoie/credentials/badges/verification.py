"""Is this file a badge of ours, as we signed it, and does it still hold?

What any verifier does with our two addresses, done with what lies behind them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from clairevoie.credentials.badges import keys, status
from clairevoie.credentials.badges.linked import CREDENTIALS, OPEN_BADGES
from clairevoie.credentials.badges.proofs import NotGenuine, unproved, verify

_CONTEXT: Final = [CREDENTIALS, OPEN_BADGES]
_TYPE: Final = ["VerifiableCredential", "OpenBadgeCredential"]

Document = dict[str, Any]


class NoLongerHolds(Exception):
    """Ce badge est de nous, mais il ne vaut plus : il a été révoqué, remplacé, ou il est échu."""


def verified(data: bytes, *, at: datetime) -> Document:
    """The badge in a file. Raises :class:`NotGenuine`, :class:`NoLongerHolds`."""
    badge = _read(data)
    _, proof = unproved(badge)
    if badge.get("@context") != _CONTEXT or badge.get("type") != _TYPE:
        raise NotGenuine
    public = keys.known(str(proof.get("verificationMethod")))
    if public is None:
        raise NotGenuine
    verify(badge, public)
    if not (_instant(badge, "validFrom") <= at <= _instant(badge, "validUntil")):
        raise NoLongerHolds
    if not _holds(badge["credentialStatus"]):
        raise NoLongerHolds
    return badge


def _read(data: bytes) -> Document:
    try:
        badge = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise NotGenuine from error
    if not isinstance(badge, dict):
        raise NotGenuine
    return badge


def _instant(badge: Mapping[str, Any], name: str) -> datetime:
    try:
        return datetime.fromisoformat(str(badge[name]))
    except (KeyError, ValueError) as error:
        raise NotGenuine from error


def _holds(entry: Mapping[str, Any]) -> bool:
    number = int(str(entry["statusListCredential"]).rstrip("/").rpartition("/")[2])
    return status.holds(number, int(entry["statusListIndex"]))
