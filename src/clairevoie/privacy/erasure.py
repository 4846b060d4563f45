"""Erasing people: one indexed statement a table for a whole batch, proved before it is said.

A batch is one transaction: rows, tombstones, ledger line, and the outbox entries for files.
What the law keeps (rules that outlive erasure) stays on a *shell*: the person's number, with
no clock and no contact, which leaves with the last archive. Of consents the bare proof stays,
on no shell (:mod:`.proofs`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet

from clairevoie.lib import calendar
from clairevoie.privacy import ledger
from clairevoie.privacy.models import DataSubject, Disclosure, Effect, Tombstone
from clairevoie.privacy.proofs import keep_proofs
from clairevoie.privacy.tables import (
    Table,
    among,
    execute,
    fetch,
    ids_parameter,
    json_object,
    lasting_tables,
    passing_tables,
    quoted,
    remove_rows_of,
    tables,
    tables_with_shells,
    unname,
)

HUB = DataSubject._meta.db_table
PAGE = 1_000  # people a transaction


@dataclass(frozen=True, slots=True)
class Erasure:
    """What erasing one person did: rows by table, and what stays by law."""

    subject_uuid: UUID
    tables: Mapping[str, int]
    kept: Mapping[str, int] = field(default_factory=dict)


class ResidueLeft(Exception):
    """Des données restent après effacement : rien n’a été validé."""


class CannotErase(Exception):
    """Les données de cette personne sont verrouillées ou gelées : elles ne peuvent partir."""


def erase(subject: DataSubject, *, because: str, on: date) -> Erasure:
    """Erase one person now, but for archives that outlive erasure (GDPR art. 17).

    Raises :class:`CannotErase` under a restriction or a legal hold, ``DoesNotExist`` when
    the person is gone already.
    """
    with transaction.atomic():
        person = DataSubject.objects.select_for_update().get(pk=subject.pk)
        if person.restricted or person.held:
            raise CannotErase
        removed = erase_batch([person.pk], on=on)
        _prove("{owner} = %s", person.pk)
        kept = count_rows(person.pk, lasting_tables()) | _count_copies(person.uuid)
        ledger.append(
            executor="rights.erase",
            at=calendar.now(),
            subject=person.uuid,
            facts={"because": because, "tables": dict(removed), "kept": dict(kept)},
        )
    return Erasure(subject_uuid=person.uuid, tables=removed, kept=kept)


def erase_many(subjects: QuerySet[DataSubject], *, because: str, on: date) -> int:
    """Erase everybody of ``subjects`` now, page after page; returns how many.

    A page is one transaction with one line of evidence (C.6), whatever the number of people.
    Whoever is restricted or held stays.
    """
    free = subjects.filter(restricted=False, held=False, erased_on=None).order_by("pk")
    count = 0
    while erased := _erase_page(free, because=because, on=on):
        count += erased
    return count


@transaction.atomic
def _erase_page(free: QuerySet[DataSubject], *, because: str, on: date) -> int:
    page = free.select_for_update(skip_locked=True, of=("self",))
    people = dict(page.values_list("pk", "uuid")[:PAGE])
    if not people:
        return 0
    removed = erase_batch(list(people), on=on)
    ledger.append(
        executor="rights.erase",
        at=calendar.now(),
        facts={
            "because": because,
            "count": len(people),
            "sha256": fingerprint(map(str, people.values())),
            "tables": dict(removed),
        },
    )
    return len(people)


def fingerprint(names: Iterable[str]) -> str:
    """C.6: one hash over sorted identifiers stands for who it was, and names nobody."""
    return hashlib.sha256("\n".join(sorted(names)).encode()).hexdigest()


def erase_batch(ids: Sequence[int], *, on: date) -> dict[str, int]:
    """Erase these people (locked by the caller, in its transaction); rows by table."""
    tell_recipients(ids)
    keep_proofs(ids, on=on)
    removed = remove(passing_tables(), ids)
    for table in tables():
        unname(table, ids)
    bury(ids, on=on)
    return removed


def remove(some: Iterable[Table], ids: Sequence[int]) -> dict[str, int]:
    """Delete the rows of these tables and queue their files; counts of non-empty tables.

    Children go before their parents, so what still points to a parent is another person's: never,
    unless an app went wrong. PostgreSQL is asked so once, at the end, and told to look for such
    rows only if there are: looking costs half as much again as the removal.
    """
    chosen = tuple(some)
    if connection.vendor == "postgresql":
        try:
            with transaction.atomic():
                counts = _remove(chosen, ids, but={table.name for table in chosen})
                execute("SET CONSTRAINTS ALL IMMEDIATE")
                execute("SET CONSTRAINTS ALL DEFERRED")
        except IntegrityError:
            pass  # the savepoint took it all back
        else:
            return counts
    return _remove(chosen, ids, but=())


def _remove(some: Iterable[Table], ids: Sequence[int], *, but: Collection[str]) -> dict[str, int]:
    counts = {}
    parameter = (ids_parameter(ids),)
    for table in some:
        queue_files(table, table.whose, parameter)
        counts[table.declaration.label] = remove_rows_of(table, ids, but=but)
    return {label: count for label, count in counts.items() if count}


def queue_files(table: Table, condition: str, parameters: Sequence[Any]) -> None:
    """The files of these rows go after the commit that decides it."""
    for column, storage in table.file_columns:
        name = f"{table.name}.{column}"
        _queue(
            Effect.Kind.DELETE_FILE,
            json_object(storage=f"'{storage}'", name=name),
            f"FROM {table.name} WHERE {condition} AND {name} <> ''",
            parameters,
        )


def tell_recipients(ids: Sequence[int]) -> None:
    """Whoever received data learns of the erasure (GDPR art. 19)."""
    disclosure = quoted(Disclosure._meta.db_table)
    _queue(
        Effect.Kind.NOTIFY_RECIPIENT,
        json_object(recipient="d.recipient", subject="CAST(s.uuid AS text)", what="'erasure'"),
        f"FROM (SELECT DISTINCT subject_id, recipient FROM {disclosure} "
        f"WHERE {among('subject_id')}) d JOIN {quoted(HUB)} s ON s.id = d.subject_id",
        (ids_parameter(ids),),
    )


def _queue(kind: str, payload: str, source: str, parameters: Sequence[Any]) -> None:
    """Outbox entries made by the database itself: nothing passes through Python."""
    execute(
        f"INSERT INTO {quoted(Effect._meta.db_table)} "
        "(kind, payload, made_at, attempts, last_error) "
        f"SELECT %s, {payload}, CURRENT_TIMESTAMP, 0, '' {source}",
        (kind, *parameters),
    )


def bury(ids: Sequence[int], *, on: date) -> None:
    """Tombstones, then no more subject – or its shell while an archive needs the number."""
    parameter = ids_parameter(ids)
    stone, hub = quoted(Tombstone._meta.db_table), quoted(HUB)
    execute(
        f"INSERT INTO {stone} (uuid, erased_on) SELECT uuid, %s FROM {hub} "
        f"WHERE {among('id')} ON CONFLICT DO NOTHING",
        (on.isoformat(), parameter),
    )
    archived = " OR ".join(map(_has_rows, tables_with_shells())) or "1 = 0"
    execute(f"DELETE FROM {hub} WHERE {among('id')} AND NOT ({archived})", (parameter,))
    execute(
        f"UPDATE {hub} SET erased_on = %s, last_use = NULL, last_contact = NULL, "
        f"suspended_on = NULL, closed_on = NULL, dormant_since = NULL WHERE {among('id')}",
        (on.isoformat(), parameter),
    )
    _prove_by_keys()


def _count_copies(number: UUID) -> dict[str, int]:
    """Archives that copy the person's number: no key leads there any more."""
    copying = (t.declaration for t in lasting_tables() if t.declaration.by_number)
    counts = {
        told.label: told.model._base_manager.filter(**{told.subject: number}).count()
        for told in copying
    }
    return {label: count for label, count in counts.items() if count}


def _has_rows(table: Table) -> str:
    whose = table.of("{owner} = " + f"{quoted(HUB)}.id")
    return f"EXISTS (SELECT 1 FROM {table.name} WHERE {whose})"


def _prove_by_keys() -> None:
    """Every personal row has a key to its person: now that the person's row is gone, the
    database itself refuses to go on if one is left – here rather than at commit."""
    if connection.vendor == "postgresql":
        execute("SET CONSTRAINTS ALL IMMEDIATE")
        execute("SET CONSTRAINTS ALL DEFERRED")


def prove_shells_are_empty(*, since: date) -> None:
    """A shell keeps the row that keys point to, so its tables are looked at: one semi-join a
    table over those erased ``since``. Raises :class:`ResidueLeft`.
    """
    hub = quoted(HUB)
    if DataSubject.objects.filter(erased_on__gte=since).exists():
        _prove(f"{{owner}} IN (SELECT id FROM {hub} WHERE erased_on >= %s)", since.isoformat())


def _prove(whose: str, parameter: Any) -> None:
    asked = passing_tables()
    questions = [f"EXISTS (SELECT 1 FROM {t.name} WHERE {t.of(whose)})" for t in asked]
    [(residue,)] = fetch(f"SELECT {' OR '.join(questions)}", [parameter] * len(asked))
    if residue:
        raise ResidueLeft


def remove_empty_shells(ids: Sequence[int]) -> int:
    """After archives expired: shells that no archive needs any more."""
    archived = " OR ".join(map(_has_rows, tables_with_shells())) or "1 = 0"
    return execute(
        f"DELETE FROM {quoted(HUB)} WHERE {among('id')} AND erased_on IS NOT NULL "
        f"AND NOT ({archived})",
        (ids_parameter(ids),),
    )


def count_rows(subject_id: int, some: Iterable[Table]) -> dict[str, int]:
    """Rows of one person by table, empty ones left out: one query."""
    some = tuple(some)
    if not some:
        return {}
    parts = [
        f"SELECT {position}, count(*) FROM {table.name} WHERE {table.of('{owner} = %s')}"
        for position, table in enumerate(some)
    ]
    rows = fetch(" UNION ALL ".join(parts), [subject_id] * len(some))
    return {some[position].declaration.label: count for position, count in rows if count}
