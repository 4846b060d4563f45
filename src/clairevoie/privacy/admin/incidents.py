"""The register of breaches and suspicions: what staff see of it, and the buttons that fill it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import SimpleListFilter
from django.core.exceptions import PermissionDenied
from django.db.models import Field, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from clairevoie import policy
from clairevoie.lib import calendar
from clairevoie.lib.speech import sentence
from clairevoie.privacy import incidents
from clairevoie.privacy.admin.incident_forms import (
    AuthorityForm,
    ClosingForm,
    ConfirmForm,
    ExemptionForm,
    FindingsForm,
    FollowUpForm,
    OpeningForm,
    PersonsForm,
    deadline_said,
    findings_so_far,
)
from clairevoie.privacy.backoffice import (
    Deed,
    ReadOnlyAdmin,
    Section,
    author,
    clock_of,
    day,
    shown,
)
from clairevoie.privacy.models import Incident

_HANDLE = "privacy.handle_incident"
_RISK = ("risk", "risk_reasoning", "measures")
_AUTHORITY = ("cnil_notified_at", "cnil_number", "cnil_late_because", "cnil_follow_ups")
_PERSONS = ("persons_informed_at", "persons_means", "persons_text", "persons_exemption")


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


def _confirm(request: HttpRequest, incident: Incident, answers: dict[str, Any]) -> str:
    at = calendar.now()
    found = incidents.confirm_compromise(incident, author=author(request), at=at, **answers)
    return _("Compromission confirmée. La CNIL doit être prévenue avant le %(due)s.") % {
        "due": deadline_said(found)
    }


def _record(request: HttpRequest, incident: Incident, answers: dict[str, Any]) -> str:
    incidents.record_findings(
        incident,
        findings=incidents.Findings(**answers),
        author=author(request),
        at=calendar.now(),
    )
    return _("Le registre est à jour.")


def _tell_authority(request: HttpRequest, incident: Incident, answers: dict[str, Any]) -> str:
    incidents.note_authority_told(incident, author=author(request), at=calendar.now(), **answers)
    return _("La notification à la CNIL est inscrite au registre.")


def _complete(request: HttpRequest, incident: Incident, answers: dict[str, Any]) -> str:
    incidents.complete_notification(incident, author=author(request), at=calendar.now(), **answers)
    return _("Le complément est inscrit au registre.")


def _tell_persons(request: HttpRequest, incident: Incident, answers: dict[str, Any]) -> str:
    incidents.note_persons_told(incident, author=author(request), at=calendar.now(), **answers)
    return _("L’information des personnes est inscrite au registre.")


def _exempt(request: HttpRequest, incident: Incident, answers: dict[str, Any]) -> str:
    incidents.note_exemption(incident, author=author(request), at=calendar.now(), **answers)
    return _("La dispense est inscrite au registre, avec ses raisons.")


def _close(request: HttpRequest, incident: Incident, answers: dict[str, Any]) -> str:
    on = calendar.today()
    incidents.close_incident(incident, author=author(request), on=on, **answers)
    return _("L’incident est clos ; il reste cinq ans au registre.")


def _still_open(incident: Incident) -> bool:
    return incident.closed_on is None


def _confirmed(incident: Incident) -> bool:
    return _still_open(incident) and incident.aware_at is not None


_deed = partial(
    Deed, permission=_HANDLE, refusals=(incidents.IncidentClosed, incidents.RegisterRefused)
)
OPENING = _deed(
    slug="nouveau",
    label=gettext_lazy("Ouvrir un incident"),
    explains=gettext_lazy(
        "Pour ce que personne n’a signalé : une alerte, un journal, un sous-traitant qui "
        "prévient. Les 72 heures ne courent qu’à partir de la confirmation."
    ),
    perform=lambda *_: "",
)
ON_AN_INCIDENT = (
    _deed(
        slug="confirmer",
        label=gettext_lazy("Confirmer la compromission"),
        explains=gettext_lazy(
            "À partir de maintenant, l’organisme a connaissance de la violation : la CNIL "
            "doit être prévenue dans les 72 heures réelles, week-ends et jours fériés compris "
            "(article 33 du RGPD)."
        ),
        form=ConfirmForm,
        perform=_confirm,
        possible=lambda incident: _still_open(incident) and incident.aware_at is None,
    ),
    _deed(
        slug="registre",
        label=gettext_lazy("Compléter le registre"),
        explains=gettext_lazy(
            "Ce que l’on sait à cette heure, même approximatif : chaque enregistrement "
            "remplace le précédent (article 33, 5 du RGPD). Ne recopiez aucune donnée de personne."
        ),
        form=FindingsForm,
        initial=findings_so_far,
        perform=_record,
        possible=_still_open,
    ),
    _deed(
        slug="cnil",
        label=gettext_lazy("Inscrire la notification à la CNIL"),
        explains=gettext_lazy(
            "À inscrire une fois la notification faite sur le téléservice de la CNIL."
        ),
        form=AuthorityForm,
        perform=_tell_authority,
        possible=lambda incident: _confirmed(incident) and not incident.cnil_notified_at,
    ),
    _deed(
        slug="complement",
        label=gettext_lazy("Inscrire un complément à la CNIL"),
        explains=gettext_lazy(
            "La première notification peut être complétée sans attendre d’avoir tout compris "
            "(article 33, 4 du RGPD)."
        ),
        form=FollowUpForm,
        perform=_complete,
        possible=lambda incident: _confirmed(incident) and bool(incident.cnil_notified_at),
    ),
    _deed(
        slug="personnes",
        label=gettext_lazy("Inscrire l’information des personnes"),
        explains=gettext_lazy(
            "À inscrire une fois les personnes concernées prévenues (article 34 du RGPD)."
        ),
        form=PersonsForm,
        perform=_tell_persons,
        possible=lambda incident: _confirmed(incident) and not incident.persons_informed_at,
    ),
    _deed(
        slug="dispense",
        label=gettext_lazy("Inscrire une dispense d’information"),
        explains=gettext_lazy(
            "Un risque élevé oblige à prévenir les personnes, sauf dans trois cas (article 34, 3 "
            "du RGPD)."
        ),
        form=ExemptionForm,
        perform=_exempt,
        possible=lambda incident: (
            _confirmed(incident)
            and not incident.persons_informed_at
            and not incident.persons_exemption
        ),
    ),
    _deed(
        slug="clore",
        label=gettext_lazy("Clore l’incident"),
        explains=gettext_lazy(
            "Il n’y a plus rien à faire. L’incident reste cinq ans au registre, puis il est "
            "effacé."
        ),
        form=ClosingForm,
        initial=lambda incident: {"risk": incident.risk, "measures": incident.measures},
        perform=_close,
        possible=_still_open,
    ),
)


@admin.register(Incident)
class IncidentRoom(ReadOnlyAdmin):
    """The register of breaches and suspicions, notified or not (GDPR art. 33(5), F.4)."""

    room = "incidents"
    title = gettext_lazy("Incidents")
    key = "uuid"
    page_template = "gestion/incident.html"
    list_before_template = "gestion/incidents_before.html"
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

    # --- Opening one from here ------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        opening = path("nouveau/", self._guarded(self.open_view), name=self._url_name("nouveau"))
        return [opening, *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        may_open = request.user.has_perm(_HANDLE)
        link = reverse(f"admin:{self._url_name('nouveau')}") if may_open else ""
        return super().changelist_view(request, {"opening": link, **(extra_context or {})})

    def open_view(self, request: HttpRequest) -> HttpResponse:
        """Ask on GET, open on POST; a refusal is said on the same page."""
        if not request.user.has_perm(_HANDLE):
            raise PermissionDenied
        form = OpeningForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            at = calendar.now()
            try:
                incident = incidents.record_incident(
                    description=form.cleaned_data["description"],
                    detected_at=form.cleaned_data["detected_at"] or at,
                    author=author(request),
                    at=at,
                )
            except (incidents.ReportRefused, incidents.StillToCome) as refusal:
                form.add_error(refusal.field, sentence(refusal))
            else:
                messages.success(request, _("L’incident est ouvert."))
                return HttpResponseRedirect(self.page_url(incident))
        return self._ask_opening(request, form)

    def _ask_opening(self, request: HttpRequest, form: forms.Form) -> HttpResponse:
        listing = reverse(f"admin:{self._url_name('changelist')}")
        context = {
            **self.admin_site.each_context(request),
            "title": OPENING.label,
            "crumbs": [(self.heading, listing)],
            "room": self,
            "deed": OPENING,
            "form": form,
            "back": listing,
        }
        status = 422 if form.is_bound else 200
        return TemplateResponse(request, "gestion/confirm.html", context, status=status)

    # --- The list and the page ------------------------------------------------------------------

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
        said_by = record.reporter_contact or _("personne connue ou anonyme")
        yield self._section(
            _("Signalement"),
            record,
            ("detected_at", "occurred_on", "description", "uuid"),
            {_("Signalé par"): said_by},
        )
        yield self._section(
            _("Qualification"), record, ("aware_at", "nature", "cause"), _deadline(record)
        )
        yield self._section(
            _("Étendue et conséquences"),
            record,
            ("persons_count", "records_count", "data_categories", "consequences"),
        )
        yield self._section(_("Risque et mesures"), record, _RISK, _processor(record))
        yield self._section(_("Notification à la CNIL"), record, _AUTHORITY)
        yield self._section(_("Information des personnes"), record, _PERSONS)
        yield self._section(_("Suites"), record, ("lessons", "closed_on"))

    def _section(
        self,
        title: str,
        record: Incident,
        columns: Sequence[str],
        more: Mapping[str, Any] | None = None,
    ) -> Section:
        """Columns under their own names, in the order of the register."""
        named = [
            (field.verbose_name, shown(record, field))
            for field in map(Incident._meta.get_field, columns)
            if isinstance(field, Field)
        ]
        return Section(title=title, pairs=[*named, *(more or {}).items()])


def _deadline(incident: Incident) -> dict[str, Any]:
    return {_("À notifier avant le"): incidents.notification_due(incident)}


def _processor(incident: Incident) -> dict[str, Any]:
    """By name: a recipient since removed from the policy keeps its code."""
    known = policy.current().recipients.get(incident.processor)
    return {
        _("Sous-traitant en cause"): known.name if known else incident.processor,
        _("Averti par le sous-traitant le"): incident.processor_told_at,
    }
