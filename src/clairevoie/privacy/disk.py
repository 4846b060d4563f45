"""Erased must mean gone from the disk, not only from the tables.

SQLite overwrites deleted rows with zeros (``secure_delete``), but the write-ahead log still
holds their pages: a truncating checkpoint empties it. PostgreSQL keeps dead rows until a VACUUM.
Both must run outside a transaction, and both are best effort: a reader that is in the middle of
something postpones them to the next night.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable

from django.apps import apps
from django.db import DatabaseError, connection

from clairevoie.privacy import copies
from clairevoie.privacy.declarations import personal_declarations

_log = logging.getLogger(__name__)


def scrub(labels: Iterable[str] | None = None) -> bool:
    """Leave nothing readable of what was deleted; False when somebody else prevented it.

    ``labels`` are the models that lost rows (``surveys.Answer``); by default every declared one.
    """
    if connection.in_atomic_block:
        return False
    copies.remove_abandoned_copies()
    if connection.vendor == "sqlite":
        return _empty_write_ahead_log()
    return _vacuum(_table(label) for label in (labels or _declared()))


def _empty_write_ahead_log() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        busy, _log_frames, _checkpointed = cursor.fetchone()
    return not busy


def _vacuum(tables: Iterable[str]) -> bool:
    done = True
    for table in tables:
        try:
            with connection.cursor() as cursor:
                cursor.execute(f"VACUUM (SKIP_LOCKED) {connection.ops.quote_name(table)}")
        except DatabaseError as error:
            _log.warning("VACUUM of %s failed with %s", table, type(error).__name__)
            done = False
    return done


def _declared() -> list[str]:
    return [declaration.label for declaration in personal_declarations()]


def _table(label: str) -> str:
    return str(apps.get_model(label)._meta.db_table)
