"""« Mes formations »: where the learner is, and the uses of it that they may stop."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from clairevoie import messaging
from clairevoie.accounts.actions.preferences import choose_activity
from clairevoie.learning.actions.motivating import ACTIVITY as MOTIVATION
from clairevoie.learning.dashboard import dashboard_of, motivations_of
from clairevoie.learning.drawn_mine import drawn
from clairevoie.learning.recommending import ACTIVITY as PERSONALISATION
from clairevoie.learning.views.doors import member_of
from clairevoie.lib import calendar

SECTION = "trainings"  # the entry of « Mon compte » (site.navigation)


@require_safe
@never_cache
@login_required
def mine(request: HttpRequest) -> HttpResponse:
    """Each parcours: how far, for how long yet, and what comes next."""
    shown = dashboard_of(member_of(request).subject, on=calendar.today())
    context = {"section": SECTION, "drawn": drawn(shown), "finished": shown.finished}
    return render(request, "learning/mine.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def motivation(request: HttpRequest) -> HttpResponse:
    """The formula with one's own figures, who sees it, and the switch that deletes it."""
    if request.method == "POST":
        if _switched(request, MOTIVATION):
            messages.success(request, _("L’indicateur sera de nouveau calculé, dès cette nuit."))
        else:
            messages.success(request, _("L’indicateur est supprimé et ne sera plus calculé."))
        return redirect("learning:motivation")
    subject = member_of(request).subject
    context = {
        "section": SECTION,
        "indicators": motivations_of(subject),
        "on": MOTIVATION not in messaging.refusals_of(subject),
    }
    return render(request, "learning/motivation.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def recommendations(request: HttpRequest) -> HttpResponse:
    """The rule that orders the catalogue, and the switch that gives everybody's back."""
    if request.method == "POST":
        if _switched(request, PERSONALISATION):
            messages.success(request, _("Le catalogue tient de nouveau compte de vos parcours."))
        else:
            messages.success(request, _("Le catalogue est pour vous celui de tout le monde."))
        return redirect("learning:recommendations")
    refused = messaging.refusals_of(member_of(request).subject)
    context = {"section": SECTION, "on": PERSONALISATION not in refused}
    return render(request, "learning/recommendations.html", context)


def _switched(request: HttpRequest, activity: str) -> bool:
    """Turn a use of the person's data on or off, as posted; which one it was."""
    wanted = bool(request.POST.get("wanted"))
    choose_activity(member=member_of(request), code=activity, wanted=wanted, at=calendar.now())
    return wanted
