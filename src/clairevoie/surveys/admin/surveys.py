"""The room of surveys: what each one tells, and inviting people to answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from clairevoie.lib import calendar
from clairevoie.lib.speech import sentence
from clairevoie.privacy.backoffice import Deed, ReadOnlyAdmin, Section
from clairevoie.surveys import actions
from clairevoie.surveys.figures import Figures, counted_answers, figures_by
from clairevoie.surveys.forms import InviteForm, OpenForm
from clairevoie.surveys.models import Invitation, Survey


def _invite(request: HttpRequest, survey: Survey, answers: dict[str, Any]) -> str:
    asked = actions.invite(survey=survey, at=calendar.now(), **answers)
    return ngettext(
        "%(n)d personne va recevoir l’invitation.",
        "%(n)d personnes vont recevoir l’invitation.",
        asked,
    ) % {"n": asked}


OPENING = Deed(
    slug="ouvrir",
    label=gettext_lazy("Ouvrir une enquête"),
    permission="surveys.open",
    explains=gettext_lazy(
        "Une enquête par session de formation. Vous inviterez ensuite les personnes."
    ),
    perform=lambda *_: "",
    form=OpenForm,
)


@admin.register(Survey)
class SurveyRoom(ReadOnlyAdmin):
    """Each session's survey: how many answered and, from five answers on, what they said."""

    room = "enquetes"
    title = gettext_lazy("Enquêtes")
    key = "slug"
    page_template = "gestion/survey.html"
    list_before_template = "gestion/surveys.html"
    introduction = gettext_lazy(
        "Une enquête par session de formation : une invitation, un seul rappel. Rien n’est "
        "montré en dessous de cinq réponses."
    )
    empty = gettext_lazy("Aucune enquête. Ouvrez la première à la fin d’une session.")
    list_display = ("training", "ended_on", "opened_on", "closes_on")
    ordering = ("-ended_on", "-id")
    deeds: ClassVar[Sequence[Deed]] = (
        Deed(
            slug="inviter",
            label=gettext_lazy("Inviter des personnes"),
            permission="surveys.invite",
            explains=gettext_lazy(
                "Chaque personne reçoit une invitation, puis un seul rappel après sept jours. "
                "Qui s’est opposé aux enquêtes, ou a déjà été invité, ne reçoit rien."
            ),
            form=InviteForm,
            perform=_invite,
            possible=lambda survey: survey.is_open(on=calendar.today()),
        ),
    )

    def context_of(self, request: HttpRequest, record: Survey) -> dict[str, Any]:
        answers = counted_answers().filter(survey=record)
        figures = figures_by("survey", answers).get(record.slug, Figures())
        invited = Invitation.objects.filter(survey=record).count()
        reviews = answers.exclude(review="").order_by("-answered_on", "-id")
        return {
            "figures": figures,
            "bars": _bars(figures),
            "invited": invited,
            "rate": round(100 * figures.n / invited) if invited else None,
            "reviews": reviews.values_list("review", flat=True)[:50] if figures.shown else (),
        }

    def sections(self, request: HttpRequest, record: Survey) -> Iterable[Section]:
        yield Section(
            title=_("Session"),
            pairs=[
                (_("Formation"), record.training),
                (_("Fin de la formation"), record.ended_on),
                (_("Ouverture"), record.opened_on),
                (_("Dernier jour pour répondre"), record.closes_on),
            ],
        )

    def get_urls(self) -> list[URLPattern]:
        opening = path("ouvrir/", self._guarded(self.open_view), name="surveys_survey_open")
        return [opening, *super().get_urls()]

    def open_view(self, request: HttpRequest) -> HttpResponse:
        """There is no record yet to stand on: the one button of the list."""
        if not request.user.has_perm("surveys.open"):
            raise PermissionDenied
        form = OpenForm(request.POST or None)
        if form.is_valid():
            try:
                survey = actions.open_survey(at=calendar.now(), **form.cleaned_data)
            except actions.AlreadyAsked as asked:
                form.add_error(None, sentence(asked))
            else:
                messages.success(request, _("L’enquête est ouverte. Invitez les personnes."))
                return HttpResponseRedirect(self.page_url(survey))
        listing = reverse("admin:surveys_survey_changelist")
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


def _bars(figures: Figures) -> list[dict[str, Any]]:
    """The distribution, for ``gestion/bars.html``."""
    longest = max(figures.counts) or 1
    tones = ["danger"] * 7 + ["muted"] * 2 + ["success"] * 2
    return [
        {"label": score, "count": n, "width": 100 * n / longest, "tone": tones[score]}
        for score, n in figures.distribution
    ]
