"""Beginning a parcours, asking for it, and leaving it."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from clairevoie.learning.actions import deciding, enrolling
from clairevoie.learning.actions.publishing import NotOnline
from clairevoie.learning.forms import CandidacyForm
from clairevoie.learning.models import Candidacy, Enrolment, Parcours, Way
from clairevoie.learning.models import catalogue as published
from clairevoie.learning.views.doors import for_the_learner, member_of, own_page
from clairevoie.lib import calendar
from clairevoie.lib.speech import sentence

_REFUSALS = (
    NotOnline,
    enrolling.NotFreelyOpen,
    enrolling.TrainingRefused,
    deciding.NothingToAsk,
    deciding.AlreadyFollowed,
    deciding.AlreadyDecided,
)


@require_http_methods(["GET", "HEAD", "POST"])
@own_page
def follow(request: HttpRequest, slug: str) -> HttpResponse:
    """One button; a visitor comes back here after signing in, and finds the button again."""
    parcours = _published(slug)
    if request.method != "POST":
        return redirect(parcours)
    try:
        enrolling.enrol(
            subject=member_of(request).subject, parcours=parcours, way=Way.OPEN, at=calendar.now()
        )
    except _REFUSALS as refused:
        messages.error(request, sentence(refused))
        return redirect(parcours)
    return redirect("learning:learn", slug)


@require_POST
@for_the_learner
def leave(request: HttpRequest, enrolment: Enrolment) -> HttpResponse:
    """Stop; what was done is kept."""
    enrolling.leave(enrolment=enrolment, at=calendar.now())
    messages.success(
        request, _("Vous avez quitté ce parcours. Votre progression vous attend si vous revenez.")
    )
    return redirect("learning:parcours", enrolment.parcours_id)


@require_http_methods(["GET", "HEAD", "POST"])
@own_page
def ask(request: HttpRequest, slug: str) -> HttpResponse:
    """Tell why, and find it again until somebody has answered."""
    parcours = _published(slug)
    if parcours.way not in deciding.ASKED:
        return redirect(parcours)
    asked = _asked(request, parcours)
    typed = request.POST if request.method == "POST" else None
    form = CandidacyForm(typed, initial={"words": asked.words if asked else ""})
    if form.is_valid():
        try:
            deciding.ask(
                subject=member_of(request).subject,
                parcours=parcours,
                at=calendar.now(),
                **form.cleaned_data,
            )
        except _REFUSALS as refused:
            form.add_error(None, sentence(refused))
        else:
            messages.success(
                request, _("Votre demande est enregistrée. Une personne vous répondra.")
            )
            return redirect(parcours)
    context = {"parcours": parcours, "edition": parcours.current, "form": form, "asked": asked}
    status = 422 if form.errors else 200
    return render(request, "learning/ask.html", context, status=status)


@require_POST
@own_page
def take_back(request: HttpRequest, slug: str) -> HttpResponse:
    """Give up asking."""
    parcours = _published(slug)
    theirs = Candidacy.including_restricted.filter(
        subject=member_of(request).pk, parcours=parcours
    )
    asked = theirs.order_by("-id").first()
    if asked is None:
        raise Http404
    try:
        deciding.take_back(candidacy=asked, at=calendar.now())
    except deciding.AlreadyDecided as decided:  # while the page stood open
        messages.error(request, sentence(decided))
    else:
        messages.success(request, _("Votre demande est retirée : il n’en reste rien."))
    return redirect(parcours)


def _published(slug: str) -> Parcours:
    return get_object_or_404(published(), slug=slug)


def _asked(request: HttpRequest, parcours: Parcours) -> Candidacy | None:
    """The candidacy of this person that nobody has answered yet."""
    waiting: Candidacy | None = Candidacy.including_restricted.filter(
        subject=member_of(request).pk, parcours=parcours, decision=""
    ).first()
    return waiting
