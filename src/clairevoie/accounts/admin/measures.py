"""The rooms of measures: suspensions, restrictions and legal holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import UUID

from django.contrib import admin
from django.contrib.admin import SimpleListFilter
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from clairevoie import privacy
from clairevoie.accounts.admin.persons import name_of
from clairevoie.accounts.models import Member
from clairevoie.lib import calendar
from clairevoie.privacy.backoffice import Deed, ReadOnlyAdmin, Section, day
from clairevoie.privacy.models import LegalHold, Restriction, Suspension


class MeasureRoom(ReadOnlyAdmin):
    """A list of measures: about whom, since when, until when."""

    list_select_related = ("subject__member",)
    ordering = ("-id",)
    begun_by: ClassVar[str] = "since"
    ended_by: ClassVar[str] = "lifted_on"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = self.model._default_manager.select_related("subject__member")
        return rows

    def name_of(self, record: Any) -> str:
        return name_of(record.subject)

    @display(description=gettext_lazy("personne"))
    def person(self, record: Any) -> str:
        return name_of(record.subject)

    @display(description=gettext_lazy("en cours"), boolean=True)
    def live(self, record: Any) -> bool:
        return getattr(record, self.ended_by) is None

    @display(description=gettext_lazy("depuis le"))
    def begun(self, record: Any) -> SafeString | None:
        return day(getattr(record, self.begun_by))

    @display(description=gettext_lazy("fin"))
    def ended(self, record: Any) -> SafeString | None:
        return day(getattr(record, self.ended_by))

    def context_of(self, request: HttpRequest, record: Any) -> dict[str, Any]:
        page = reverse("admin:privacy_datasubject_change", args=[record.subject.uuid])
        return {"related": [(_("Voir la fiche de la personne"), page)]}

    def author_name(self, uuid: UUID | None) -> str:
        """Whoever decided, by name while the account exists."""
        found = Member.objects.filter(subject__uuid=uuid).first() if uuid else None
        return found.full_name if found else str(uuid or "–")


class LiveFilter(SimpleListFilter):
    """Measures still running, or ended."""

    title = gettext_lazy("état")
    parameter_name = "etat"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("en-cours", _("en cours")), ("terminee", _("terminée"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        room: dict[type[Model], str] = {
            Suspension: "lifted_on",
            Restriction: "lifted_on",
            LegalHold: "released_on",
        }
        if self.value() not in ("en-cours", "terminee"):
            return queryset
        ended = f"{room[queryset.model]}__isnull"
        return queryset.filter(**{ended: self.value() == "en-cours"})


@admin.register(Suspension)
class SuspensionRoom(MeasureRoom):
    """Accounts suspended by a human decision, with reasons (P-082, P-090)."""

    room = "suspensions"
    title = gettext_lazy("Suspensions")
    key = "decision"
    begun_by = "suspended_on"
    introduction = gettext_lazy(
        "Une suspension est une décision humaine\u00a0: auteur, motif, recours. Deux ans après, "
        "il n’en reste rien."
    )
    empty = gettext_lazy("Aucun compte n’est suspendu. La mesure se prend depuis une fiche.")
    list_display = ("person", "reason_label", "begun", "ended", "live")
    list_filter = (LiveFilter,)

    @display(description=gettext_lazy("motif"))
    def reason_label(self, record: Suspension) -> str:
        return record.reason_code

    def sections(self, request: HttpRequest, record: Suspension) -> Any:
        yield Section(
            title=_("Décision"),
            pairs=[
                (_("Auteur"), self.author_name(record.author)),
                (_("Motif"), record.reason_code),
                (_("Raisons données à la personne"), record.reason),
                (_("Voie de recours indiquée"), record.appeal),
                (_("Effet"), record.suspended_on),
                (_("Levée"), record.lifted_on),
                (_("Numéro"), record.decision),
            ],
        )


@admin.register(Restriction)
class RestrictionRoom(MeasureRoom):
    """Data locked at the person's request (GDPR art. 18)."""

    room = "verrouillages"
    title = gettext_lazy("Verrouillages")
    introduction = gettext_lazy(
        "Article 18 du RGPD\u00a0: les données restent, et ne servent plus à rien d’autre."
    )
    empty = gettext_lazy("Aucune donnée n’est verrouillée.")
    list_display = ("number", "ground_said", "begun", "ended", "live")
    list_filter = (LiveFilter,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = Restriction.including_restricted.select_related("subject__member")
        return rows

    @display(description=gettext_lazy("fondement"))
    def ground_said(self, record: Restriction) -> str:
        return record.get_ground_display()

    @display(description=gettext_lazy("personne"))
    def number(self, record: Restriction) -> SafeString:
        return format_html("<code>{}</code>", str(record.subject.uuid)[:8])

    def sections(self, request: HttpRequest, record: Restriction) -> Any:
        yield Section(
            title=_("Verrouillage"),
            pairs=[
                (_("Fondement"), record.get_ground_display()),
                (_("Depuis le"), record.since),
                (_("Levée annoncée le"), record.lift_announced_on),
                (_("Levé le"), record.lifted_on),
            ],
        )


def _release_hold(_request: HttpRequest, held: LegalHold, _answers: dict[str, Any]) -> str:
    privacy.release_hold(held, on=calendar.today())
    return _("Le gel est levé\u00a0: les copies échues partent la nuit prochaine.")


@admin.register(LegalHold)
class HoldRoom(MeasureRoom):
    """Copies kept past their term for a documented reason (C.4)."""

    room = "gels"
    title = gettext_lazy("Gels pour motif légal")
    ended_by = "released_on"
    introduction = gettext_lazy(
        "Un gel retient des copies au-delà de leur terme. Il est revu sous six mois."
    )
    empty = gettext_lazy("Aucune copie n’est gelée.")
    list_display = ("person", "why", "begun", "review", "ended", "live")
    list_filter = (LiveFilter,)
    deeds: ClassVar[Sequence[Deed]] = (
        Deed(
            slug="lever",
            label=gettext_lazy("Lever le gel"),
            permission="privacy.release_hold",
            explains=gettext_lazy(
                "L’horloge d’origine s’applique de nouveau\u00a0: ce qui est échu part la nuit "
                "suivante, sans nouveau délai."
            ),
            perform=_release_hold,
            possible=lambda held: held.released_on is None,
        ),
    )

    @display(description=gettext_lazy("raison"))
    def why(self, record: LegalHold) -> str:
        return record.reason

    @display(description=gettext_lazy("à revoir le"))
    def review(self, record: LegalHold) -> SafeString | None:
        return day(record.review_on)

    def sections(self, request: HttpRequest, record: LegalHold) -> Any:
        yield Section(
            title=_("Gel"),
            pairs=[
                (_("Raison"), record.reason),
                (_("Décidé par"), self.author_name(record.owner)),
                (_("Copies"), record.rule or _("toutes")),
                (_("Depuis le"), record.since),
                (_("Jusqu’au"), record.until),
                (_("À revoir le"), record.review_on),
                (_("Levé le"), record.released_on),
            ],
        )
