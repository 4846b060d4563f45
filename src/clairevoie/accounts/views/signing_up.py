"""« Inscription », with the address of whoever comes from an invitation."""

from __future__ import annotations

from typing import Any

from allauth.account.views import SignupView

from clairevoie.accounts.actions.joining import EXPECTED_EMAIL


class _SignUpView(SignupView):  # type: ignore[misc]  # allauth ships no types
    def get_initial(self) -> dict[str, Any]:
        """What another page left for this one, once."""
        initial: dict[str, Any] = super().get_initial()
        if self.request.method == "GET" and EXPECTED_EMAIL in self.request.session:
            initial["email"] = self.request.session.pop(EXPECTED_EMAIL)
        return initial


sign_up = _SignUpView.as_view()
