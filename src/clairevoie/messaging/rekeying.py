"""The list of refusals under a new pepper: each row whose contact is still known."""

from __future__ import annotations

from django.db import transaction

from clairevoie.messaging.models import Suppression
from clairevoie.messaging.suppression import (
    contact_hash,
    contact_hashes,
    contact_key,
    contact_keys,
)
from clairevoie.privacy import rekeying


@rekeying.rekey("suppressions")
def rekey_the_list() -> rekeying.Rekeyed:
    """Page by page, by key; a row whose person is erased, or was never known, stays as it is."""
    done = left = last = 0
    while page := _page(after=last):
        last = page[-1].pk
        changed = sum(_rekey(row) for row in page)
        done += changed
        left += sum(1 for row in page if _present(row) != row.contact_hash) - changed
    return rekeying.Rekeyed(done=done, left=left)


def _page(*, after: int) -> list[Suppression]:
    rows = Suppression.objects.filter(pk__gt=after).select_related("subject")
    return list(rows.prefetch_related("subject__contact_points").order_by("pk")[: rekeying.BATCH])


@transaction.atomic
def _rekey(row: Suppression) -> bool:
    """One row; where the present pepper already has the same refusal, the former one goes."""
    made = _present(row)
    if made is None or made == row.contact_hash:
        return False
    mine = Suppression.objects.filter(pk=row.pk)
    if Suppression.objects.filter(contact_hash=made).exists():
        mine.delete()
    else:
        mine.update(contact_hash=made)
    return True


def _present(row: Suppression) -> str | None:
    """What the row would be under the present pepper; None when no known contact explains it."""
    if row.subject is None:
        return None
    for point in row.subject.contact_points.all():
        kind, raw = point.kind, point.raw
        known = {h for key in contact_keys(kind, raw) for h in contact_hashes(key, row.purpose)}
        if row.contact_hash in known:
            return contact_hash(contact_key(kind, raw), row.purpose)
    return None
