"""What is typed about credentials: a number to check."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from clairevoie.credentials.numbers import NotANumber, read_number
from clairevoie.lib.speech import sentence


class NumberForm(forms.Form):
    """A number as read from paper: spaces, hyphens and capitals as one likes."""

    numero = forms.CharField(
        label=_("Numéro du document"),
        max_length=60,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
        help_text=_("Seize signes, en quatre groupes, imprimés en bas du document."),
        error_messages={"required": _("Tapez le numéro imprimé sur le document.")},
    )

    def clean_numero(self) -> str:
        try:
            return read_number(self.cleaned_data["numero"])
        except NotANumber as refused:
            raise ValidationError(sentence(refused)) from refused
