"""Where a person may be written to: a verified contact, e-mail before telephone."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from clairevoie.lib.contact import normalise
from clairevoie.messaging.models import Channel
from clairevoie.privacy.models import ContactPoint

_CHANNEL = {"email": Channel.EMAIL, "phone": Channel.SMS}
KINDS = {channel: kind for kind, channel in _CHANNEL.items()}


@dataclass(frozen=True, slots=True)
class Address:
    """One way to reach one person."""

    channel: Channel
    raw: str

    @property
    def contact(self) -> tuple[str, str]:
        """Kind and address or number, as contacts are known to suppressions."""
        return KINDS[self.channel], self.raw


NOWHERE = Address(Channel.NONE, "")


def reachable(subjects: Collection[int], *, channel: str | None = None) -> dict[int, Address]:
    """The verified contact of each person, by ``channel`` or e-mail first; one query."""
    kinds = KINDS.values() if channel is None else [KINDS[Channel(channel)]]
    points = ContactPoint.objects.filter(
        subject__in=subjects, kind__in=kinds, verified_on__isnull=False
    ).order_by("-kind", "-id")  # the last one kept below: e-mail, the first written
    return {point.subject_id: _address(point.kind, point.raw) for point in points}


def typed(raw: str, kind: str) -> Address:
    """An address as a person typed it. Raises ``NotAContact``, on a line break among others."""
    normalise(kind, raw)
    return _address(kind, raw)


def _address(kind: str, raw: str) -> Address:
    return Address(_CHANNEL[kind], normalise(kind, raw) if kind == "phone" else raw.strip())
