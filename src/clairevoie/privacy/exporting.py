"""A person's copy of everything held about them (GDPR art. 15 and 20), as one ZIP.

``lisez-moi.html`` is for the person, ``donnees.json`` for any program, ``portabilite/`` holds
what the person may carry elsewhere (provided and observed data, under consent or contract),
``fichiers/`` the stored files. Everything is written as it is read: memory does not grow with
the person's rows.

One pack is one instant: all is read in one snapshot, so that an erasure under way is either
wholly after it or wholly before it, and then the pack is refused.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from io import SEEK_END
from typing import IO, Any, Protocol
from uuid import UUID, uuid4

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import connection, transaction

from clairevoie.lib import calendar
from clairevoie.privacy import ledger, outbox
from clairevoie.privacy.export_cover import Cover, SubjectErased
from clairevoie.privacy.export_writing import Contents, write_pack
from clairevoie.privacy.models import DataSubject, Effect, ExportPack
from clairevoie.privacy.tables import fetch

__all__ = ["KEPT_DAYS", "SubjectErased", "export", "make_pack", "snapshot"]

KEPT_DAYS = 14  # D.4: a secure download stays for fourteen days
_SAVING = timedelta(hours=1)
_REPEATABLE_READ = 3  # psycopg's IsolationLevel, which an instance on SQLite need not load


class Writable(Protocol):
    """Anything bytes can be written to: a file, a socket, a response."""

    def write(self, data: bytes, /) -> object: ...


def export(subject: DataSubject, *, to: Writable | IO[bytes], at: datetime) -> Contents:
    """Write the pack into ``to``, one pass, no seeking; what it holds is returned.

    Raises :class:`SubjectErased` when the person is erased before or meanwhile: what was
    written until then must be thrown away.
    """
    with snapshot():
        contents = write_pack(Cover.of(subject, at=at), to=to)
    if not _still_there(subject):
        raise SubjectErased
    return contents


def make_pack(subject: DataSubject, *, at: datetime) -> ExportPack:
    """Write a pack and keep it for its person alone, until its term (P-097).

    Raises :class:`SubjectErased`; then no file stays. A process killed on the way leaves no
    file either: its removal is in the outbox before it is written.
    """
    token = uuid4()
    name = f"exports/{token}.zip"
    with tempfile.TemporaryFile(dir=settings.HOME) as draft:
        contents = export(subject, to=draft, at=at)
        safety = outbox.queue_many(
            kind=Effect.Kind.DELETE_FILE,
            payloads=[{"name": name}],
            at=at,
            not_before=calendar.now() + _SAVING,
        )
        digest, size = _measure(draft)
        default_storage.save(name, File(draft, name))
    try:
        with transaction.atomic():
            pack = _record(subject, name, token=token, at=at)
            Effect.objects.filter(pk__in=[effect.pk for effect in safety]).delete()
            facts = {**contents.counts, "pack": token, "bytes": size, "sha256": digest}
            ledger.append(executor="rights.export", at=at, subject=subject.uuid, facts=facts)
    except SubjectErased:
        default_storage.delete(name)
        raise
    return pack


@contextmanager
def snapshot() -> Iterator[None]:
    """One consistent instant, without stopping any writer. Inside a transaction: that one's."""
    if connection.in_atomic_block:
        yield
        return
    connection.ensure_connection()
    with ExitStack() as stack:
        stack.enter_context(_one_instant())
        stack.enter_context(transaction.atomic())
        yield


@contextmanager
def _one_instant() -> Iterator[None]:
    """How the next transaction begins: on PostgreSQL repeatable read; on SQLite a plain BEGIN,
    because our usual BEGIN IMMEDIATE would make every writer wait for this reader."""
    postgresql = connection.vendor == "postgresql"
    where: Any = connection.connection if postgresql else connection
    wanted = (
        {"isolation_level": _REPEATABLE_READ, "read_only": True}
        if postgresql
        else {"transaction_mode": None}
    )
    usual = {name: getattr(where, name) for name in wanted}
    _set(where, wanted)
    try:
        yield
    finally:
        if not getattr(where, "closed", False):
            _set(where, usual)


def _set(where: Any, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(where, name, value)


def _still_there(subject: DataSubject) -> bool:
    hub = DataSubject._meta.db_table
    return bool(fetch(f"SELECT 1 FROM {hub} WHERE id = %s AND erased_on IS NULL", [subject.pk]))


def _record(subject: DataSubject, name: str, *, token: UUID, at: datetime) -> ExportPack:
    """The row that lets erasure find the file; it and an erasure wait for each other."""
    found = DataSubject.objects.select_for_update().filter(pk=subject.pk, erased_on=None)
    if not found.exists():
        raise SubjectErased
    pack: ExportPack = ExportPack.including_restricted.create(
        subject=subject,
        token=token,
        file=name,
        made_at=at,
        expires_on=calendar.paris_date(at) + timedelta(days=KEPT_DAYS),
    )
    return pack


def _measure(draft: IO[bytes]) -> tuple[str, int]:
    draft.seek(0)
    digest = hashlib.file_digest(draft, "sha256").hexdigest()  # type: ignore[arg-type]
    size = draft.seek(0, SEEK_END)
    draft.seek(0)
    return digest, size
