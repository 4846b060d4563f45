"""What the back office asks of those who write the letter."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from clairevoie.newsletter.actions.bringing import Proof
from clairevoie.newsletter.actions.writing import Draft
from clairevoie.newsletter.forms import TopicsField
from clairevoie.newsletter.models import Audience, Topic, open_topics


class DateInput(forms.DateInput):
    """The browser's own calendar."""

    input_type = "date"

    def format_value(self, value: object) -> str | None:
        return value.isoformat() if isinstance(value, date) else str(value or "") or None


class NamesOfTopics(TopicsField):
    """The staff know what each is about."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name)


class AboutTopics(forms.Form):
    """Something that is about one topic at least."""

    topics = NamesOfTopics(label=_("Thèmes"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["topics"]
        assert isinstance(field, TopicsField)
        kept = self.initial.get("topics", ())
        field.queryset = open_topics() | Topic.objects.filter(slug__in=kept)


class LetterForm(AboutTopics):
    """One letter: its words, and whom they are for."""

    title = forms.CharField(
        label=_("Titre"),
        max_length=150,
        help_text=_("L’objet du message\u00a0: une seule ligne."),
        strip=False,
    )
    preheader = forms.CharField(
        label=_("Résumé"),
        max_length=150,
        required=False,
        help_text=_("La ligne que les boîtes de réception montrent sous l’objet."),
        strip=False,
    )
    body = forms.CharField(
        label=_("Texte"),
        max_length=100_000,
        help_text=_(
            "En Markdown\u00a0: **gras**, *italique*, [lien](https://…), ## intertitre, - liste. "
            "Les liens partent tels que vous les écrivez\u202f; une image se joint au brouillon, "
            "puis se place dans le texte (![description](nom))."
        ),
        widget=forms.Textarea(attrs={"rows": 18}),
    )
    audience = forms.ChoiceField(label=_("Destinataires"), choices=Audience.choices)
    language = forms.ChoiceField(label=_("Langue"), choices=settings.LANGUAGES)
    field_order = ("title", "preheader", "body", "topics", "audience", "language")

    @property
    def draft(self) -> Draft:
        return Draft(**self.cleaned_data)


class PictureForm(forms.Form):
    """A picture, and what it says to who cannot see it."""

    file = forms.FileField(
        label=_("Image"),
        help_text=_(
            "JPEG, PNG ou WebP, 5\u00a0Mo au plus. Elle est redessinée à la taille d’une lettre, "
            "sans le lieu ni l’appareil de la prise de vue."
        ),
        widget=forms.FileInput(attrs={"accept": ".jpg,.jpeg,.png,.webp"}),
        error_messages={
            "required": _("Choisissez une image."),
            "empty": _("Ce fichier est vide."),
            "too_heavy": _(
                "Cette image dépasse 5\u00a0Mo\u00a0: réduisez-la avant de la joindre."
            ),
        },
    )
    description = forms.CharField(
        label=_("Description"),
        max_length=200,
        help_text=_(
            "Ce que montre l’image, en une ligne\u00a0: on la lit à qui ne la voit pas, et quand "
            "la messagerie ne montre pas les images."
        ),
        error_messages={
            "required": _("Dites en une ligne ce que montre l’image, pour qui ne la voit pas.")
        },
    )


class NamedPictureForm(forms.Form):
    """One of the pictures of a letter; those are the ``names`` of the initial values."""

    name = forms.ChoiceField(
        label=_("Image"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choisissez une image."),
            "invalid_choice": _("Cette image n’est plus jointe à la lettre."),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["name"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(name, name) for name in self.initial.get("names", ())]


class NumberField(forms.IntegerField):
    """Written with or without spaces between thousands."""

    def to_python(self, value: Any) -> int | None:
        return super().to_python("".join(value.split()) if isinstance(value, str) else value)


class NumberForm(forms.Form):
    """The number of readers, typed: nobody sends by a slip of the hand."""

    number = NumberField(
        label=_("Nombre de destinataires"),
        min_value=1,
        help_text=_("Recopiez le nombre affiché ci-dessus."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"invalid": _("Écrivez le nombre en chiffres.")},
    )


class InstantInput(forms.DateTimeInput):
    """The browser's own calendar and clock."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class MoveForm(forms.Form):
    """The day and the hour, in Paris, at which a letter leaves by itself."""

    leaves_at = forms.DateTimeField(
        label=_("Jour et heure de l’envoi"),
        help_text=_("À l’heure de Paris."),
        widget=InstantInput(),
        error_messages={
            "required": _("Choisissez un jour et une heure."),
            "invalid": _("Écrivez un jour et une heure qui existent, tels que 2026-12-01 09:00."),
        },
    )


class PlanForm(NumberForm, MoveForm):
    """A date, and the number of readers, typed: nobody plans by a slip of the hand either."""

    field_order = ("leaves_at", "number")


class TopicForm(forms.Form):
    """A topic, as people read it beside its box."""

    name = forms.CharField(label=_("Nom"), max_length=80)
    description = forms.CharField(
        label=_("Description"),
        max_length=200,
        required=False,
        help_text=_("Ce que l’on recevra, en une phrase."),
    )


class ImportForm(AboutTopics):
    """A file, and the proof without which it is refused."""

    file = forms.FileField(
        label=_("Fichier"),
        help_text=_(
            "CSV en UTF-8, 12 Mo au plus. La première ligne nomme les colonnes\u00a0: email et, "
            "si vous les avez pour chaque personne, date, origine, texte."
        ),
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
        error_messages={
            "required": _("Choisissez un fichier."),
            "empty": _("Ce fichier est vide."),
            "too_heavy": _("Ce fichier dépasse 12\u00a0Mo\u00a0: coupez-le en plusieurs."),
        },
    )
    source = forms.CharField(
        label=_("D’où viennent ces accords"),
        max_length=120,
        help_text=_("Par exemple\u00a0: formulaire de l’ancien site, salon de mars 2026."),
    )
    collected_on = forms.DateField(label=_("Date des accords"), widget=DateInput())
    text = forms.CharField(
        label=_("Texte exact que les personnes ont accepté"),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    confirmed = forms.BooleanField(
        label=_("Chaque adresse a été confirmée par sa boîte, et j’en garde la preuve."),
        required=False,
        help_text=_(
            "Sans cette case, chacun reçoit une demande de confirmation et rien d’autre tant "
            "qu’il n’a pas répondu."
        ),
    )
    attested = forms.BooleanField(
        label=_("J’atteste que ces personnes ont accepté ce texte à cette date."),
        error_messages={
            "required": _(
                "Sans preuve, une adresse ne peut pas être importée\u00a0: origine, date et texte "
                "accepté."
            )
        },
    )
    field_order = ("file", "topics", "source", "collected_on", "text", "confirmed", "attested")

    @property
    def proof(self) -> Proof:
        said = self.cleaned_data
        return Proof(
            source=said["source"],
            collected_on=said["collected_on"],
            text=said["text"],
            confirmed=said["confirmed"],
            attested=said["attested"],
        )
