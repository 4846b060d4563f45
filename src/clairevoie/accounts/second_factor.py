"""Second factors: allauth's TOTP, passkeys and recovery codes, with secrets encrypted at rest."""

from __future__ import annotations

import base64
import re
from typing import Any

from allauth.account.adapter import get_adapter as account_adapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from django.contrib.auth.base_user import AbstractBaseUser
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clairevoie import policy
from clairevoie.accounts.models import Member
from clairevoie.lib import peppers


def has_second_factor(member: Any) -> bool:
    """An application or a key; recovery codes alone are no second factor."""
    factors = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
    return bool(Authenticator.objects.filter(user_id=member.pk, type__in=factors).exists())


def box() -> MultiFernet:
    """Seals under the present pepper, and opens what any former one sealed."""
    return MultiFernet([_box(pepper) for pepper in peppers.every()])


def _box(pepper: str) -> Fernet:
    digest = salted_hmac("second-factor", "", secret=pepper, algorithm="sha256").digest()
    return Fernet(base64.urlsafe_b64encode(digest))


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth ships no types
    """Names in the organisation's voice; a stolen database gives no second factor."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": gettext_lazy("Ce code n’est pas le bon."),
    }

    def encrypt(self, text: str) -> str:
        return box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return box().decrypt(encrypted_text.encode()).decode()

    def get_totp_issuer(self) -> str:
        return policy.current().organisation.name

    def build_totp_svg(self, url: str) -> str:
        """Ready to be written in a page: no XML prologue."""
        svg: str = super().build_totp_svg(url)
        return re.sub(r"^<\?xml[^>]*\?>\s*", "", svg)

    def _get_user_identifier(self, user: AbstractBaseUser) -> str:
        """What authenticator applications show: never the internal number."""
        assert isinstance(user, Member)
        return user.email or user.pseudo or user.phone or user.full_name

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        entity: dict[str, str] = super().get_public_key_credential_rp_entity()
        return entity | {"name": policy.current().organisation.name}

    def get_public_key_credential_user_entity(self, user: AbstractBaseUser) -> dict[str, Any]:
        entity: dict[str, Any] = super().get_public_key_credential_user_entity(user)
        assert isinstance(user, Member)
        return entity | {"id": user.subject.uuid.bytes, "display_name": user.full_name}

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Any) -> str:  # noqa: A002
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return _("Clé n° %(number)d") % {"number": count + 1}

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        account_adapter().send_notification_mail(*args, **kwargs)
