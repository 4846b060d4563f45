"""Giving up a proof that would outlive its person: their choice alone, told what it costs (F-30).

Some archives are kept in the interest of the person themself, not of the law: a certificate. Who
closes their account or asks for erasure keeps them, unless they say otherwise.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from clairevoie.privacy import ledger
from clairevoie.privacy.erasure import CannotErase, count_rows, remove
from clairevoie.privacy.models import DataSubject
from clairevoie.privacy.tables import Table, lasting_tables


def _waivable() -> tuple[Table, ...]:
    return tuple(table for table in lasting_tables() if table.rule.waivable)


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
        removed = remove(_waivable(), [person.pk])
        if removed:
            ledger.append(
                executor="rights.give-up-proofs",
                at=at,
                subject=person.uuid,
                facts={"tables": removed},
            )
    return sum(removed.values())
