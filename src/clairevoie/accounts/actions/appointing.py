"""Giving a member a role: an administrator's decision, or that of whoever runs the instance."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from clairevoie import privacy
from clairevoie.accounts.actions.leaving import LastAdministrator
from clairevoie.accounts.models import Member, Role, Session


class MayNotAppoint(Exception):
    """Seule une autre personne, qui administre le site, peut changer un rôle."""


@transaction.atomic
def appoint(*, member: Member, role: Role, author: Member | None, at: datetime) -> None:
    """Give ``member`` a role; their sessions end, so that nothing granted before goes on.

    ``author`` is None on the command line, which whoever runs the instance holds: the first
    administrator is appointed there. Raises :class:`MayNotAppoint`, ``LastAdministrator``.
    """
    if author is not None and (author.role != Role.ADMINISTRATOR or author.pk == member.pk):
        raise MayNotAppoint
    current = Member.objects.select_for_update().get(pk=member.pk)
    others = Member.objects.filter(role=Role.ADMINISTRATOR, is_active=True).exclude(pk=current.pk)
    if current.role == Role.ADMINISTRATOR != role and not others.exists():
        raise LastAdministrator
    current.role = member.role = role
    current.save(update_fields=["role"])
    Session.objects.filter(subject=current.pk).delete()
    privacy.ledger.append(
        executor="accounts.appoint",
        at=at,
        subject=current.subject.uuid,
        facts={"role": role.value, "author": author.subject.uuid if author else None},
    )
