"""How a consent reads: its state, where it was given, the facts it came with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from django import template
from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clairevoie import consent, privacy
from clairevoie.lib.calendar import paris_date
from clairevoie.lib.speech import day_in_full

register = template.Library()

_STATES: Mapping[str, Lazy] = {
    "again": _("à redonner"),
    "live": _("en vigueur"),
    "waiting": _("attend un parent"),
    "withdrawn": _("retiré"),
    "never": _("jamais donné"),
}
_TONES = {"again": "warning", "live": "done", "waiting": "warning"}
_FACTS: Mapping[str, Lazy] = {
    "controller": _("Responsable"),
    "basis": _("Base légale"),
    "purposes": _("Pour quoi faire"),
    "data": _("Quelles données"),
    "joint_controllers": _("Responsables conjoints"),
    "countries": _("Pays"),
    "recipients": _("Qui les reçoit"),
    "retention": _("Combien de temps"),
    "sensitive": _("Données sensibles"),
}
_PLACES: Mapping[str, Lazy] = {
    "mon-compte": _("dans « Mon compte »"),
    "mon-compte+parent": _("dans « Mon compte », confirmé par un parent"),
    "lien": _("par un lien"),
    "lien+parent": _("par le lien d’un parent"),
    "surveys.publish": _("sur la page de votre avis"),
    "surveys.link": _("par le lien de votre avis"),
    "learning.ratings": _("sur la page d’un parcours"),
    "demonstration": _("dans la démonstration"),
    "telephone": _("par téléphone"),
    "close-account": _("en fermant votre compte"),
    "remove-email": _("en retirant votre adresse"),
    "newsletter": _("sur la page de la lettre"),
    "newsletter+parent": _("sur la page de la lettre, confirmé par un parent"),
    "inscription": _("en ouvrant votre compte"),
    "inscription+parent": _("en ouvrant votre compte, confirmé par un parent"),
    "lettre": _("par le lien d’une lettre"),
    "terme": _("après trois ans sans geste de votre part"),
    "double-opt-in": _("par le lien de confirmation"),
}


@register.filter
def state(value: str) -> Lazy | str:
    """« en vigueur »."""
    return _STATES.get(value, value)


@register.filter
def tone(value: str) -> str:
    """The colour of the tag beside it."""
    return _TONES.get(value, "")


@register.filter
def fact(value: str) -> Lazy | str:
    """What a fact is called."""
    return _FACTS.get(value, value)


@register.filter
def day(instant: datetime) -> str:
    """« 1er mars 2027 », of an instant in Paris."""
    return day_in_full(paris_date(instant))


@register.filter
def where(source: str) -> Lazy | str:
    """Where an act was made; a page we have no words for is named by its code."""
    if source.startswith("import: "):
        return _("reprise de\u00a0: %(origin)s") % {"origin": source.removeprefix("import: ")}
    return _PLACES.get(source, source)


@register.filter
def facts(choice: consent.Choice) -> list[tuple[str, list[str]]]:
    """What was said with the words: then if they are in force, now otherwise."""
    text = choice.last.wording if choice.state == "live" and choice.last else None
    return list(_lines(text.facts if text else privacy.scope.facts_of(choice.activity)))


def _lines(said: privacy.scope.Facts) -> Iterator[tuple[str, list[str]]]:
    yield "controller", [said["controller"]]
    yield "purposes", said["purposes"]
    yield "data", said["data"]
    yield (
        "recipients",
        [f"{gettext(r['name'])} ({', '.join(r['countries'])})" for r in said["recipients"]],
    )
    yield "retention", [rule["words"] for rule in said["retention"]]
