"""The room of sessions: opening one, saying who teaches it, inviting people to it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.decorators import display

from clairevoie.learning.actions import enrolling, gathering, inviting, inviting_addresses
from clairevoie.learning.actions.publishing import NotOnline
from clairevoie.learning.admin.cohort_forms import (
    ContractForm,
    InviteForm,
    OpenForm,
    TrainerForm,
)
from clairevoie.learning.admin.people import named
from clairevoie.learning.models import (
    AddressInvitation,
    Cohort,
    CohortInvitation,
    Enrolment,
    Teaching,
    Way,
)
from clairevoie.lib import calendar
from clairevoie.lib.speech import sentence
from clairevoie.privacy.backoffice import Deed, ReadOnlyAdmin, Section, author, day
from clairevoie.privacy.models import ContactPoint

_SHOWN = 200  # names on a page


def _invite(request: HttpRequest, cohort: Cohort, answers: dict[str, Any]) -> str:
    invited, by, now = answers["people"], author(request), calendar.now()
    written = [
        *inviting.invite(cohort=cohort, author=by, at=now, people=invited.members),
        *inviting_addresses.invite_addresses(
            cohort=cohort, author=by, at=now, addresses=invited.addresses
        ),
    ]
    said = ngettext(
        "%(n)d personne va recevoir l’invitation.",
        "%(n)d personnes vont recevoir l’invitation.",
        len(written),
    )
    return said % {"n": len(written)}


def _teach(request: HttpRequest, cohort: Cohort, answers: dict[str, Any]) -> str:
    gathering.say_who_teaches(
        cohort=cohort, author=author(request), at=calendar.now(), trainer=answers["trainer"]
    )
    return _("Cette personne voit désormais les apprenants de la session.")


def _stop_teaching(request: HttpRequest, cohort: Cohort, answers: dict[str, Any]) -> str:
    gathering.stop_teaching(
        cohort=cohort, author=author(request), at=calendar.now(), trainer=answers["trainer"]
    )
    return _("Cette personne ne voit plus rien de la session.")


def _enrol_by_contract(request: HttpRequest, cohort: Cohort, answers: dict[str, Any]) -> str:
    enrolling.enrol(
        subject=answers["person"],
        parcours=cohort.parcours,
        way=Way.CONTRACT,
        cohort=cohort,
        contract=answers["contract"],
        at=calendar.now(),
    )
    return _("La personne est inscrite par contrat.")


OPENING = Deed(
    slug="ouvrir",
    label=gettext_lazy("Ouvrir une session"),
    permission="learning.gather",
    explains=gettext_lazy(
        "Une session réunit des personnes qui suivent un parcours ensemble, et les formateurs "
        "qui les aident."
    ),
    perform=lambda *_: "",
    form=OpenForm,
)


@admin.register(Cohort)
class CohortRoom(ReadOnlyAdmin):
    """People who follow a parcours together; never how far they are (P-024)."""

    room = "sessions"
    title = gettext_lazy("Sessions")
    key = "slug"
    list_before_template = "gestion/cohorts.html"
    introduction = gettext_lazy(
        "Qui suit un parcours ensemble, et avec qui. La progression de chacun n’est lue que par "
        "lui-même et par les formateurs de sa session."
    )
    empty = gettext_lazy("Aucune session. Ouvrez la première.")
    list_display = ("name", "of_parcours", "begins", "ends", "learners")
    ordering = ("-starts_on", "-id")
    deeds: ClassVar[Sequence[Deed]] = (
        Deed(
            slug="inviter",
            label=gettext_lazy("Inviter des personnes"),
            permission="learning.enrol",
            explains=gettext_lazy(
                "Chaque personne reçoit un lien à elle, valable trente jours. Qui suit déjà le "
                "parcours, ou a refusé d’être invité, ne reçoit rien. Une adresse sans compte est "
                "effacée au refus, sinon après trente jours."
            ),
            form=InviteForm,
            perform=_invite,
        ),
        Deed(
            slug="contrat",
            label=gettext_lazy("Inscrire par contrat"),
            permission="learning.enrol",
            explains=gettext_lazy(
                "Le contrat ou la convention est signé : la personne commence aussitôt, avec "
                "cette session."
            ),
            form=ContractForm,
            perform=_enrol_by_contract,
            refusals=(
                NotOnline,
                enrolling.ContractMissing,
                enrolling.OtherParcours,
                enrolling.WithAnotherCohort,
                enrolling.TrainingRefused,
            ),
        ),
        Deed(
            slug="encadrer",
            label=gettext_lazy("Ajouter un formateur"),
            permission="learning.gather",
            explains=gettext_lazy(
                "Cette personne lira la progression et les projets des apprenants de la session."
            ),
            form=TrainerForm,
            perform=_teach,
            refusals=(gathering.NotATrainer,),
        ),
        Deed(
            slug="ne-plus-encadrer",
            label=gettext_lazy("Retirer un formateur"),
            permission="learning.gather",
            explains=gettext_lazy("Cette personne ne verra plus rien des apprenants."),
            form=TrainerForm,
            perform=_stop_teaching,
            refusals=(gathering.DoesNotTeach,),
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Cohort]:
        still = Count("enrolments", filter=Q(enrolments__left_at=None))
        return Cohort.objects.select_related("parcours__current").annotate(total=still)

    @display(description=gettext_lazy("parcours"))
    def of_parcours(self, record: Cohort) -> str:
        edition = record.parcours.current
        return edition.title if edition else record.parcours_id

    @display(description=gettext_lazy("début"))
    def begins(self, record: Cohort) -> Any:
        return day(record.starts_on)

    @display(description=gettext_lazy("fin"))
    def ends(self, record: Cohort) -> Any:
        return day(record.ends_on)

    @display(description=gettext_lazy("apprenants"))
    def learners(self, record: Cohort) -> int:
        return int(record.total)  # type: ignore[attr-defined]

    def sections(self, request: HttpRequest, record: Cohort) -> Iterable[Section]:
        taught = Teaching.objects.filter(cohort=record).select_related("subject__member")
        yield Section(
            title=_("Session"),
            pairs=[
                (_("Parcours"), self.of_parcours(record)),
                (_("Début"), record.starts_on),
                (_("Fin"), record.ends_on or "–"),
                (_("Apprenants"), record.total),  # type: ignore[attr-defined]
            ],
        )
        yield Section(
            title=_("Formateurs"),
            columns=(_("Nom"), _("Depuis le")),
            rows=[(named(each.subject), each.since) for each in taught.order_by("id")],
            empty=_("Personne n’encadre cette session : ajoutez un formateur."),
        )
        yield from _who(record)

    def get_urls(self) -> list[URLPattern]:
        opening = path("ouvrir/", self._guarded(self.open_view), name="learning_cohort_open")
        return [opening, *super().get_urls()]

    def open_view(self, request: HttpRequest) -> HttpResponse:
        """There is no record yet to stand on: the one button of the list."""
        if not request.user.has_perm(OPENING.permission):
            raise PermissionDenied
        form = OpenForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            try:
                cohort = gathering.open_cohort(
                    author=author(request), at=calendar.now(), **form.cleaned_data
                )
            except (gathering.AlreadyOpen, gathering.EndsTooSoon) as refused:
                form.add_error(refused.field, sentence(refused))
            else:
                messages.success(request, _("La session est ouverte. Dites qui l’encadre."))
                return HttpResponseRedirect(self.page_url(cohort))
        listing = reverse("admin:learning_cohort_changelist")
        context = {
            **self.admin_site.each_context(request),
            "title": OPENING.label,
            "crumbs": [(self.heading, listing)],
            "deed": OPENING,
            "form": form,
            "back": listing,
        }
        status = 422 if form.is_bound else 200
        return TemplateResponse(request, "gestion/confirm.html", context, status=status)


def _who(cohort: Cohort) -> Iterable[Section]:
    """Names, how and since when; not how far."""
    enrolled = Enrolment.objects.filter(cohort=cohort, left_at=None).order_by("id")
    yield Section(
        title=_("Apprenants"),
        columns=(_("Nom"), _("Par"), _("Inscrit le")),
        rows=[
            (named(each.subject), each.get_way_display(), calendar.paris_date(each.enrolled_at))
            for each in enrolled.select_related("subject__member")[:_SHOWN]
        ],
        empty=_("Personne encore : invitez."),
    )
    invited = CohortInvitation.objects.filter(cohort=cohort, used_on=None).order_by("id")
    yield Section(
        title=_("Invitations sans réponse"),
        columns=(_("Nom"), _("Invité le"), _("Valable jusqu’au")),
        rows=[
            (named(each.subject), each.invited_on, each.last_day)
            for each in invited.select_related("subject__member")[:_SHOWN]
        ],
        empty=_("Aucune."),
    )
    yield _addresses(cohort)


def _addresses(cohort: Cohort) -> Section:
    """Invited by their address, without an account yet."""
    waiting = AddressInvitation.objects.filter(cohort=cohort).order_by("id")[:_SHOWN]
    points = ContactPoint.objects.filter(subject__in=[each.subject_id for each in waiting])
    written = dict(points.values_list("subject", "raw"))
    return Section(
        title=_("Adresses invitées, sans compte"),
        columns=(_("Adresse e-mail"), _("Invité le"), _("Valable jusqu’au")),
        rows=[
            (written.get(each.subject_id, "–"), each.invited_on, each.last_day) for each in waiting
        ],
        empty=_("Aucune."),
    )
