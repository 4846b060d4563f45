"""Suspending a member: an administrator's reasoned decision, never a program's (P-082)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from clairevoie import messaging, privacy
from clairevoie.accounts.models import Member, Role, Session
from clairevoie.lib.calendar import paris_date
from clairevoie.privacy.models import Suspension


class NotYours(Exception):
    """Seule une personne qui administre le site peut suspendre un compte, et jamais le sien."""


@transaction.atomic
def suspend_member(
    *, member: Member, author: Member, reason_code: str, reason: str, appeal: str, at: datetime
) -> Suspension:
    """End every session and bar the way in, with reasons and an appeal (P-090).

    Raises :class:`NotYours` and what ``privacy.suspend`` raises.
    """
    _require_administrator(author, member)
    suspension = privacy.suspend(
        member.subject,
        author=author.subject.uuid,
        reason_code=reason_code,
        reason=reason,
        appeal=appeal,
        on=paris_date(at),
    )
    _set_active(member, active=False)
    Session.objects.filter(subject=member.pk).delete()
    messaging.send(
        member.subject,
        "accounts/suspended",
        "suspension",
        context={"reason": reason, "appeal": appeal},
        at=at,
    )
    return suspension


@transaction.atomic
def lift_member_suspension(*, member: Member, author: Member, at: datetime) -> None:
    """Open the account again; its own clock resumes where it was (C.4).

    Raises :class:`NotYours` and what ``privacy.lift_suspension`` raises.
    """
    _require_administrator(author, member)
    privacy.lift_suspension(member.subject, author=author.subject.uuid, on=paris_date(at))
    if member.subject.closed_on is None:
        _set_active(member, active=True)
        messaging.send(member.subject, "accounts/suspension-lifted", "suspension", at=at)


def _require_administrator(author: Member, member: Member) -> None:
    if author.role != Role.ADMINISTRATOR or not author.is_active or author.pk == member.pk:
        raise NotYours


def _set_active(member: Member, *, active: bool) -> None:
    member.is_active = active
    member.save(update_fields=["is_active"])
