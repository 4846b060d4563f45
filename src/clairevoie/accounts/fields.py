"""Form fields for contacts, as people write them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from clairevoie.lib.contact import PHONE, NotAContact, normalise


class PhoneField(forms.CharField):
    """« 06 12 34 56 78 » or « +33 6 12 34 56 78 »: cleaned to E.164."""

    def __init__(self, **kwargs: Any) -> None:
        attributes = {"type": "tel", "autocomplete": "tel", "inputmode": "tel"}
        kwargs.setdefault("label", _("Téléphone"))
        kwargs.setdefault("max_length", 32)
        kwargs.setdefault("widget", forms.TextInput(attrs=attributes))
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str:
        typed = super().clean(value)
        if not typed:
            return ""
        try:
            return normalise(PHONE, typed)
        except NotAContact:
            raise ValidationError(
                _("Ce numéro n’est pas valable. Exemple : 06 12 34 56 78."), code="phone"
            ) from None
