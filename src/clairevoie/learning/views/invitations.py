"""Being invited to a session: by a link that is one's own, with an account or before having one.

Opening a page writes nothing: scanners open every link of a mail.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from clairevoie.accounts.actions.joining import EXPECTED_EMAIL
from clairevoie.accounts.models import Member
from clairevoie.learning.actions import enrolling, inviting, inviting_addresses
from clairevoie.learning.actions.publishing import NotOnline
from clairevoie.learning.invitations import (
    Invitation,
    UnknownInvitation,
    invitation_behind,
    token_of,
)
from clairevoie.learning.models import AddressInvitation, CohortInvitation, Enrolment
from clairevoie.learning.views.doors import View, member_of, own_page
from clairevoie.lib import calendar
from clairevoie.lib.speech import sentence
from clairevoie.lib.unlisted import unlisted

_REFUSALS = (
    NotOnline,
    enrolling.TrainingRefused,
    enrolling.WithAnotherCohort,
    inviting.InvitationClosed,
    inviting_addresses.OtherAddress,
)


def _by_link(view: View) -> View:
    """Kept by no cache, told to no other site, found by no search."""

    @wraps(view)
    @unlisted
    def opened(request: HttpRequest, token: str) -> HttpResponseBase:
        try:
            return view(request, token)
        except UnknownInvitation:
            return render(request, "learning/no_invitation.html", status=404)

    return opened


@require_http_methods(["GET", "HEAD", "POST"])
@_by_link
def invitation(request: HttpRequest, token: str) -> HttpResponseBase:
    """What one is invited to; a member's own exists for nobody else."""
    found = invitation_behind(token)
    if isinstance(found, AddressInvitation):
        return _of_an_address(request, found)
    return _of_a_member(request, found)


@own_page
def _of_a_member(request: HttpRequest, invited: CohortInvitation) -> HttpResponse:
    if invited.subject_id != member_of(request).pk:
        raise Http404
    if request.method == "POST":
        return _joined(request, partial(inviting.accept, invitation=invited))
    return _page(request, invited, theirs=True)


def _of_an_address(request: HttpRequest, invited: AddressInvitation) -> HttpResponse:
    """To a visitor an account is offered, with this address; only who proved it joins."""
    member = request.user if isinstance(request.user, Member) else None
    if request.method != "POST":
        theirs = member is not None and inviting_addresses.is_theirs(
            invited, subject=member.subject
        )
        return _page(request, invited, theirs=theirs)
    if member is not None:
        take = partial(inviting_addresses.take, invitation=invited, subject=member.subject)
        return _joined(request, take)
    request.session[EXPECTED_EMAIL] = inviting_addresses.address_of(invited).raw
    return redirect(f"{reverse('account_signup')}?next={request.path}")


@require_http_methods(["GET", "HEAD", "POST"])
@_by_link
def decline(request: HttpRequest, token: str) -> HttpResponseBase:
    """« Non, merci », and what becomes of the address. A member has nothing to refuse."""
    found = invitation_behind(token)
    if not isinstance(found, AddressInvitation):
        return redirect("learning:invitation", token)
    if request.method != "POST":
        context = {
            "invitation": found,
            "edition": found.cohort.parcours.current,
            "token": token,
        }
        return render(request, "learning/decline.html", context)
    inviting_addresses.decline(invitation=found, at=calendar.now())
    return render(request, "learning/declined.html")


def _joined(request: HttpRequest, join: Callable[..., Enrolment]) -> HttpResponse:
    try:
        enrolment = join(at=calendar.now())
    except _REFUSALS as refused:
        messages.error(request, sentence(refused))
        return redirect(request.path)
    return redirect("learning:learn", enrolment.parcours_id)


def _page(request: HttpRequest, invited: Invitation, *, theirs: bool) -> HttpResponse:
    context = {
        "invitation": invited,
        "edition": invited.cohort.parcours.current,
        "is_open": invited.is_open(on=calendar.today()),
        "theirs": theirs,
        "of_an_address": isinstance(invited, AddressInvitation),
        "token": token_of(invited),
    }
    return render(request, "learning/invitation.html", context)
