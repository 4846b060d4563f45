"""What the pages of a survey ask."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django import forms
from django.db.models import QuerySet
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from clairevoie import privacy
from clairevoie.lib import calendar
from clairevoie.privacy.models import DataSubject
from clairevoie.surveys.actions import PUBLICATION_WORDS
from clairevoie.surveys.figures import SCORES


class Scale(BoundField):
    """Drawn as a row of buttons."""

    def css_classes(self, extra_classes: str | Iterable[str] | None = None) -> str:
        classes = extra_classes.split() if isinstance(extra_classes, str) else extra_classes or ()
        return str(super().css_classes(["field--scale", *classes]))


class ScoreField(forms.TypedChoiceField):
    """A score from 0 to 10."""

    bound_field_class = Scale


class AnswerForm(forms.Form):
    """A score from 0 to 10, and a review for whoever has something to add."""

    score = ScoreField(
        label=_("Recommanderiez-vous cette formation à un proche ?"),
        help_text=_("De 0, « pas du tout », à 10, « sans hésiter »."),
        choices=[(score, str(score)) for score in SCORES],
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choisissez une note de 0 à 10.")},
    )
    review = forms.CharField(
        label=_("Votre avis"),
        help_text=_("Il reste privé. Vous déciderez à l’étape suivante s’il peut être publié."),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )


class PublishForm(forms.Form):
    """The consent, of its own, never ticked beforehand (GDPR art. 7)."""

    agreed = forms.BooleanField(
        label=PUBLICATION_WORDS,
        help_text=_(
            "Avant 15 ans, demandez d’abord l’accord d’un parent\u00a0: «\u00a0Mon compte\u00a0», "
            "«\u00a0Consentements\u00a0»."
        ),
        error_messages={"required": _("Cochez la case pour publier votre avis.")},
    )


class DateInput(forms.DateInput):
    """The browser's own calendar."""

    input_type = "date"

    def format_value(self, value: object) -> str | None:
        return value.isoformat() if isinstance(value, date) else str(value or "") or None


class OpenForm(forms.Form):
    """The survey of one session."""

    training = forms.CharField(label=_("Formation"), max_length=120)
    ended_on = forms.DateField(label=_("Fin de la formation"), widget=DateInput())
    closes_on = forms.DateField(label=_("Dernier jour pour répondre"), widget=DateInput())

    def clean_closes_on(self) -> date:
        """Not before the day it opens."""
        closes_on: date = self.cleaned_data["closes_on"]
        if closes_on < calendar.today():
            raise forms.ValidationError(_("Ce jour est déjà passé."))
        return closes_on


class InviteForm(forms.Form):
    """Who followed the session."""

    people = forms.CharField(
        label=_("Personnes"),
        help_text=_("Une par ligne : adresse e-mail, téléphone ou pseudo."),
        widget=forms.Textarea(attrs={"rows": 8}),
    )

    def clean_people(self) -> QuerySet[DataSubject]:
        """Those we know. Says which lines name nobody."""
        lines = [line.strip() for line in self.cleaned_data["people"].splitlines()]
        found = privacy.find_all(line for line in lines if line)
        if unknown := [line for line in lines if line and line not in found]:
            sentence = _("Personne n’est connu sous : %(lines)s.")
            raise forms.ValidationError(sentence, params={"lines": ", ".join(unknown)})
        return DataSubject.objects.filter(pk__in=[person.pk for person in found.values()])
