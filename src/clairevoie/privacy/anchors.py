"""The ledger's head, noted every night outside the database.

A chain proves that nothing inside it changed; it cannot prove that its end was not cut off,
nor that somebody did not recompute the whole of it. So the daily job notes the last line's
number and hash in ``ledger.anchors`` of the instance's folder, and verification holds the
ledger against every note. Copy that file elsewhere to be stronger still.

After a backup was restored the ledger is shorter for a good reason: ``tombstones replay`` adds
a *restored* note, which stays in the file for whoever asks, and earlier notes stop counting.
"""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

from django.conf import settings

from clairevoie.privacy.models import LedgerEntry

_RESTORED = "restored"


def note_head(*, at: datetime) -> None:
    """Add the present head to the notes, unless it is the last one noted already."""
    head = LedgerEntry.objects.order_by("-id").values_list("id", "hash").first()
    if head and noted_heads().get(head[0]) != head[1]:
        _write(str(head[0]), head[1], at)


def note_restoration(*, at: datetime) -> None:
    """The database comes from a backup: what was noted after that backup no longer counts."""
    _write(_RESTORED, "-", at)


def noted_heads() -> dict[int, str]:
    """Hash by number of line, as noted since this ledger was last restored."""
    genesis = _genesis()
    heads: dict[int, str] = {}
    if genesis and _path().exists():
        for line in _path().read_text().splitlines():
            whose, number, digest, _at = line.split(" ", 3)
            if whose != genesis:  # another database served from this folder
                continue
            if number == _RESTORED:
                heads.clear()
            else:
                heads[int(number)] = digest
    return heads


def _genesis() -> str:
    first = LedgerEntry.objects.order_by("id").values_list("hash", flat=True).first()
    return first[:16] if first else ""


def _path() -> Path:
    return Path(settings.HOME) / "ledger.anchors"


def _write(number: str, digest: str, at: datetime) -> None:
    with _path().open("a") as notes:
        notes.write(f"{_genesis() or '-'} {number} {digest} {at.isoformat()}\n")
        notes.flush()
        os.fsync(notes.fileno())
