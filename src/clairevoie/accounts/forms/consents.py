"""What is asked before a parent is."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class ParentForm(forms.Form):
    """Where to ask a parent; no birth date, no name."""

    parent_email = forms.EmailField(
        label=_("Adresse e-mail d’un de vos parents"),
        help_text=_(
            "Ou de la personne qui a l’autorité parentale. Nous l’effaçons dès sa réponse, et au "
            "plus tard dans 30 jours."
        ),
        max_length=254,
    )
