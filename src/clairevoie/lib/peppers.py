"""The keys of what outlives a person: the present one writes, the past ones still read.

A pepper may be changed (``clairevoie pepper new``); what was hashed or sealed under a former one
cannot always be made again, because nobody knows any more what it was made of. Past peppers are
therefore kept for ever, and every reader tries them all, the present one first.
"""

from __future__ import annotations

import hmac

from django.conf import settings


def present() -> str:
    """What everything new is keyed with."""
    pepper: str = settings.PEPPER
    return pepper


def every() -> tuple[str, ...]:
    """The present one, then the past ones, the latest first."""
    return (present(), *settings.PAST_PEPPERS)


def digest(message: bytes, *, pepper: str | None = None) -> bytes:
    """HMAC-SHA-256 under the present pepper, or the one given."""
    return hmac.digest((pepper or present()).encode(), message, "sha256")


def digests(message: bytes) -> list[bytes]:
    """The same under every pepper: what a reader looks for."""
    return [digest(message, pepper=pepper) for pepper in every()]
