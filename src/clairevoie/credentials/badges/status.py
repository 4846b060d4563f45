"""Which badges no longer hold: one bit each (W3C Bitstring Status List 1.0).

A badge has a place drawn at random among 131,072, so that whoever reads the list learns nothing
about whom; whoever has a badge looks at one bit of a file that everybody downloads alike. A place
speaks for one badge only: its bit is set as soon as no valid credential holds it, and so when the
credential is revoked, replaced, given up by its holder, or gone after fifty years.
"""

from __future__ import annotations

import gzip
import json
import secrets
from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final

from django.conf import settings
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.db.models import Max, QuerySet
from django.urls import reverse

from clairevoie.credentials.badges import keys, proofs
from clairevoie.credentials.badges.linked import CREDENTIALS
from clairevoie.credentials.badges.models import PLACES, BadgePlace
from clairevoie.credentials.models import Credential
from clairevoie.lib import multibase

FRESH: Final = 300  # seconds for which a list is kept, by us and by whoever reads it
_DRAWS: Final = 8  # all taken: the list is some two fifths full, and the next one begins
_LASTS: Final = timedelta(days=8)  # an old copy cannot hide a revocation for longer

Document = dict[str, Any]


class NoSuchList(LookupError):
    """Cette liste n’existe pas."""


def draw_place() -> BadgePlace:
    """A place that no badge ever had. Runs in the caller's transaction."""
    latest: int = BadgePlace.objects.aggregate(latest=Max("list"))["latest"] or 1
    for _ in range(_DRAWS):
        try:
            with transaction.atomic():
                return _take(latest)
        except IntegrityError:  # taken, perhaps at this very instant
            continue
    return _take(latest + 1)


def entry(place: BadgePlace) -> Document:
    """What a badge says of its place."""
    where = address(place.list)
    return {
        "id": f"{where}#{place.place}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": str(place.place),
        "statusListCredential": where,
    }


def address(number: int) -> str:
    """Where a list is read."""
    path = reverse("credentials:badge-status", args=[number])
    return f"{settings.SITE_URL.rstrip('/')}{path}"


def published_list(number: int, *, at: datetime) -> str:
    """The signed list, as JSON; the same for five minutes. Raises :class:`NoSuchList`."""
    name = f"badge-status:{number}:{keys.published()[:1]}"
    written: str | None = cache.get(name)
    if written is None:
        written = json.dumps(_signed(number, at=at), ensure_ascii=False, separators=(",", ":"))
        cache.set(name, written, FRESH)
    return written


def encoded(set_places: Iterable[int]) -> str:
    """The bits, the first place leftmost, compressed: base64 with its multibase letter."""
    bits = bytearray(PLACES // 8)
    for place in set_places:
        bits[place // 8] |= 0x80 >> place % 8
    return multibase.base64url(gzip.compress(bytes(bits), mtime=0))


def no_longer_hold(number: int) -> set[int]:
    """Places of a list whose badge is revoked, replaced or gone. Raises :class:`NoSuchList`."""
    given = set(BadgePlace.objects.filter(list=number).values_list("place", flat=True))
    if not given:
        raise NoSuchList
    return given.difference(_valid(number).values_list("status_place", flat=True))


def holds(number: int, place: int) -> bool:
    """A valid credential has this place."""
    return _valid(number).filter(status_place=place).exists()


def _valid(number: int) -> QuerySet[Credential]:
    return Credential.objects.filter(status_list=number, replaced_by="", revoked_on__isnull=True)


def _take(number: int) -> BadgePlace:
    return BadgePlace.objects.create(list=number, place=secrets.randbelow(PLACES))


def _signed(number: int, *, at: datetime) -> Document:
    where, bits = address(number), encoded(no_longer_hold(number))
    morning = datetime.combine(at.astimezone(UTC).date(), time.min, tzinfo=UTC)
    document = {
        "@context": [CREDENTIALS],
        "id": where,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": keys.issuer(),
        "validFrom": proofs.instant(morning),
        "validUntil": proofs.instant(morning + _LASTS),
        "credentialSubject": {
            "id": f"{where}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": bits,
            "ttl": FRESH * 1000,
        },
    }
    private, public = keys.signing_key(at=at)
    said = proofs.options(method=keys.method_of(public), at=at)
    return proofs.sign(document, said, private)
