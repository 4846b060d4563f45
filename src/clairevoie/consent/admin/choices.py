"""Proofs of choices of cookies: of devices, and of nobody."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from clairevoie.consent.models import ShownText, TrackerChoice
from clairevoie.lib import calendar
from clairevoie.privacy.backoffice import ReadOnlyAdmin, Section


@admin.register(TrackerChoice)
class ChoiceRoom(ReadOnlyAdmin):
    """Each choice, with the words it was made upon."""

    room = "choix-de-cookies"
    title = gettext_lazy("Choix de cookies")
    introduction = gettext_lazy(
        "La preuve de chaque choix fait dans le bandeau ou sur la page des cookies\u00a0: un "
        "numéro au hasard, ni adresse, ni compte. Elle part au bout de vingt-cinq mois."
    )
    empty = gettext_lazy("Personne n’a encore choisi.")
    list_display = ("instant", "surface", "accepted", "refused", "withdrawn", "signal")
    list_filter = ("surface", "gpc")
    date_hierarchy = "chosen_on"
    ordering = ("-chosen_on", "-chosen_at")  # by the day, which is indexed

    @display(description=gettext_lazy("instant"))
    def instant(self, record: TrackerChoice) -> str:
        return record.chosen_at.astimezone(calendar.PARIS).strftime("%d/%m/%Y %H:%M")

    @display(description=gettext_lazy("signal GPC"))
    def signal(self, record: TrackerChoice) -> str:
        return _("oui") if record.gpc else "–"

    def name_of(self, record: TrackerChoice) -> str:
        return _("Choix %(number)s") % {"number": str(record.number)[:8]}

    def sections(self, request: HttpRequest, record: TrackerChoice) -> Iterable[Section]:
        yield from super().sections(request, record)
        shown = ShownText.objects.filter(pk=record.text_hash).first()
        yield Section(
            title=_("Ce qui était montré"),
            pairs=[(_("Texte"), shown.text)] if shown else (),
            empty=_("Ce texte n’est plus là."),
        )
