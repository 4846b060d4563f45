"""The rooms of enrolments and of those who ask for one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar
from uuid import UUID

from django.contrib import admin
from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from clairevoie.accounts.models import Member
from clairevoie.learning.actions import deciding, enrolling
from clairevoie.learning.actions.publishing import NotOnline
from clairevoie.learning.admin.cohort_forms import AcceptForm, RefuseForm
from clairevoie.learning.admin.people import named
from clairevoie.learning.models import Candidacy, Enrolment, Parcours
from clairevoie.lib import calendar
from clairevoie.privacy.backoffice import Deed, ReadOnlyAdmin, Section, author, day


def _title(parcours: Parcours) -> str:
    return parcours.current.title if parcours.current else parcours.slug


class PeopleRoom(ReadOnlyAdmin):
    """About one person and one parcours."""

    key = "uuid"
    ordering: ClassVar[Sequence[str]] = ("-id",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = self.model._default_manager.select_related(
            "subject__member", "parcours__current"
        )
        return rows

    def name_of(self, record: Any) -> str:
        return f"{named(record.subject)} – {_title(record.parcours)}"

    @display(description=gettext_lazy("personne"))
    def person(self, record: Any) -> str:
        return named(record.subject)

    @display(description=gettext_lazy("parcours"))
    def of_parcours(self, record: Any) -> str:
        return _title(record.parcours)


@admin.register(Enrolment)
class EnrolmentRoom(PeopleRoom):
    """Who follows what, how, since when. How far is for them and their trainers (P-024)."""

    room = "inscriptions"
    title = gettext_lazy("Inscriptions")
    introduction = gettext_lazy(
        "Qui suit quel parcours, et à quel titre. Ni progression ni réponses ici : elles ne sont "
        "lues que par la personne et par les formateurs de sa session."
    )
    empty = gettext_lazy("Personne ne suit encore de parcours.")
    list_display = ("person", "of_parcours", "by_way", "cohort", "began", "gone")
    list_display_links = ("person",)
    list_filter = ("way",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("cohort")

    @display(description=gettext_lazy("par"))
    def by_way(self, record: Enrolment) -> str:
        return record.get_way_display()

    @display(description=gettext_lazy("inscrit le"))
    def began(self, record: Enrolment) -> Any:
        return day(calendar.paris_date(record.enrolled_at))

    @display(description=gettext_lazy("quitté le"))
    def gone(self, record: Enrolment) -> Any:
        return day(record.left_at and calendar.paris_date(record.left_at))

    def sections(self, request: HttpRequest, record: Enrolment) -> Iterable[Section]:
        yield Section(
            title=_("Inscription"),
            pairs=[
                (_("Personne"), self.person(record)),
                (_("Parcours"), self.of_parcours(record)),
                (_("Session"), record.cohort or "–"),
                (_("Par"), record.get_way_display()),
                (_("Référence du contrat"), record.contract or "–"),
                (_("Inscrit le"), calendar.paris_date(record.enrolled_at)),
                (_("Quitté le"), self.gone(record) or "–"),
            ],
        )


class DecisionFilter(SimpleListFilter):
    """Waiting first: it is what one comes here for."""

    title = gettext_lazy("réponse")
    parameter_name = "reponse"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("attendue", _("attendue")), ("donnee", _("donnée"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "attendue":
            return queryset.filter(decision="")
        return queryset.exclude(decision="") if self.value() == "donnee" else queryset


def _accept(request: HttpRequest, candidacy: Candidacy, answers: dict[str, Any]) -> str:
    deciding.accept(candidacy=candidacy, author=author(request), at=calendar.now(), **answers)
    return _("La personne est inscrite, et va recevoir un message.")


def _refuse(request: HttpRequest, candidacy: Candidacy, answers: dict[str, Any]) -> str:
    deciding.refuse(candidacy=candidacy, author=author(request), at=calendar.now(), **answers)
    return _("La personne va recevoir votre réponse et son motif.")


def _waits(candidacy: Candidacy) -> bool:
    return not candidacy.decision


@admin.register(Candidacy)
class CandidacyRoom(PeopleRoom):
    """People who ask; a human answers (GDPR art. 22)."""

    room = "demandes-d-inscription"
    title = gettext_lazy("Demandes d’inscription")
    introduction = gettext_lazy(
        "Chaque demande est lue et décidée par une personne, qui dit pourquoi. La plus ancienne "
        "attend depuis le plus longtemps."
    )
    empty = gettext_lazy("Aucune demande. Elles viennent des parcours sur candidature.")
    list_display = ("person", "of_parcours", "asked", "answer")
    list_display_links = ("person",)
    list_filter = (DecisionFilter,)
    ordering = ("decision", "asked_on", "id")
    deeds: ClassVar[Sequence[Deed]] = (
        Deed(
            slug="accepter",
            label=gettext_lazy("Accepter la demande"),
            permission="learning.enrol",
            explains=gettext_lazy("La personne est inscrite aussitôt, et un message le lui dit."),
            form=AcceptForm,
            perform=_accept,
            possible=_waits,
            refusals=(
                NotOnline,
                deciding.AlreadyDecided,
                enrolling.ContractMissing,
                enrolling.OtherParcours,
                enrolling.WithAnotherCohort,
                enrolling.TrainingRefused,
            ),
        ),
        Deed(
            slug="refuser",
            label=gettext_lazy("Refuser la demande"),
            permission="learning.enrol",
            explains=gettext_lazy(
                "La personne reçoit votre motif, et peut demander à nouveau plus tard."
            ),
            form=RefuseForm,
            perform=_refuse,
            possible=_waits,
            refusals=(deciding.AlreadyDecided, deciding.ReasonMissing),
        ),
    )

    @display(description=gettext_lazy("demandé le"))
    def asked(self, record: Candidacy) -> Any:
        return day(record.asked_on)

    @display(
        description=gettext_lazy("réponse"),
        label={"waiting": "warning", "accepted": "success", "refused": "info"},
    )
    def answer(self, record: Candidacy) -> tuple[str, str]:
        if not record.decision:
            return "waiting", _("attendue")
        return record.decision, str(record.get_decision_display())

    def sections(self, request: HttpRequest, record: Candidacy) -> Iterable[Section]:
        yield Section(
            title=_("Demande"),
            pairs=[
                (_("Personne"), self.person(record)),
                (_("Parcours"), self.of_parcours(record)),
                (_("Par"), record.get_way_display()),
                (_("Demandé le"), record.asked_on),
                (_("Son projet"), record.words),
            ],
        )
        if record.decision:
            yield Section(
                title=_("Réponse"),
                pairs=[
                    (_("Décision"), record.get_decision_display()),
                    (_("Motif"), record.reason or "–"),
                    (_("Décidé le"), record.decided_on),
                    (_("Par"), _author_name(record.decided_by)),
                ],
            )


def _author_name(uuid: UUID | None) -> str:
    """Whoever decided, by name while the account exists."""
    found = Member.objects.filter(subject__uuid=uuid).first() if uuid else None
    return found.full_name if found else str(uuid or "–")
