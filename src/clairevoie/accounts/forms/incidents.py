"""Reporting an unauthorised use: nothing to know, no account to have (P-083)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from clairevoie.lib.contact import EMAIL, PHONE, NotAContact, normalise


class ReportForm(forms.Form):
    """What happened, to which account, and how to answer – or not."""

    description = forms.CharField(
        label=_("Que s’est-il passé ?"),
        max_length=4700,
        widget=forms.Textarea(attrs={"rows": 7}),
        help_text=_(
            "Ce que vous avez vu, et quand. N’écrivez pas votre mot de passe : nous n’en "
            "avons jamais besoin."
        ),
    )
    account = forms.CharField(
        label=_("Compte concerné"),
        max_length=200,
        required=False,
        help_text=_("Son pseudo, son adresse ou son numéro, si vous le connaissez."),
    )
    contact = forms.CharField(
        label=_("Où vous répondre"),
        max_length=254,
        required=False,
        help_text=_("Une adresse e-mail ou un téléphone. Sans réponse souhaitée, laissez vide."),
    )
    end_sessions = forms.BooleanField(
        label=_("Fermer dès maintenant toutes mes autres sessions"),
        required=False,
        initial=True,
    )

    def __init__(self, *args: Any, signed_in: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("account", "contact") if signed_in else ("end_sessions",):
            del self.fields[name]

    def clean_contact(self) -> str:
        raw: str = self.cleaned_data["contact"].strip()
        if not raw:
            return ""
        try:
            return normalise(EMAIL if "@" in raw else PHONE, raw)
        except NotAContact as error:
            raise ValidationError(
                _("Ce n’est ni une adresse e-mail ni un numéro de téléphone.")
            ) from error

    def told(self) -> str:
        """The whole report as one text."""
        account = self.cleaned_data.get("account")
        told: str = self.cleaned_data["description"]
        return f"{told}\n\nCompte concerné : {account}" if account else told
