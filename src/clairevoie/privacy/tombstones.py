"""The dead stay dead: who was erased is remembered outside the database.

Restoring a backup brings erased people back. Every night the tombstones – a random UUID and a
date, nothing else – are copied to ``tombstones.log`` in the instance's folder, which belongs in
no backup of the database. After a restore, ``clairevoie tombstones replay FILE`` erases again
whoever is back, before the platform opens.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import transaction

from clairevoie.privacy import anchors, ledger, outbox, safeguards
from clairevoie.privacy.erasure import erase
from clairevoie.privacy.models import DataSubject, LegalHold, Tombstone
from clairevoie.privacy.waiving import give_up_again

_PAGE = 500


class TombstonesUnreadable(ValueError):
    """Ce fichier n’est pas une liste de stèles : une ligne « UUID date » était attendue."""


@dataclass(frozen=True, slots=True)
class Replay:
    """What a replay did."""

    read: int
    erased: int


def log_path() -> Path:
    """Where erased people are remembered outside the database."""
    return Path(settings.HOME) / "tombstones.log"


def write_out(*, at: datetime) -> int:
    """Append the tombstones that the log does not have yet; how many."""
    del at  # a step of the daily job; nothing here depends on the hour
    path = log_path()
    known = {uuid for uuid, _ in read(path)} if path.exists() else set()
    stones = Tombstone.objects.order_by("erased_on", "uuid").values_list("uuid", "erased_on")
    fresh = [f"{uuid} {day}\n" for uuid, day in stones.iterator() if uuid not in known]
    with path.open("a") as log:
        log.writelines(fresh)
        log.flush()
        os.fsync(log.fileno())
    return len(fresh)


def read(path: Path) -> Iterator[tuple[UUID, date]]:
    """The stones of a log. Raises :class:`TombstonesUnreadable` with the number of the line."""
    with path.open() as log:
        for number, line in enumerate(log, start=1):
            try:
                uuid, day = line.split()
                yield UUID(uuid), date.fromisoformat(day)
            except ValueError:
                raise TombstonesUnreadable(f"{path.name}, ligne {number}") from None


def replay(path: Path, *, at: datetime, on: date) -> Replay:
    """Erase again everybody in the log who is back, whatever state the backup put them in."""
    stones = list(read(path))  # all of it is readable, or nothing is done
    erased = sum(_erase_again(page, on=on) for page in _pages(stones))
    outbox.deliver(at=at)
    with transaction.atomic():
        ledger.append(
            executor="tombstones.replay", at=at, facts={"read": len(stones), "erased": erased}
        )
    anchors.note_restoration(at=at)
    return Replay(read=len(stones), erased=erased)


def _erase_again(stones: list[tuple[UUID, date]], *, on: date) -> int:
    Tombstone.objects.bulk_create(
        [Tombstone(uuid=uuid, erased_on=day) for uuid, day in stones], ignore_conflicts=True
    )
    give_up_again([uuid for uuid, _ in stones], on=on)
    back = DataSubject.objects.filter(uuid__in=[uuid for uuid, _ in stones], erased_on=None)
    return sum(_erase_one(subject, on=on) for subject in back)


def _erase_one(subject: DataSubject, *, on: date) -> bool:
    """The backup may be older than the end of a hold or restriction: both ended before."""
    with transaction.atomic(), suppress(DataSubject.DoesNotExist):
        holds = LegalHold.including_restricted.filter(subject=subject, released_on=None)
        for hold in holds:
            safeguards.release_hold(hold, on=on)
        subject.refresh_from_db()
        if subject.restricted:
            safeguards.release(subject, on=on)
        erase(subject, because="restored-backup", on=on)
        return True
    return False


def _pages(stones: list[tuple[UUID, date]]) -> Iterable[list[tuple[UUID, date]]]:
    return (stones[start : start + _PAGE] for start in range(0, len(stones), _PAGE))
