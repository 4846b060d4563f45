"""What the register of incidents asks, in the order of promises.md F.4."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from clairevoie import policy
from clairevoie.lib import calendar
from clairevoie.privacy.incidents import Findings
from clairevoie.privacy.models import Incident

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Words = str | _StrPromise

_TO_THE_MINUTE = "%Y-%m-%dT%H:%M"


def _instant(label: Words, *, help_text: Words = "") -> forms.DateTimeField:
    """An instant in Paris, that may be left out."""
    return forms.DateTimeField(
        label=label,
        required=False,
        help_text=help_text,
        input_formats=[_TO_THE_MINUTE],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_TO_THE_MINUTE),
    )


def _text(label: Words, *, required: bool = False, help_text: Words = "") -> forms.CharField:
    area = forms.Textarea(attrs={"rows": 4})
    return forms.CharField(label=label, required=required, help_text=help_text, widget=area)


def _number(label: Words) -> forms.IntegerField:
    return forms.IntegerField(label=label, required=False, widget=forms.NumberInput({"min": "0"}))


def _processors() -> list[tuple[str, str]]:
    known = policy.current().recipients.values()
    return [("", "–"), *((recipient.code, recipient.name) for recipient in known)]


class OpeningForm(forms.Form):
    """An incident that nobody reported."""

    description = _text(gettext_lazy("Ce qui a été constaté"), required=True)
    detected_at = _instant(
        gettext_lazy("Détecté le"), help_text=gettext_lazy("Vide\u00a0: maintenant.")
    )


class ConfirmForm(forms.Form):
    """What the register asks when a compromise is confirmed."""

    aware_at = _instant(
        gettext_lazy("Connaissance le"),
        help_text=gettext_lazy("Vide\u00a0: maintenant. Les 72 heures courent à partir de là."),
    )
    nature = forms.ChoiceField(label=gettext_lazy("Nature"), choices=Incident.Nature.choices)
    risk = forms.ChoiceField(
        label=gettext_lazy("Risque pour les personnes"), choices=Incident.Risk.choices
    )


class FindingsForm(forms.Form):
    """What is known of the breach so far."""

    occurred_on = forms.DateField(
        label=gettext_lazy("Survenu le"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    nature = forms.ChoiceField(label=gettext_lazy("Nature"), choices=Incident.Nature.choices)
    cause = _text(gettext_lazy("Cause"))
    persons_count = _number(gettext_lazy("Nombre approximatif de personnes"))
    records_count = _number(gettext_lazy("Nombre approximatif d’enregistrements"))
    data_categories = _text(
        gettext_lazy("Catégories de données"),
        help_text=gettext_lazy("Des catégories, jamais les données elles-mêmes."),
    )
    consequences = _text(gettext_lazy("Conséquences probables"))
    risk = forms.ChoiceField(label=gettext_lazy("Risque"), choices=Incident.Risk.choices)
    risk_reasoning = _text(gettext_lazy("Raisons de cette évaluation"))
    measures = _text(gettext_lazy("Mesures prises"))
    processor = forms.ChoiceField(
        label=gettext_lazy("Sous-traitant en cause"), choices=_processors, required=False
    )
    processor_told_at = _instant(gettext_lazy("Averti par le sous-traitant le"))

    _SETS: ClassVar = (
        (gettext_lazy("Les faits"), ("occurred_on", "nature", "cause")),
        (
            gettext_lazy("L’étendue"),
            ("persons_count", "records_count", "data_categories"),
        ),
        (gettext_lazy("Les conséquences"), ("consequences", "risk", "risk_reasoning")),
        (gettext_lazy("Les mesures"), ("measures", "processor", "processor_told_at")),
    )

    def fieldsets(self) -> Iterator[tuple[Promise, list[forms.BoundField]]]:
        """The fields as the register groups them."""
        for title, names in self._SETS:
            yield title, [self[name] for name in names]


def findings_so_far(incident: Incident) -> dict[str, Any]:
    return asdict(Findings.of(incident))


class AuthorityForm(forms.Form):
    """The notification, as the CNIL's own service confirmed it."""

    told_at = _instant(
        gettext_lazy("Notifié à la CNIL le"), help_text=gettext_lazy("Vide\u00a0: maintenant.")
    )
    number = forms.CharField(
        label=gettext_lazy("Numéro donné par la CNIL"), required=False, max_length=32
    )
    late_because = _text(
        gettext_lazy("Raisons du retard"),
        help_text=gettext_lazy("Seulement au-delà des 72 heures (article 33, 1 du RGPD)."),
    )


class FollowUpForm(forms.Form):
    """What completes the first notification (art. 33(4))."""

    sent = _text(gettext_lazy("Ce qui a été ajouté"), required=True)
    number = forms.CharField(
        label=gettext_lazy("Numéro donné par la CNIL"), required=False, max_length=32
    )


class PersonsForm(forms.Form):
    """How and in which words the persons were told."""

    told_at = _instant(
        gettext_lazy("Personnes informées le"), help_text=gettext_lazy("Vide\u00a0: maintenant.")
    )
    means = forms.ChoiceField(label=gettext_lazy("Moyen employé"), choices=Incident.Means.choices)
    text = _text(gettext_lazy("Texte adressé aux personnes"), required=True)


class ExemptionForm(forms.Form):
    """Why the persons need not be told (art. 34(3))."""

    exemption = forms.ChoiceField(
        label=gettext_lazy("Dispense d’information"), choices=Incident.Exemption.choices
    )
    reasoning = _text(gettext_lazy("Pourquoi elle s’applique"), required=True)


class ClosingForm(forms.Form):
    """What was done, what risk remains, and what is learnt."""

    risk = forms.ChoiceField(
        label=gettext_lazy("Risque retenu"), choices=Incident.Risk.choices[1:]
    )
    measures = _text(gettext_lazy("Mesures prises"), required=True)
    lessons = _text(
        gettext_lazy("Leçons tirées et décision"),
        required=True,
        help_text=gettext_lazy("Ce qui change pour que cela n’arrive plus, ou pourquoi rien."),
    )


def deadline_said(incident: Incident) -> str:
    """Until when the CNIL must be told, in Paris."""
    if incident.aware_at is None:
        return "–"
    due = calendar.breach_deadline(incident.aware_at)
    return due.astimezone(calendar.PARIS).strftime("%d/%m/%Y %H:%M")
