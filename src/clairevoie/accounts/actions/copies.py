"""A member's own copies of their data (P-097, P-103)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from clairevoie import privacy
from clairevoie.accounts.models import Member
from clairevoie.privacy.models import ExportPack


def ask_copy(*, member: Member, at: datetime) -> ExportPack:
    """Write everything held about the member in one file, ready when this returns.

    Raises ``SubjectErased`` when an erasure came first; then no file stays.
    """
    return privacy.make_pack(member.subject, at=at)


@transaction.atomic
def delete_copy(*, member: Member, token: UUID, at: datetime) -> None:
    """Forget a copy before its term. Raises ``ExportPack.DoesNotExist`` for another's."""
    packs = ExportPack.including_restricted.filter(subject=member.pk)
    pack = packs.select_for_update().get(token=token)
    privacy.outbox.queue(kind="delete-file", payload={"name": pack.file.name}, at=at)
    pack.delete()
    privacy.ledger.append(
        executor="accounts.delete-copy", at=at, subject=member.subject.uuid, facts={}
    )
