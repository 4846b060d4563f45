"""allauth's journeys, with our actions behind them and messaging as their only way out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import (
    AUTHENTICATION_METHODS_SESSION_KEY,
    get_authentication_records,
    record_authentication,
)
from allauth.account.internal.stagekit import clear_login
from allauth.account.models import EmailAddress
from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from clairevoie import messaging, privacy
from clairevoie.accounts.actions import credentials, joining, sessions
from clairevoie.accounts.fields import PhoneField
from clairevoie.accounts.models import Member
from clairevoie.accounts.sessions import SessionStore
from clairevoie.accounts.terminals import terminal_of
from clairevoie.accounts.views.suspended import suspended
from clairevoie.lib import calendar
from clairevoie.lib.contact import EMAIL, PHONE, NotAContact, normalise

_LONGEST_EMAIL = 254  # RFC 5321
_WRONG = _("Cet identifiant et ce mot de passe ne vont pas ensemble.")
_THROTTLED = "too_many_login_attempts"  # allauth's code
_VERIFICATION = frozenset(
    {"account/email/email_confirmation_signup", "account/email/email_confirmation"}
)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """What allauth asks of the platform."""

    error_messages = DefaultAccountAdapter.error_messages | {
        # The same words whatever was typed: nothing tells a known identifier from another.
        "email_password_mismatch": _WRONG,
        "phone_password_mismatch": _WRONG,
        "username_password_mismatch": _WRONG,
        _THROTTLED: _(
            "Trop de tentatives : attendez une heure, ou réinitialisez votre mot de passe."
        ),
        "incorrect_code": _("Ce code n’est pas le bon."),
        "incorrect_password": _("Ce mot de passe n’est pas le bon."),
        "enter_current_password": _("Ce n’est pas votre mot de passe actuel."),
        "rate_limited": _("Attendez un instant avant de demander un autre code."),
        "email_taken": _("Cette adresse ne peut pas être utilisée."),
        "phone_taken": _("Ce numéro ne peut pas être utilisé."),
        "duplicate_email": _("C’est déjà votre adresse."),
        "same_as_current": _("C’est déjà celui de votre compte."),
    }

    # --- Who may do what ----------------------------------------------------------------------

    def get_login_stages(self) -> list[str]:
        """allauth's, with a verification of e-mail that people without e-mail pass."""
        theirs = "allauth.account.stages.EmailVerificationStage"
        ours = "clairevoie.accounts.stages.EmailIfAnyStage"
        return [ours if stage == theirs else stage for stage in super().get_login_stages()]

    def pre_login(self, request: HttpRequest, user: Member, **kwargs: Any) -> HttpResponse | None:
        if not user.may_sign_in:
            clear_login(request)
            reasons = suspended(request, user)
            return reasons or cast("HttpResponse", self.respond_user_inactive(request, user))
        return cast("HttpResponse | None", super().pre_login(request, user, **kwargs))

    def can_delete_email(self, email_address: EmailAddress) -> bool:
        """Removing one's address has its own page, which says what follows (P-086)."""
        return not email_address.verified

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        """Rotate the session, then note it. Whoever just gave a password need not repeat it."""
        super().login(request, user)
        member, store = cast("Member", user), cast("SessionStore", request.session)
        sessions.begin_session(
            member=member, store=store, terminal=terminal_of(request), at=calendar.now()
        )
        if not get_authentication_records(request, user):  # a sign-up, proved by its code
            record_authentication(request, user, method="code")
        proofs = store[AUTHENTICATION_METHODS_SESSION_KEY]
        store[AUTHENTICATION_METHODS_SESSION_KEY] = [
            {"method": p["method"], "at": p["at"], "reauthenticated": True, **_kind_of(p)}
            for p in proofs
        ]

    def logout(self, request: HttpRequest) -> None:
        member = request.user
        super().logout(request)
        if isinstance(member, Member):
            sessions.note_sign_out(member=member, terminal=terminal_of(request), at=calendar.now())

    # --- Throttling ---------------------------------------------------------------------------

    def _get_login_attempts_cache_key(self, _request: HttpRequest, **credentials_: Any) -> str:
        """One count a member, however they are named: three identifiers, ten attempts."""
        member = credentials_.get("member") or _member_named(credentials_)
        if member is not None:
            return f"member:{member.pk}"
        names = (credentials_.get(name) for name in ("email", "phone", "username"))
        return "name:" + next((name for name in names if name), "").lower()

    def pre_authenticate(self, request: HttpRequest, **credentials_: Any) -> None:
        try:
            super().pre_authenticate(request, **credentials_)
        except ValidationError as refusal:
            if refusal.code == _THROTTLED:
                self._log_refusal(request, credentials_, throttled=True)
            raise

    def authentication_failed(self, request: HttpRequest, **credentials_: Any) -> None:
        self._log_refusal(request, credentials_, throttled=False)

    def _log_refusal(
        self, request: HttpRequest, credentials_: Mapping[str, Any], *, throttled: bool
    ) -> None:
        sessions.refuse_sign_in(
            member=_member_named(credentials_),
            throttled=throttled,
            terminal=terminal_of(request),
            at=calendar.now(),
        )

    # --- E-mail addresses and passwords ---------------------------------------------------------

    def clean_email(self, email: str) -> str:
        if len(email) > _LONGEST_EMAIL:
            raise ValidationError(_("Cette adresse est trop longue."), code="invalid")
        return email

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        member = cast("Member", email_address.user)
        try:
            with transaction.atomic():
                confirmed: bool = super().confirm_email(request, email_address)
                if confirmed:
                    joining.prove_email(
                        member=member, email=email_address.email, at=calendar.now()
                    )
        except joining.ContactUnavailable:
            text = str(self.error_messages["email_taken"])
            self.add_message(request, messages.ERROR, message=text)
            return False
        return confirmed

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        request = self.request
        same = request.user.is_authenticated and request.user.pk == user.pk
        kept = request.session.session_key if same else None
        credentials.set_password(member=cast("Member", user), password=password, session_kept=kept)

    # --- Messages: all leave through messaging --------------------------------------------------

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Only the codes come this way; the rest has its own methods below."""
        if template_prefix not in _VERIFICATION:
            raise LookupError(f"No message of ours for {template_prefix}")
        self._send_code(EMAIL, email, context["user"], context["code"])

    def _send_code(self, kind: str, contact: str, member: Member, code: str) -> None:
        messaging.send_code(
            contact,
            kind,
            "accounts/verification-code",
            subject=member.subject,
            context={"code": code},
            at=calendar.now(),
        )

    def send_account_already_exists_mail(self, email: str) -> None:
        joining.answer_sign_up_again(kind=EMAIL, contact=email, at=calendar.now())

    def send_account_already_exists_sms(self, phone: str) -> None:
        joining.answer_sign_up_again(kind=PHONE, contact=phone, at=calendar.now())

    def send_notification_mail(
        self,
        template_prefix: str,
        user: AbstractBaseUser,
        context: dict[str, Any] | None = None,  # allauth's signature
        email: str | None = None,
    ) -> None:
        member = cast("Member", user)
        if template_prefix == "account/email/password_reset":
            self._delete_login_attempts_cached_email(self.request, member=member)
        credentials.tell_of_change(
            member=member,
            what=template_prefix,
            former_email=email,
            terminal=terminal_of(self.request),
            at=calendar.now(),
        )

    # --- Telephones -----------------------------------------------------------------------------

    def phone_form_field(self, **kwargs: Any) -> PhoneField:
        return PhoneField(**kwargs)

    def send_verification_code_sms(
        self, user: AbstractBaseUser, phone: str, code: str, **_kwargs: Any
    ) -> None:
        self._send_code(PHONE, phone, cast("Member", user), code)

    def set_phone(self, user: AbstractBaseUser, phone: str, verified: bool) -> None:  # noqa: FBT001
        """Only proved numbers are kept (:func:`joining.sign_up` keeps the first one itself)."""
        if verified:
            self.set_phone_verified(user, phone)

    def get_phone(self, user: AbstractBaseUser) -> tuple[str, bool] | None:
        member = cast("Member", user)
        return (member.phone, member.phone_verified) if member.phone else None

    def set_phone_verified(self, user: AbstractBaseUser, phone: str) -> None:
        changed = cast("Member", user).phone_verified
        joining.prove_phone(member=cast("Member", user), phone=phone, at=calendar.now())
        if changed:
            self.send_notification_mail("account/phone_changed", user)

    def get_user_by_phone(self, phone: str) -> Member | None:
        try:
            number = normalise(PHONE, phone)
        except NotAContact:
            return None
        return Member.objects.select_related("subject").filter(phone=number).first()


def _kind_of(proof: Mapping[str, Any]) -> dict[str, Any]:
    """What allauth needs of a second factor; not the address or pseudo that was typed."""
    return {name: proof[name] for name in ("id", "type", "passwordless") if name in proof}


def _member_named(credentials_: Mapping[str, Any]) -> Member | None:
    for name in ("email", "phone", "username"):
        identifier = credentials_.get(name)
        subject = privacy.find(identifier) if identifier else None
        member = subject and Member.objects.filter(pk=subject.pk).select_related("subject").first()
        if member:
            return member
    return None
