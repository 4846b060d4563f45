"""Which messages and uses the person lets be."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clairevoie import policy
from clairevoie.accounts.actions.preferences import choose_activities, switches
from clairevoie.accounts.forms.preferences import SwitchesForm
from clairevoie.accounts.views.guards import member_of, own_page, page, posted
from clairevoie.lib import calendar
from clairevoie.policy import Activity, Basis, MessageCategory


@require_http_methods(["GET", "POST"])
@own_page
def notifications(request: HttpRequest) -> HttpResponse:
    """A switch an activity that has one; the others, with the reason they have none."""
    member = member_of(request)
    form = SwitchesForm(posted(request), switches=switches(member.subject))
    if form.is_valid():
        choose_activities(member=member, wanted=form.wanted(), at=calendar.now())
        messages.success(request, _("Vos choix sont enregistrés et déjà appliqués."))
        return redirect("accounts:notifications")
    return page(
        request,
        "notifications",
        section="notifications",
        form=form,
        letter=_letter_not_asked_for(form),
        always=_without_switch(),
    )


def _letter_not_asked_for(form: SwitchesForm) -> bool:
    """Whether there is a newsletter that the person does not receive."""
    letter = policy.current().activities["newsletter"]
    return not letter.planned and letter.code not in form.fields


def _without_switch() -> dict[str, list[str]]:
    """Titles of the activities that go on, by the reason why."""
    titles: dict[str, list[str]] = {}
    for activity in policy.current().activities.values():
        if reason := _why(activity):
            titles.setdefault(reason, []).append(activity.title)
    return titles


def _why(activity: Activity) -> str:
    """Why messages of an activity cannot be switched off; empty when it sends none."""
    if activity.category is None or activity.mutable or activity.planned:
        return ""
    if activity.category is MessageCategory.SECURITY:
        return _("Pour protéger votre compte : un intrus commencerait par les couper.")
    if activity.basis is Basis.LEGAL_OBLIGATION:
        return _("Parce que la loi nous oblige à vous le dire.")
    return _("Pour tenir le contrat qui nous lie : vous comptez sur ces messages.")
