"""Files that no row names: a storage knows no transaction.

A file is written before the row that names it, so that no row is ever without its file. What
fails in between removes it where it can; a transaction that is rolled back later, or a process
that is killed, leaves a file that nobody would erase. Each app that keeps files about people
sweeps its own every night, in this one way.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.core.files.storage.base import Storage


def sweep(*, store: Storage, folder: str, named: Iterable[str], before: datetime) -> int:
    """Remove from ``folder`` what was last written ``before`` and that no row has; how many.

    ``named`` is read after the folder, and ``before`` leaves the longest transaction its time:
    a file whose row is on its way is never taken for an orphan.
    """
    try:
        _folders, files = store.listdir(folder)
    except FileNotFoundError:  # nothing was kept yet
        return 0
    orphans = {f"{folder}/{file}" if folder else file for file in files}
    orphans.difference_update(named)
    settled = [name for name in orphans if store.get_modified_time(name) < before]
    for name in settled:
        store.delete(name)
    return len(settled)
