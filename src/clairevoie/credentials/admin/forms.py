"""Why staff acts on a document, said before it is done."""

from __future__ import annotations

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from clairevoie.credentials.actions.keeping import Reason


class ReasonForm(forms.Form):
    """A reason and the request it answers: both stand in the ledger, which names nobody."""

    reason = forms.ChoiceField(label=_("Motif"), choices=Reason.choices)
    reference = forms.CharField(
        label=_("Référence de la demande"),
        min_length=4,
        max_length=40,
        validators=[
            RegexValidator(
                r"^[A-Za-z]+[-/.][A-Za-z0-9-/.]*$",
                _("Des lettres, puis des chiffres et des tirets\u00a0: courrier-2031-114."),
            )
        ],
        help_text=_(
            "Le dossier ou le courrier qui la prouve, comme courrier-2031-114. Aucun nom."
        ),
    )


class ReissueForm(ReasonForm):
    """The name to print, as the person proved it."""

    field_order = ("name", "reason", "reference")

    name = forms.CharField(label=_("Nouveau nom à imprimer"), max_length=200)


class RevocationForm(forms.Form):
    """Why: its holder reads it, under « Mes certificats »."""

    because = forms.CharField(
        label=_("Motif, tel que la personne le lira"), max_length=300, widget=forms.Textarea
    )
