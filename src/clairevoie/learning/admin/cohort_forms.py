"""What the rooms of sessions and candidacies ask."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from clairevoie import privacy
from clairevoie.learning.models import Cohort, Parcours, Way
from clairevoie.lib.contact import EMAIL, NotAContact, normalise
from clairevoie.privacy.models import DataSubject

_MOST = 500  # people invited at once


class DateInput(forms.DateInput):
    """The browser's own calendar."""

    input_type = "date"

    def format_value(self, value: object) -> str | None:
        return value.isoformat() if isinstance(value, date) else str(value or "") or None


class ParcoursField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One of those that have an edition, by its title."""

    def label_from_instance(self, obj: Parcours) -> str:
        return obj.current.title if obj.current else obj.slug


class PersonField(forms.CharField):
    """Somebody who has an account, by what they are known by."""

    def clean(self, value: object) -> DataSubject:
        typed = super().clean(value)
        person = privacy.find(typed)
        if person is None or not hasattr(person, "member"):
            raise forms.ValidationError(_("Aucun compte n’est connu sous ce nom."))
        return person


class OpenForm(forms.Form):
    """A session."""

    parcours = ParcoursField(
        label=_("Parcours"),
        queryset=Parcours.objects.filter(current__isnull=False).select_related("current"),
    )
    name = forms.CharField(
        label=_("Nom"), max_length=120, help_text=_("Par exemple « Python, automne 2026 ».")
    )
    starts_on = forms.DateField(label=_("Début"), widget=DateInput())
    ends_on = forms.DateField(label=_("Fin"), widget=DateInput(), required=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited:
    """Those who have an account, and the addresses of those who have none."""

    members: QuerySet[DataSubject]
    addresses: list[str]


class InviteForm(forms.Form):
    """Who is invited."""

    people = forms.CharField(
        label=_("Personnes"),
        help_text=_(
            "Une par ligne : adresse e-mail, téléphone ou pseudo. Qui n’a pas encore de compte "
            "s’invite par son adresse e-mail."
        ),
        widget=forms.Textarea(attrs={"rows": 8}),
    )

    def clean_people(self) -> Invited:
        """Says which lines name nobody, and are no e-mail address either."""
        lines = [line.strip() for line in self.cleaned_data["people"].splitlines()]
        lines = list(dict.fromkeys(line for line in lines if line))
        if len(lines) > _MOST:
            raise forms.ValidationError(
                _("Invitez %(most)d personnes au plus à la fois."), params={"most": _MOST}
            )
        members, strangers = _known(lines)
        addresses = [line for line in strangers if _is_email(line)]
        unknown = [line for line in strangers if line not in addresses]
        if unknown:
            sentence = _(
                "Ni compte connu, ni adresse e-mail complète : %(lines)s. Qui n’a pas de compte "
                "s’invite par son adresse e-mail."
            )
            raise forms.ValidationError(sentence, params={"lines": ", ".join(unknown)})
        return Invited(members=members, addresses=addresses)


def _known(lines: list[str]) -> tuple[QuerySet[DataSubject], list[str]]:
    """Those who have an account, and the lines that name none of them; a fixed number of queries.

    An address is whose proved it, a number whoever typed it, a pseudo whoever bears it.
    """
    emails = {line for line in lines if _is_email(line)}
    found = privacy.owners_of(emails, kind=EMAIL)
    found |= privacy.find_all(line for line in lines if line not in emails)
    members = DataSubject.objects.filter(
        pk__in={person.pk for person in found.values()}, member__isnull=False
    )
    known = set(members.values_list("pk", flat=True))
    strangers = [line for line in lines if line not in found or found[line].pk not in known]
    return members, strangers


def _is_email(line: str) -> bool:
    try:
        normalise(EMAIL, line)
    except NotAContact:
        return False
    return True


class TrainerForm(forms.Form):
    """One trainer."""

    trainer = PersonField(
        label=_("Formateur"), help_text=_("Son adresse e-mail, son téléphone ou son pseudo.")
    )


class ContractForm(forms.Form):
    """One person and the contract they signed."""

    person = PersonField(
        label=_("Personne"), help_text=_("Son adresse e-mail, son téléphone ou son pseudo.")
    )
    contract = forms.CharField(
        label=_("Référence du contrat"),
        max_length=60,
        help_text=_("Celle de l’exemplaire signé, telle que vous la classez."),
    )


class AcceptForm(forms.Form):
    """With whom, and by which contract."""

    cohort = forms.ModelChoiceField(
        label=_("Session"), queryset=Cohort.objects.order_by("-starts_on"), required=False
    )
    contract = forms.CharField(
        label=_("Référence du contrat"),
        max_length=60,
        required=False,
        help_text=_("Obligatoire quand le parcours se suit par contrat."),
    )
    reason = forms.CharField(
        label=_("Un mot pour la personne"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class RefuseForm(forms.Form):
    """Why not: the person reads it."""

    reason = forms.CharField(
        label=_("Motif"),
        max_length=2000,
        help_text=_("La personne le lira : dites ce qui manque, et ce qu’elle peut faire."),
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": _("Dites pourquoi : la personne lira ce motif.")},
    )


class WayForm(forms.Form):
    """How one comes to follow a parcours."""

    way = forms.ChoiceField(label=_("Inscription"), choices=Way.choices, widget=forms.RadioSelect)
