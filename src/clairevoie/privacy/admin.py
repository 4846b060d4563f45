"""The rooms of accountability: incidents and the ledger."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar
from uuid import UUID

from django import forms
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
from clairevoie.privacy import incidents
from clairevoie.privacy.backoffice import (
    Deed,
    GaplessPaginator,
    ReadOnlyAdmin,
    Section,
    author,
    clock_of,
    day,
)
from clairevoie.privacy.models import Execution, Incident, LedgerEntry


class OpenFilter(SimpleListFilter):
    """Incidents still open, or closed."""

    title = gettext_lazy("état")
    parameter_name = "etat"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("ouvert", _("ouvert")), ("clos", _("clos"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in ("ouvert", "clos"):
            return queryset
        return queryset.filter(closed_on__isnull=self.value() == "ouvert")


class ConfirmForm(forms.Form):
    """What the register asks when a compromise is confirmed (F.4)."""

    nature = forms.ChoiceField(label=gettext_lazy("Nature"), choices=Incident.Nature.choices)
    risk = forms.ChoiceField(
        label=gettext_lazy("Risque pour les personnes"), choices=Incident.Risk.choices
    )


class ClosingForm(forms.Form):
    """What was done, and what risk remains."""

    risk = forms.ChoiceField(
        label=gettext_lazy("Risque retenu"), choices=Incident.Risk.choices[1:]
    )
    measures = forms.CharField(
        label=gettext_lazy("Mesures prises"), widget=forms.Textarea, max_length=5000
    )


def _confirm(request: HttpRequest, incident: Incident, answers: dict[str, Any]) -> str:
    at = calendar.now()
    found = incidents.confirm_compromise(incident, author=author(request), at=at, **answers)
    due = incidents.notification_due(found)
    return _("Compromission confirmée. La CNIL doit être prévenue avant le %(due)s.") % {
        "due": due.astimezone(calendar.PARIS).strftime("%d/%m/%Y %H:%M") if due else "–"
    }


def _close(request: HttpRequest, incident: Incident, answers: dict[str, Any]) -> str:
    on = calendar.today()
    incidents.close_incident(incident, author=author(request), on=on, **answers)
    return _("L’incident est clos ; il reste cinq ans au registre.")


def _tell_authority(request: HttpRequest, incident: Incident, _answers: dict[str, Any]) -> str:
    incidents.note_authority_told(incident, author=author(request), at=calendar.now())
    return _("La notification à la CNIL est inscrite au registre.")


def _tell_persons(request: HttpRequest, incident: Incident, _answers: dict[str, Any]) -> str:
    incidents.note_persons_told(incident, author=author(request), at=calendar.now())
    return _("L’information des personnes est inscrite au registre.")


def _still_open(incident: Incident) -> bool:
    return incident.closed_on is None


ON_AN_INCIDENT = (
    Deed(
        slug="confirmer",
        label=gettext_lazy("Confirmer la compromission"),
        permission="privacy.handle_incident",
        explains=gettext_lazy(
            "À partir de maintenant, l’organisme a connaissance de la violation\u00a0: la CNIL "
            "doit être prévenue dans les 72 heures réelles, week-ends et jours fériés compris "
            "(article 33 du RGPD)."
        ),
        form=ConfirmForm,
        perform=_confirm,
        possible=lambda incident: _still_open(incident) and incident.aware_at is None,
        refusals=(incidents.IncidentClosed,),
    ),
    Deed(
        slug="cnil",
        label=gettext_lazy("Inscrire la notification à la CNIL"),
        permission="privacy.handle_incident",
        explains=gettext_lazy(
            "À inscrire une fois la notification faite sur le téléservice de la CNIL."
        ),
        perform=_tell_authority,
        possible=lambda incident: (
            _still_open(incident) and bool(incident.aware_at) and not incident.cnil_notified_at
        ),
        refusals=(incidents.IncidentClosed,),
    ),
    Deed(
        slug="personnes",
        label=gettext_lazy("Inscrire l’information des personnes"),
        permission="privacy.handle_incident",
        explains=gettext_lazy(
            "À inscrire une fois les personnes concernées prévenues (article 34 du RGPD)."
        ),
        perform=_tell_persons,
        possible=lambda incident: (
            _still_open(incident) and bool(incident.aware_at) and not incident.persons_informed_at
        ),
        refusals=(incidents.IncidentClosed,),
    ),
    Deed(
        slug="clore",
        label=gettext_lazy("Clore l’incident"),
        permission="privacy.handle_incident",
        explains=gettext_lazy(
            "Il n’y a plus rien à faire. L’incident reste cinq ans au registre, puis il est "
            "effacé."
        ),
        form=ClosingForm,
        perform=_close,
        possible=_still_open,
        refusals=(incidents.IncidentClosed,),
    ),
)


@admin.register(Incident)
class IncidentRoom(ReadOnlyAdmin):
    """The register of breaches and suspicions, notified or not (GDPR art. 33(5), F.4)."""

    room = "incidents"
    title = gettext_lazy("Incidents")
    key = "uuid"
    page_template = "gestion/incident.html"
    introduction = gettext_lazy(
        "Toute violation, et tout soupçon, notifié ou non. Le délai de 72 heures court à partir "
        "de la confirmation."
    )
    empty = gettext_lazy("Aucun incident. Un signalement s’ouvre ici dès qu’il est reçu.")
    list_display = ("number", "detected", "nature_said", "risk_said", "clock", "closed")
    list_filter = (OpenFilter,)
    list_select_related = ("subject",)
    ordering = ("-id",)
    deeds: ClassVar[Sequence[Deed]] = ON_AN_INCIDENT

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return Incident.objects.select_related("subject")

    @display(description=gettext_lazy("incident"))
    def number(self, record: Incident) -> SafeString:
        return format_html("<code>{}</code>", str(record.uuid)[:8])

    @display(description=gettext_lazy("délai"))
    def clock(self, record: Incident) -> SafeString:
        tone, words = clock_of(record, calendar.now())
        return format_html('<span class="g-tag g-tag--{}">{}</span>', tone, words)

    @display(description=gettext_lazy("détecté le"), ordering="detected_at")
    def detected(self, record: Incident) -> SafeString | None:
        return day(calendar.paris_date(record.detected_at))

    @display(description=gettext_lazy("nature"))
    def nature_said(self, record: Incident) -> str:
        return record.get_nature_display()

    @display(description=gettext_lazy("risque"))
    def risk_said(self, record: Incident) -> str:
        return record.get_risk_display()

    @display(description=gettext_lazy("clos le"), ordering="closed_on")
    def closed(self, record: Incident) -> SafeString | None:
        return day(record.closed_on)

    def name_of(self, record: Incident) -> str:
        return _("Incident du %(day)s") % {
            "day": calendar.paris_date(record.detected_at).strftime("%d/%m/%Y")
        }

    def context_of(self, request: HttpRequest, record: Incident) -> dict[str, Any]:
        tone, words = clock_of(record, calendar.now())
        due = incidents.notification_due(record)
        return {"clock": {"tone": tone, "words": words, "due": due}}

    def sections(self, request: HttpRequest, record: Incident) -> Iterable[Section]:
        yield Section(
            title=_("Signalement"),
            pairs=[
                (_("Détecté le"), record.detected_at),
                (_("Survenu le"), record.occurred_on),
                (_("Signalé par"), record.reporter_contact or _("personne connue ou anonyme")),
                (_("Description"), record.description),
                (_("Numéro"), record.uuid),
            ],
        )
        yield Section(
            title=_("Qualification"),
            pairs=[
                (_("Connaissance le"), record.aware_at),
                (_("Nature"), record.get_nature_display()),
                (_("Risque"), record.get_risk_display()),
                (_("Mesures"), record.measures),
            ],
        )
        yield Section(
            title=_("Notifications"),
            pairs=[
                (_("À la CNIL"), record.cnil_notified_at),
                (_("Aux personnes"), record.persons_informed_at),
                (_("Clos le"), record.closed_on),
            ],
        )


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
