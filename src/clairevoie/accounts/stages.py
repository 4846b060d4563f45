"""Steps between the right password and a session."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.stages import EmailVerificationStage


class EmailIfAnyStage(EmailVerificationStage):  # type: ignore[misc]  # allauth ships no types
    """An e-mail address is proved before the first session; having one is not required (P-014)."""

    def handle(self) -> tuple[Any, bool]:
        login = self.login
        without = login.user is not None and not login.user.email
        if without and not EmailAddress.objects.filter(user=login.user).exists():
            return None, True
        answer: tuple[Any, bool] = super().handle()
        return answer
