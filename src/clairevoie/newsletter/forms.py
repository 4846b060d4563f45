"""What the pages of the letter ask."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from clairevoie.lib.contact import EMAIL, NotAContact, normalise
from clairevoie.newsletter.actions.subscribing import words
from clairevoie.newsletter.models import Topic, open_topics

LONGEST_ADDRESS = 254  # RFC 5321


class TopicsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Boxes, none ticked beforehand."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            queryset=Topic.objects.none(),
            to_field_name="slug",
            widget=forms.CheckboxSelectMultiple,
            error_messages={"required": _("Choisissez au moins un thème.")},
            **kwargs,
        )

    def label_from_instance(self, obj: Any) -> str:
        if not obj.description:
            return str(obj.name)
        return format_html(
            '<span class="topic"><strong>{}</strong> <span>{}</span></span>',
            obj.name,
            obj.description,
        )


class SubscribeForm(forms.Form):
    """An address, topics, and the consent: of its own, never ticked beforehand."""

    email = forms.CharField(
        label=_("Adresse e-mail"),
        max_length=LONGEST_ADDRESS,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"required": _("Donnez l’adresse où recevoir la lettre.")},
    )
    topics = TopicsField(label=_("Ce que vous voulez recevoir"))
    agreed = forms.BooleanField(
        error_messages={"required": _("Cochez cette case pour recevoir la lettre.")}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choices(self.fields["topics"]).queryset = open_topics()
        self.fields["agreed"].label = words(get_language() or "fr")

    def clean_email(self) -> str:
        return _whole(self.cleaned_data["email"])


class ParentForm(forms.Form):
    """Where to ask a parent of whoever is under fifteen; no birth date, no name."""

    parent_email = forms.CharField(
        label=_("Adresse e-mail d’un de vos parents"),
        help_text=_(
            "Ou de la personne qui a l’autorité parentale. Nous l’effaçons dès sa réponse, et au "
            "plus tard dans 30 jours."
        ),
        max_length=LONGEST_ADDRESS,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Donnez l’adresse de l’un de vos parents.")},
    )

    def clean_parent_email(self) -> str:
        return _whole(self.cleaned_data["parent_email"])


def _whole(typed: str) -> str:
    try:
        normalise(EMAIL, typed)
    except NotAContact as refusal:
        wrong = _("Cette adresse n’est pas complète. Elle ressemble à nom@exemple.fr.")
        raise ValidationError(wrong) from refusal
    return typed


class KeptTopics(TopicsField):
    """None is an answer."""

    def clean(self, value: Any) -> Any:
        return super().clean(value) if value else Topic.objects.none()


class PreferencesForm(forms.Form):
    """The topics one keeps; none at all stops the letter."""

    topics = KeptTopics(label=_("Vos thèmes"))

    def __init__(self, *args: Any, followed: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {"topics": followed}
        offered = Topic.objects.filter(closed=False) | Topic.objects.filter(slug__in=followed)
        _choices(self.fields["topics"]).queryset = offered


class MemberForm(SubscribeForm):
    """The same for a member, whose address is known and proved."""

    email = None  # type: ignore[assignment]  # Django's way to take a field away


def _choices(field: forms.Field) -> TopicsField:
    assert isinstance(field, TopicsField)
    return field
