"""What one may look for in the catalogue, and say of what one learned."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from clairevoie.learning.actions.reviewing import PUBLICATION_WORDS
from clairevoie.learning.content.searching import folded
from clairevoie.learning.models import Level, Parcours

_LEVELS = {
    "debutant": Level.BEGINNER,
    "intermediaire": Level.INTERMEDIATE,
    "avance": Level.ADVANCED,
}
_ANY = ("", _("tous"))
_SHORT, _LONG = 120, 600  # minutes
_DURATIONS = {
    "courte": Q(current__minutes__lt=_SHORT),
    "moyenne": Q(current__minutes__gte=_SHORT, current__minutes__lt=_LONG),
    "longue": Q(current__minutes__gte=_LONG),
}
_PRICES = {"gratuit": Q(current__price_cents=0), "payant": Q(current__price_cents__gt=0)}


class CatalogueForm(forms.Form):
    """Every field is optional; together they narrow."""

    use_required_attribute = False

    q = forms.CharField(
        label=_("Chercher"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    sujet = forms.ChoiceField(label=_("Sujet"), required=False)
    niveau = forms.ChoiceField(
        label=_("Niveau"),
        choices=[_ANY, *((code, level.label) for code, level in _LEVELS.items())],
        required=False,
    )
    duree = forms.ChoiceField(
        label=_("Durée"),
        choices=[
            ("", _("toutes")),
            ("courte", _("moins de 2 h")),
            ("moyenne", _("de 2 à 10 h")),
            ("longue", _("10 h et plus")),
        ],
        required=False,
    )
    prix = forms.ChoiceField(
        label=_("Prix"),
        choices=[_ANY, ("gratuit", _("gratuit")), ("payant", _("payant"))],
        required=False,
    )

    def __init__(self, *args: Any, topics: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        topic = self.fields["sujet"]
        assert isinstance(topic, forms.ChoiceField)
        topic.choices = [_ANY, *topics]

    def narrowed(self, parcours: QuerySet[Parcours]) -> QuerySet[Parcours]:
        """Those that answer all that was asked."""
        asked = self.cleaned_data
        for word in folded([asked["q"]]).split():
            parcours = parcours.filter(current__searched__contains=word)
        if asked["sujet"]:
            parcours = parcours.filter(current__topics__slug=asked["sujet"])
        if asked["niveau"]:
            parcours = parcours.filter(current__level=_LEVELS[asked["niveau"]])
        if asked["duree"]:
            parcours = parcours.filter(_DURATIONS[asked["duree"]])
        if asked["prix"]:
            parcours = parcours.filter(_PRICES[asked["prix"]])
        return parcours


SCORES = range(1, 6)


class RatingForm(forms.Form):
    """From 1 to 5 stars, and a word for whoever has something to add."""

    score = forms.TypedChoiceField(
        label=_("Votre note"),
        choices=[(score, str(score)) for score in SCORES],
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choisissez une note, de une à cinq étoiles."),
            "invalid_choice": _("Choisissez une note, de une à cinq étoiles."),
        },
    )
    review = forms.CharField(
        label=_("Votre avis"),
        help_text=_("Il reste privé. Vous déciderez ensuite s’il peut être publié."),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class AgreedRatingForm(RatingForm):
    """The same, where the author agreed to the review being shown."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["review"].help_text = _(
            "Si vous le changez, il est relu avant de reparaître ; vide, il n’est plus publié."
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


class CandidacyForm(forms.Form):
    """Why one wants to follow a parcours that somebody opens."""

    words = forms.CharField(
        label=_("Votre projet"),
        help_text=_(
            "Ce que vous voulez apprendre, pour quoi faire, et ce que vous savez déjà. Rien sur "
            "votre santé ni vos opinions : cela ne nous regarde pas."
        ),
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={"required": _("Dites-nous en quelques phrases ce qui vous amène.")},
    )
