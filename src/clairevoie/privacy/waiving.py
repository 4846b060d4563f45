"""Giving up a proof that would outlive its person: their choice alone, told what it costs (F-30).

Some archives are kept in the interest of the person themself, not of the law: a certificate. Who
closes their account or asks for erasure keeps them, unless they say otherwise. What was given up
leaves a tombstone with its own number, so that a restored backup does not bring it back.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from clairevoie.lib.calendar import paris_date
from clairevoie.privacy import ledger
from clairevoie.privacy.erasure import CannotErase, count_rows, queue_files
from clairevoie.privacy.models import DataSubject, Tombstone
from clairevoie.privacy.tables import Table, lasting_tables, remove_rows


def _waivable() -> Iterator[Table]:
    """Such tables have a ``uuid``: what a tombstone remembers."""
    return (table for table in lasting_tables() if table.rule.waivable)


def proofs_of(subject: DataSubject) -> int:
    """How many copies the person could give up; none while they are locked or held."""
    if subject.restricted or subject.held:
        return 0
    return sum(count_rows(subject.pk, _waivable()).values())


def give_up_proofs(subject: DataSubject, *, at: datetime) -> int:
    """Delete them now, files after the commit; how many rows. Nothing brings them back.

    Raises :class:`~clairevoie.privacy.erasure.CannotErase` under a restriction or a legal hold.
    """
    with transaction.atomic():
        person = DataSubject.objects.select_for_update().get(pk=subject.pk)
        if person.restricted or person.held:
            raise CannotErase
        removed: dict[str, int] = {}
        for table in _waivable():
            mine = table.declaration.of(person.pk)
            removed |= _remove(table, mine, on=paris_date(at))
        if removed:
            ledger.append(
                executor="rights.give-up-proofs",
                at=at,
                subject=person.uuid,
                facts={"tables": removed},
            )
    return sum(removed.values())


def give_up_again(numbers: Collection[UUID], *, on: date) -> int:
    """After a restore: what these tombstones say was given up, and is back."""
    gone = Q(uuid__in=numbers)
    return sum(sum(_remove(table, gone, on=on).values()) for table in _waivable())


def _remove(table: Table, which: Q, *, on: date) -> dict[str, int]:
    rows = dict(table.declaration.model._base_manager.filter(which).values_list("pk", "uuid"))
    if not rows:
        return {}
    Tombstone.objects.bulk_create(
        [Tombstone(uuid=number, erased_on=on) for number in rows.values()], ignore_conflicts=True
    )
    marks = ", ".join(["%s"] * len(rows))
    queue_files(table, f"{table.name}.{table.key} IN ({marks})", list(rows))
    return {table.declaration.label: remove_rows(table, list(rows))}
