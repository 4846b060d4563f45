"""Leaving, in part or altogether: remove one's e-mail, close the account – or keep it."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from allauth.account.models import EmailAddress
from django.core import signing
from django.db import IntegrityError, transaction

from clairevoie import messaging, privacy
from clairevoie.accounts.actions.profile import PseudoNeeded, PseudoTaken
from clairevoie.accounts.actions.recovery import issue_recovery_codes
from clairevoie.accounts.actions.security_log import log
from clairevoie.accounts.models import Member, Role, SecurityEvent, Session
from clairevoie.accounts.terminals import Terminal
from clairevoie.lib.calendar import paris_date
from clairevoie.privacy.models import DataSubject, Disclosure

_SALT = "accounts.keep"


class NoEmail(Exception):
    """Votre compte n’a pas d’adresse e-mail."""


class AlreadyClosed(Exception):
    """Ce compte est déjà fermé."""


class LastAdministrator(Exception):
    """Vous êtes la seule personne à administrer le site : nommez d’abord quelqu’un d’autre."""


class LinkNoLongerValid(Exception):
    """Ce lien n’est plus valable."""


def can_sign_in_by_phone(member: Member) -> bool:
    """Whether a verified telephone remains as a way in and back in."""
    return bool(member.phone and member.phone_verified)


def remove_email(
    *, member: Member, pseudo: str | None, terminal: Terminal, at: datetime
) -> tuple[str, ...]:
    """Really forget the member's e-mail: NULL, rows deleted, recipients told (P-086, F-26).

    Without a verified telephone the pseudo becomes the only identifier, and the recovery
    codes returned (else none) the only way back in. Raises :class:`NoEmail`,
    :class:`PseudoNeeded`, :class:`PseudoTaken`.
    """
    try:
        with transaction.atomic():
            current = Member.objects.select_for_update().get(pk=member.pk)
            if current.email is None:
                raise NoEmail
            current.email, current.pseudo = None, pseudo or current.pseudo
            if not (current.pseudo or can_sign_in_by_phone(current)):
                raise PseudoNeeded
            current.save(update_fields=["email", "pseudo"])
            log(
                SecurityEvent.Kind.CONTACT_CHANGED,
                subject=current.subject,
                terminal=terminal,
                at=at,
            )
            _forget_email(current, at)
            if can_sign_in_by_phone(current):
                messaging.send(current.subject, "accounts/email-removed", "security", at=at)
                return ()
            return issue_recovery_codes(member=current, terminal=terminal, at=at)
    except IntegrityError as clash:
        raise PseudoTaken from clash


def _forget_email(member: Member, at: datetime) -> None:
    subject = member.subject
    EmailAddress.objects.filter(user=member).delete()
    privacy.forget_contact(subject, kind="email")
    messaging.forget_copies(subject, channel="email", at=at)
    privacy.withdraw_consent(subject, activity="newsletter", source="remove-email", at=at)
    served = Disclosure.including_restricted.filter(subject=subject)
    for recipient in served.values_list("recipient", flat=True).distinct().order_by("recipient"):
        privacy.outbox.queue(
            kind="notify-recipient",
            payload={
                "recipient": recipient,
                "subject": str(subject.uuid),
                "what": "email-removed",
            },
            at=at,
        )
    privacy.ledger.append(
        executor="accounts.remove-email", at=at, subject=subject.uuid, facts={"fields": ["email"]}
    )


@transaction.atomic
def close_account(*, member: Member, at: datetime, give_up_proofs: bool = False) -> None:
    """Close at once; the night's run erases, but for what the law keeps (P-089).

    Certificates stay too, unless the person gives them up. Raises :class:`AlreadyClosed`,
    :class:`LastAdministrator`; ``privacy.CannotErase`` on giving up what is locked or held.
    """
    current = Member.objects.select_for_update().get(pk=member.pk)
    subject = current.subject
    if subject.closed_on is not None:
        raise AlreadyClosed
    others = Member.objects.filter(role=Role.ADMINISTRATOR, is_active=True).exclude(pk=current.pk)
    if current.role == Role.ADMINISTRATOR and not others.exists():
        raise LastAdministrator
    if give_up_proofs:
        privacy.give_up_proofs(subject, at=at)
    messaging.send(subject, "accounts/closed", "service-notices", at=at)
    current.is_active = False
    current.save(update_fields=["is_active"])
    Session.objects.filter(subject=subject).delete()
    privacy.withdraw_consent(subject, activity="newsletter", source="close-account", at=at)
    privacy.close(subject, on=paris_date(at))
    privacy.ledger.append(executor="accounts.close", at=at, subject=subject.uuid, facts={})


def link_to_keep(subject: DataSubject, *, last_day: date) -> str:
    """The signed part of the link of an expiry notice, good until ``last_day``."""
    return signing.dumps([str(subject.uuid), last_day.isoformat()], salt=_SALT)


def owner_of_link(token: str, *, on: date) -> Member:
    """Whose account the link keeps. Raises :class:`LinkNoLongerValid`."""
    try:
        uuid, last_day = signing.loads(token, salt=_SALT)
        member = Member.objects.select_related("subject").get(subject__uuid=UUID(uuid))
    except (signing.BadSignature, Member.DoesNotExist) as error:
        raise LinkNoLongerValid from error
    if on > date.fromisoformat(last_day) or not member.is_active:
        raise LinkNoLongerValid
    return member


@transaction.atomic
def keep_account(*, token: str, at: datetime) -> Member:
    """« Garder mon compte »: the person answered, which is a use (C.3).

    The five years start again. Raises :class:`LinkNoLongerValid`.
    """
    on = paris_date(at)
    member = owner_of_link(token, on=on)
    privacy.record_use(member.subject, on=on)
    privacy.ledger.append(executor="accounts.keep", at=at, subject=member.subject.uuid, facts={})
    return member
