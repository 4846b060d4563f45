"""The forms of leaving: the e-mail, the account; and of coming back with a code."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from clairevoie.accounts.forms.profile import pseudo_form


class RemoveEmailForm(forms.Form):
    """Asks for a pseudo where nothing else would be left to sign in with (P-086)."""

    pseudo = forms.CharField(
        label=_("Pseudo"),
        max_length=40,
        validators=[pseudo_form],
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
        help_text=_("Vous vous connecterez avec lui et votre mot de passe."),
    )
    sure = forms.BooleanField(
        label=_("J’ai compris : retirez mon adresse e-mail."),
        error_messages={"required": _("Cochez cette case pour confirmer.")},
    )

    def __init__(self, *args: Any, ask_pseudo: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not ask_pseudo:
            del self.fields["pseudo"]


class CloseForm(forms.Form):
    """A deliberate yes, and what becomes of one's certificates, where there are any."""

    proofs = forms.ChoiceField(
        label=_("Vos certificats et projets validés"),
        choices=[
            (
                "keep",
                _(
                    "Les garder\u00a0: ils se vérifient par leur numéro, et un duplicata reste "
                    "possible."
                ),
            ),
            ("give-up", _("Y renoncer\u00a0: ils sont supprimés avec le compte.")),
        ],
        initial="keep",
        widget=forms.RadioSelect,
        help_text=_(
            "Renoncer est définitif. Leurs numéros ne se vérifieront plus, et nous ne pourrons "
            "jamais en délivrer de duplicata, ni à vous ni à un employeur."
        ),
    )
    sure = forms.BooleanField(
        label=_("J’ai compris ce qui part et ce qui reste : fermez mon compte."),
        error_messages={"required": _("Cochez cette case pour confirmer.")},
    )

    def __init__(self, *args: Any, ask_proofs: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not ask_proofs:
            del self.fields["proofs"]

    @property
    def gives_up(self) -> bool:
        """Keeping is what happens unless the person says otherwise."""
        return bool(self.cleaned_data.get("proofs") == "give-up")


class RecoverForm(forms.Form):
    """A recovery code against a new password, which has to be strong (P-081)."""

    identifier = forms.CharField(
        label=_("Pseudo, adresse e-mail ou téléphone"),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    code = forms.CharField(
        label=_("Code de récupération"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
        help_text=_("Quatre groupes de cinq signes. Chaque code ne sert qu’une fois."),
    )
    password = forms.CharField(
        label=_("Nouveau mot de passe"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("Le même, une seconde fois"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password)
        return password

    def clean_again(self) -> str:
        again: str = self.cleaned_data["again"]
        if "password" in self.cleaned_data and again != self.cleaned_data["password"]:
            raise ValidationError(_("Les deux mots de passe ne sont pas identiques."))
        return again
