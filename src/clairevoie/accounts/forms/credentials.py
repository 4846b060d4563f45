"""The forms of « Connexion » and of forgotten passwords."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from allauth.account.forms import AddEmailForm, ChangePhoneForm, LoginForm, UserTokenForm
from django import forms
from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from clairevoie.accounts.actions import credentials
from clairevoie.accounts.models import Member
from clairevoie.accounts.terminals import terminal_of
from clairevoie.lib import calendar
from clairevoie.lib.contact import EMAIL, PHONE, NotAContact, normalise


class SignInForm(LoginForm):  # type: ignore[misc]  # allauth ships no types
    """One field for the three identifiers; staying signed in is asked for, never given (P-036)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        login, password = self.fields["login"], self.fields["password"]
        login.label = _("Adresse e-mail, téléphone ou pseudo")
        login.max_length = 254
        login.widget.attrs["autocomplete"] = "username"
        password.label, password.help_text = _("Mot de passe"), ""
        for field in (login, password):
            field.widget.attrs.pop("placeholder", None)
        days = settings.REMEMBERED_SESSION_DAYS
        self.fields["remember"].label = (
            _("Rester connecté sur cet appareil pendant %d jours") % days
        )

    def login(self, request: HttpRequest, redirect_url: str | None = None) -> HttpResponse:
        response: HttpResponse = super().login(request, redirect_url)
        wanted = self.cleaned_data["remember"] and not self.user.is_staff
        # A date, not a duration: later pages do not push it away.
        until = calendar.now() + timedelta(days=settings.REMEMBERED_SESSION_DAYS)
        request.session.set_expiry(until if wanted else 0)
        return response


class NewEmailForm(AddEmailForm):  # type: ignore[misc]  # allauth ships no types
    """Another address for the account."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("Nouvelle adresse e-mail")


class NewPhoneForm(ChangePhoneForm):  # type: ignore[misc]  # allauth ships no types
    """Another number for the account."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"].label = _("Nouveau numéro de téléphone")


class ResetPasswordForm(forms.Form):
    """An address or a number; the page answers the same whoever is behind it.

    The field is called ``email`` because allauth counts attempts by that name.
    """

    email = forms.CharField(
        label=_("Adresse e-mail ou numéro de téléphone"),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "username"}),
    )

    def clean_email(self) -> str:
        for kind in (EMAIL, PHONE):
            try:
                return normalise(kind, self.cleaned_data["email"])
            except NotAContact:
                continue
        raise ValidationError(_("Cette adresse ou ce numéro n’est pas valable."), code="invalid")

    def save(self, request: HttpRequest, **_kwargs: Any) -> str:
        identifier: str = self.cleaned_data["email"]
        credentials.ask_password_reset(
            identifier=identifier, terminal=terminal_of(request), at=calendar.now()
        )
        return identifier


class ResetTokenForm(UserTokenForm):  # type: ignore[misc]  # allauth ships no types
    """The link names the member by UUID: the internal number never leaves (architecture § 1)."""

    token_generator = default_token_generator

    def _get_user(self, uidb36: str) -> Member | None:
        try:
            uuid = UUID(uidb36)
        except ValueError:
            return None
        member = Member.objects.select_related("subject").filter(subject__uuid=uuid).first()
        return member if member is not None and member.may_sign_in else None
