"""The ledger, as people read it: what the engine did, in order."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from clairevoie.lib import calendar
from clairevoie.privacy.backoffice import GaplessPaginator, ReadOnlyAdmin, Section
from clairevoie.privacy.models import Execution, LedgerEntry


class ExecutorFilter(SimpleListFilter):
    """Lines by executor."""

    title = gettext_lazy("exécutant")
    parameter_name = "executant"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        names = Execution.objects.order_by("pk").values_list("pk", flat=True)
        return [(name, name) for name in names]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(executor=self.value()) if self.value() else queryset


@admin.register(LedgerEntry)
class LedgerRoom(ReadOnlyAdmin):
    """The append-only journal; nothing here names anybody."""

    room = "journal"
    title = gettext_lazy("Journal")
    introduction = gettext_lazy(
        "Tout ce que le moteur a fait, en ajout seul\u00a0: chaque ligne scelle la précédente. "
        "Ni nom, ni adresse\u00a0: des codes, des nombres, des dates."
    )
    empty = gettext_lazy("Le journal est vide\u00a0: le moteur n’a encore rien fait.")
    list_display = ("number", "instant", "code", "short_subject", "summary")
    list_filter = (ExecutorFilter,)
    search_fields = ("subject",)
    search_help_text = gettext_lazy("Numéro (UUID) d’une personne")
    ordering = ("-id",)
    paginator = GaplessPaginator
    list_before_template = "gestion/ledger_check.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return LedgerEntry.objects.all()

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        if not search_term.strip():
            return queryset, False
        try:
            return queryset.filter(subject=UUID(search_term.strip())), False
        except ValueError:
            return queryset.none(), False

    @display(description=gettext_lazy("n°"), ordering="id")
    def number(self, record: LedgerEntry) -> int:
        return record.pk

    @display(description=gettext_lazy("instant"))
    def instant(self, record: LedgerEntry) -> str:
        return record.at.astimezone(calendar.PARIS).strftime("%d/%m/%Y %H:%M:%S")

    @display(description=gettext_lazy("exécutant"))
    def code(self, record: LedgerEntry) -> SafeString:
        return format_html("<code>{}</code>", record.executor)

    @display(description=gettext_lazy("personne"))
    def short_subject(self, record: LedgerEntry) -> SafeString | str:
        return format_html("<code>{}</code>", str(record.subject)[:8]) if record.subject else "–"

    @display(description=gettext_lazy("faits"))
    def summary(self, record: LedgerEntry) -> SafeString:
        words = ", ".join(f"{key} {value}" for key, value in record.facts.items())
        return format_html('<span class="g-facts">{}</span>', words[:90])

    def name_of(self, record: LedgerEntry) -> str:
        return _("Ligne %(number)d") % {"number": record.pk}

    def sections(self, request: HttpRequest, record: LedgerEntry) -> Iterable[Section]:
        yield Section(
            title=_("Ligne"),
            pairs=[
                (_("Numéro"), record.pk),
                (_("Instant"), record.at),
                (_("Exécutant"), record.executor),
                (_("Personne"), record.subject),
                (_("Faits"), json.dumps(record.facts, ensure_ascii=False, sort_keys=True)),
                (_("Empreinte de la politique"), record.policy_hash),
                (_("Empreinte précédente"), record.previous),
                (_("Empreinte"), record.hash),
            ],
        )
