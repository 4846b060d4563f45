"""Who may come in: e-mail address, phone number or pseudo, with the password."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from clairevoie.accounts.models import Member
from clairevoie.accounts.sessions import member_at_hand


class MemberBackend(AuthenticationBackend):  # type: ignore[misc]  # allauth ships no types
    """allauth's ways in; a suspended or closed account stays outside, signed in or not."""

    def user_can_authenticate(self, user: Any) -> bool:
        return isinstance(user, Member) and user.may_sign_in

    def get_user(self, user_id: Any) -> Member | None:
        member = member_at_hand.get()
        if member is None or member.pk != user_id:
            member = Member.objects.select_related("subject").filter(pk=user_id).first()
        return member if member is not None and member.may_sign_in else None
