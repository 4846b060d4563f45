"""Passwords: changing them, forgetting them, and telling the member each time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.urls import reverse

from clairevoie import messaging, privacy
from clairevoie.accounts.actions.security_log import log
from clairevoie.accounts.models import Member, SecurityEvent, Session
from clairevoie.accounts.terminals import Terminal
from clairevoie.lib.contact import EMAIL, PHONE, NotAContact, normalise

Kind = SecurityEvent.Kind

# Notices of change: allauth's names for what happened → ours, and the message sent.
NOTICES: Mapping[str, tuple[SecurityEvent.Kind, str]] = MappingProxyType(
    {
        "account/email/password_changed": (Kind.PASSWORD_CHANGED, "accounts/password-changed"),
        "account/email/password_set": (Kind.PASSWORD_CHANGED, "accounts/password-changed"),
        "account/email/password_reset": (Kind.PASSWORD_RESET, "accounts/password-changed"),
        "account/email/email_changed": (Kind.CONTACT_CHANGED, "accounts/email-changed"),
        "account/email/email_deleted": (Kind.CONTACT_CHANGED, "accounts/email-changed"),
        "account/phone_changed": (Kind.CONTACT_CHANGED, "accounts/phone-changed"),
        "mfa/email/totp_activated": (Kind.SECOND_FACTOR_ADDED, "accounts/factor-added"),
        "mfa/email/webauthn_added": (Kind.SECOND_FACTOR_ADDED, "accounts/factor-added"),
        "mfa/email/totp_deactivated": (Kind.SECOND_FACTOR_REMOVED, "accounts/factor-removed"),
        "mfa/email/webauthn_removed": (Kind.SECOND_FACTOR_REMOVED, "accounts/factor-removed"),
        "mfa/email/recovery_codes_generated": (Kind.RECOVERY_CODES_MADE, "accounts/codes-made"),
    }
)


@transaction.atomic
def set_password(*, member: Member, password: str, session_kept: str | None) -> None:
    """A new password ends every session but the one it was changed from."""
    member.set_password(password)
    member.save(update_fields=["password"])
    Session.objects.filter(subject=member.pk).exclude(session_key=session_kept).delete()


@transaction.atomic
def tell_of_change(
    *, member: Member, what: str, former_email: str | None, terminal: Terminal, at: datetime
) -> None:
    """Log a change of a way in and tell the member (F.8: notice of changes).

    ``what`` is a key of :data:`NOTICES`. A changed address is told to the former one, which
    is where somebody robbed of their account still reads.
    """
    kind, template = NOTICES[what]
    log(kind, subject=member.subject, terminal=terminal, at=at)
    if former_email:
        messaging.send_code(
            former_email,
            EMAIL,
            template,
            subject=member.subject,
            at=at,
            patience=messaging.PATIENCE,
        )
    else:
        messaging.send(member.subject, template, "security", at=at)


def member_behind(identifier: str) -> Member | None:
    """Whose e-mail address (proved rather than typed) or telephone this is."""
    for kind in (EMAIL, PHONE):
        try:
            contact = normalise(kind, identifier)
        except NotAContact:
            continue
        members = Member.objects.select_related("subject")
        if kind == PHONE:
            return members.filter(phone=contact).first()
        row = EmailAddress.objects.filter(email=contact).order_by("-verified").first()
        return members.filter(pk=row.user_id).first() if row else None
    return None


@transaction.atomic
def ask_password_reset(*, identifier: str, terminal: Terminal, at: datetime) -> None:
    """Send a link that serves once within the hour, by e-mail or SMS (P-081, P-085).

    Nobody behind the identifier, or no right to sign in: nothing happens, and the page says
    the same.
    """
    member = member_behind(identifier)
    if member is None or not member.may_sign_in:
        return
    log(Kind.PASSWORD_RESET_ASKED, subject=member.subject, terminal=terminal, at=at)
    kind = EMAIL if "@" in identifier else PHONE
    messaging.send_code(
        normalise(kind, identifier),
        kind,
        "accounts/password-reset",
        subject=member.subject,
        context={"link": reset_link(member)},
        at=at,
    )
    privacy.ledger.append(
        executor="accounts.ask-password-reset", at=at, subject=member.subject.uuid, facts={}
    )


def reset_link(member: Member) -> str:
    """The address of the page where a new password is chosen: dies with the old password."""
    path = reverse(
        "account_reset_password_from_key",
        kwargs={
            "uidb36": member.subject.uuid.hex,
            "key": default_token_generator.make_token(member),
        },
    )
    return f"{settings.SITE_URL}{path}"
