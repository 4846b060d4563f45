"""One line of the ledger for all the choices of a night: none is added or lost afterwards.

A line a choice would make every visitor wait in the ledger's queue. The digest of all those made
since the last seal proves as much: it is recomputed from the rows as long as they are kept.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Max, Min, QuerySet

from clairevoie.consent.models import TrackerChoice
from clairevoie.lib.calendar import paris_date
from clairevoie.privacy import ledger
from clairevoie.privacy.models import LedgerEntry

SEAL: Final = "consent.seal-choices"
CHOOSE: Final = "consent.choose"
# A choice is dated when it is asked for, and there when it is written: those under way wait.
_STILL_COMING: Final = timedelta(minutes=1)
_PAGE: Final = 2_000


def seal(*, at: datetime) -> int:
    """Seal what nobody has sealed yet, as of ``at``; how many choices."""
    waiting = _waiting(at)
    ends = waiting.aggregate(first=Min("chosen_at"), newest=Max("chosen_at"))
    if ends["first"] is None:
        return 0
    with transaction.atomic():
        count, digest = _digest(ends["first"], ends["newest"])
        facts = {
            "from": _instant(ends["first"]),
            "until": _instant(ends["newest"]),
            "choices": count,
            "sha256": digest,
        }
        ledger.append(executor=SEAL, at=at, facts=facts)
    ledger.mark_executed([CHOOSE], at=ends["newest"])
    return count


def _waiting(at: datetime) -> QuerySet[TrackerChoice]:
    newest = TrackerChoice.objects.aggregate(newest=Max("chosen_at"))["newest"] or at
    waiting = TrackerChoice.objects.filter(chosen_at__lte=min(at - _STILL_COMING, newest))
    last = LedgerEntry.objects.filter(executor=SEAL).order_by("-id").first()
    if last is None:
        return waiting
    until = datetime.fromisoformat(last.facts["until"])
    return waiting.filter(chosen_on__gte=paris_date(until), chosen_at__gt=until)


def _digest(first: datetime, newest: datetime) -> tuple[int, str]:
    """How many choices there are between two instants, both included, and their SHA-256."""
    whole, count = hashlib.sha256(), 0
    rows = TrackerChoice.objects.filter(
        chosen_on__range=(paris_date(first), paris_date(newest)),
        chosen_at__range=(first, newest),
    ).order_by("chosen_at", "number")
    for row in rows.iterator(chunk_size=_PAGE):
        whole.update(_line(row).encode())
        count += 1
    return count, whole.hexdigest()


def _line(row: TrackerChoice) -> str:
    facts = (
        row.number,
        _instant(row.chosen_at),
        row.surface,
        row.accepted,
        row.refused,
        row.withdrawn,
        row.replaces or "",
        int(row.gpc),
        row.text_hash,
        row.policy_hash,
    )
    return "\0".join(map(str, facts)) + "\n"


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def broken_seals() -> list[int]:
    """Numbers of the ledger's lines that the rows no longer agree with.

    Seals that reach into what retention has ended are not judged: the ledger counts that too.
    """
    oldest = TrackerChoice.objects.aggregate(first=Min("chosen_on"))["first"]
    broken = []
    for line in LedgerEntry.objects.filter(executor=SEAL).order_by("id"):
        first, newest = (datetime.fromisoformat(line.facts[end]) for end in ("from", "until"))
        if oldest is None or paris_date(first) < oldest:
            continue
        if _digest(first, newest) != (line.facts["choices"], line.facts["sha256"]):
            broken.append(line.id)
    return broken
