"""The forms of passkeys: one added and named, then used alone, as second factor, to confirm."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from allauth.mfa.webauthn.internal import auth
from django import forms
from django.core.exceptions import ValidationError
from django.forms.fields import InvalidJSONInput
from django.utils.translation import gettext_lazy as _
from fido2.utils import websafe_decode

from clairevoie.accounts.models import Member

_LONGEST_NAME = 60
_NOT_THIS_KEY = _("Cette clé n’a pas été reconnue. Essayez-en une autre, ou un autre moyen.")
# What fido2 raises on bytes that no device wrote.
_GARBAGE = (ValueError, TypeError, LookupError, AttributeError, struct.error)


class CredentialField(forms.JSONField):
    """What the device answered, written by the script of the page."""

    widget = forms.HiddenInput
    default_error_messages = {  # noqa: RUF012  # Django's way
        "required": _NOT_THIS_KEY,
        "invalid": _NOT_THIS_KEY,
    }

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except RecursionError as garbage:  # « [[[[… »
            raise ValidationError(_NOT_THIS_KEY, code="invalid") from garbage

    def bound_data(self, data: Any, initial: Any) -> Any:
        """An answer serves once: it is not written back in the page."""
        return InvalidJSONInput("")


@contextmanager
def _answer_of_a_device() -> Iterator[None]:
    """Whatever was sent: known, or refused in one sentence that tells nothing more."""
    try:
        yield
    except ValidationError as refusal:
        if refusal.code != "incorrect_code":  # too many attempts, said as such
            raise
        raise ValidationError(_NOT_THIS_KEY, code="not_this_key") from refusal
    except _GARBAGE as garbage:
        raise ValidationError(_NOT_THIS_KEY, code="not_this_key") from garbage


class _AnsweringForm(forms.Form):
    """The answer is in a hidden field: what is wrong with it is said of the whole form."""

    credential = CredentialField()

    def add_error(self, field: str | None, error: Any) -> None:
        super().add_error(None if field == "credential" else field, error)


class NewKeyForm(_AnsweringForm, AddWebAuthnForm):  # type: ignore[misc]  # allauth ships no types
    """A passkey and its name."""

    name = forms.CharField(label=_("Nom de la clé"), max_length=_LONGEST_NAME, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        alone = self.fields["passwordless"]
        alone.label = _("Entrer avec cette clé seule, sans mot de passe")
        alone.help_text = _("Votre appareil demandera alors votre empreinte ou son code.")

    def clean(self) -> dict[str, Any]:
        with _answer_of_a_device():
            cleaned = super().clean()
        return cleaned or {}


class RenamedKeyForm(EditWebAuthnForm):  # type: ignore[misc]  # allauth ships no types
    """Another name for a passkey."""

    name = forms.CharField(label=_("Nom de la clé"), max_length=_LONGEST_NAME)


class SecondKeyForm(_AnsweringForm, AuthenticateWebAuthnForm):  # type: ignore[misc]  # allauth ships no types
    """A key after the password."""

    def clean_credential(self) -> Authenticator:
        with _answer_of_a_device():
            return super().clean_credential()


class ConfirmingKeyForm(_AnsweringForm, ReauthenticateWebAuthnForm):  # type: ignore[misc]  # allauth ships no types
    """A key to confirm that it is still the same person."""

    def clean_credential(self) -> Authenticator:
        with _answer_of_a_device():
            return super().clean_credential()


class OnlyKeyForm(LoginWebAuthnForm):  # type: ignore[misc]  # allauth ships no types
    """A key and nothing else: it says by itself whose it is.

    No count of attempts: whose it is comes from the sender, who could lock anybody out. A
    signature is not guessed.
    """

    credential = CredentialField()

    def clean_credential(self) -> Authenticator:
        answer = self.cleaned_data["credential"]
        with _answer_of_a_device():
            auth.parse_authentication_response(answer)
            return auth.complete_authentication(_owner_named_by(answer), answer)


def _owner_named_by(answer: Mapping[str, Any]) -> Member:
    """Devices keep the person's UUID: the internal number never leaves (architecture § 1)."""
    handle = websafe_decode(answer["response"]["userHandle"])
    found = Member.objects.select_related("subject").filter(subject__uuid=UUID(bytes=handle))
    if (member := found.first()) is None:
        raise LookupError
    return member
