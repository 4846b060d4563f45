"""Trying something on all the data without changing any.

Everything inside :func:`on_a_copy` happens in a transaction that is rolled back, so nothing
stays and nothing that waits for a commit (messages, tasks) is ever started. A SQLite database
has a single writer, whom a simulation of years would block: there, a real copy of the file is
made first and removed afterwards.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

_inside: ContextVar[bool] = ContextVar("inside a copy", default=False)
_PREFIX = "simulation-"


class OnlyACopy(RuntimeError):
    """Rien de réel ne peut être fait pendant une simulation."""


@contextmanager
def on_a_copy() -> Iterator[None]:
    """Within the block the default database is a copy; effects outside it are refused."""
    token = _inside.set(True)
    try:
        with _copied_file(), transaction.atomic():
            yield
            transaction.set_rollback(True)
    finally:
        _inside.reset(token)


def refuse_in_a_copy() -> None:
    """Raise :class:`OnlyACopy` where files or recipients of real people would be touched."""
    if _inside.get():
        raise OnlyACopy


def remove_abandoned_copies() -> int:
    """Copies that a killed simulation left behind: they hold personal data."""
    abandoned = list(Path(settings.HOME).glob(f"{_PREFIX}*"))
    for folder in abandoned:
        shutil.rmtree(folder, ignore_errors=True)
    return len(abandoned)


@contextmanager
def _copied_file() -> Iterator[None]:
    original = connection.settings_dict["NAME"]
    if connection.vendor != "sqlite" or connection.in_atomic_block or "memory" in str(original):
        yield
        return
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=settings.HOME))
    try:
        _back_up(Path(original), folder / "copy.sqlite3")
        connection.close()
        connection.settings_dict["NAME"] = str(folder / "copy.sqlite3")
        yield
    finally:
        with suppress(sqlite3.Error):
            connection.close()
        connection.settings_dict["NAME"] = original
        shutil.rmtree(folder, ignore_errors=True)


def _back_up(original: Path, copy: Path) -> None:
    with closing(sqlite3.connect(original)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target, pages=2_000)
