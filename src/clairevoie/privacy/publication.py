"""The published versions of the notice, in the ledger: a text and its hash cannot both change."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from clairevoie import policy
from clairevoie.privacy import ledger
from clairevoie.privacy.models import LedgerEntry

EXECUTOR = "policy.publish"


def record_versions(*, at: datetime) -> list[int]:
    """Write down each version the ledger does not know yet; their numbers."""
    with transaction.atomic():
        known = _recorded()
        fresh = [v for v in policy.current().versions if v.number not in known]
        ledger.append_many(
            ledger.Line(
                executor=EXECUTOR,
                at=at,
                facts={
                    "version": version.number,
                    "sha256": version.sha256,
                    "published": version.published_on,
                    "effective": version.effective_on,
                    "importance": version.importance.value,
                },
            )
            for version in fresh
        )
    return [version.number for version in fresh]


def altered_versions() -> list[int]:
    """Versions whose text is no longer the one the ledger recorded, or that are gone."""
    now = {version.number: version.sha256 for version in policy.current().versions}
    return sorted(n for n, sha256 in _recorded().items() if now.get(n) != sha256)


def _recorded() -> dict[int, str]:
    """The hash recorded for each version; the first word counts."""
    recorded: dict[int, str] = {}
    lines = LedgerEntry.objects.filter(executor=EXECUTOR).order_by("id")
    for facts in lines.values_list("facts", flat=True):
        recorded.setdefault(facts["version"], facts["sha256"])
    return recorded
