"""« Commencer ce parcours », and leaving it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from clairevoie.learning.actions import enrolling
from clairevoie.learning.actions.publishing import NotOnline
from clairevoie.learning.models import Enrolment, Parcours, Way
from clairevoie.learning.views.doors import for_the_learner, member_of, own_page
from clairevoie.lib import calendar
from clairevoie.lib.speech import sentence

_REFUSALS = (NotOnline, enrolling.NotFreelyOpen, enrolling.TrainingRefused)


@require_http_methods(["GET", "HEAD", "POST"])
@own_page
def follow(request: HttpRequest, slug: str) -> HttpResponse:
    """One button; a visitor comes back here after signing in, and finds the button again."""
    parcours = get_object_or_404(Parcours.objects.select_related("current"), slug=slug)
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
