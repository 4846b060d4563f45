"""What the back office asks of those who bring content."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class ArchiveForm(forms.Form):
    """A zip of one or several parcours."""

    archive = forms.FileField(
        label=_("Archive"),
        help_text=_(
            "Un zip du dossier du parcours, 50 Mo au plus. Tout est relu avant d’être importé : "
            "s’il y a quelque chose à corriger, rien ne change."
        ),
        widget=forms.FileInput(attrs={"accept": ".zip,application/zip"}),
        error_messages={"required": _("Choisissez une archive zip de 50 Mo au plus.")},
    )
    publish = forms.BooleanField(
        label=_("Publier aussitôt"),
        required=False,
        help_text=_("Sinon, relisez d’abord l’édition, puis publiez-la depuis sa page."),
    )
