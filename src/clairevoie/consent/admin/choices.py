"""Proofs of choices of cookies: of devices, and of nobody."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from clairevoie.consent.models import ShownText, TrackerChoice
from clairevoie.lib import calendar
from clairevoie.privacy.backoffice import ReadOnlyAdmin, Section


class SinceFilter(SimpleListFilter):
    """The last days: a range of the day's index. By its surface a choice is found in no index."""

    title = gettext_lazy("depuis")
    parameter_name = "depuis"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("1", gettext_lazy("aujourd’hui")),
            ("7", gettext_lazy("sept jours")),
            ("31", gettext_lazy("un mois")),
        ]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[TrackerChoice]
    ) -> QuerySet[TrackerChoice]:
        chosen = self.value()
        if chosen not in ("1", "7", "31"):
            return queryset
        first = calendar.today() - timedelta(days=int(chosen) - 1)
        return queryset.filter(chosen_on__gte=first)


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
    list_filter = (SinceFilter,)
    search_fields = ("number",)
    search_help_text = gettext_lazy("Le numéro du choix, tel qu’il est sur le reçu.")
    ordering = ("-chosen_on", "-chosen_at")  # by the day, which is indexed

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[TrackerChoice], search_term: str
    ) -> tuple[QuerySet[TrackerChoice], bool]:
        """By the whole number, which is the key; anything else is nobody's choice."""
        if not search_term:
            return queryset, False
        try:
            return queryset.filter(pk=UUID(search_term.strip())), False
        except ValueError:
            return queryset.none(), False

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
