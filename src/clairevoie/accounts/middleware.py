"""Who is there: one query a page, no write on most of them."""

from __future__ import annotations

from functools import partial
from typing import Any, cast

from django.conf import settings
from django.contrib import auth
from django.contrib.auth.middleware import AuthenticationMiddleware, auser
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.functional import SimpleLazyObject

from clairevoie.accounts import visits
from clairevoie.accounts.actions import sessions as session_actions
from clairevoie.accounts.models import Member
from clairevoie.accounts.second_factor import has_second_factor
from clairevoie.accounts.sessions import SessionStore, member_at_hand
from clairevoie.lib import calendar

BACK_OFFICE = "/gestion/"
# What trainers do with their learners; whoever is not of the staff finds nothing there.
TRAINERS_DOOR = "/formation/"
_STAFF_DOORS = (BACK_OFFICE, TRAINERS_DOOR)


def who_is_there(request: HttpRequest) -> Member | AnonymousUser:
    """As ``auth.get_user``, with the member that came with the session's row."""
    if not hasattr(request, "_cached_user"):
        token = member_at_hand.set(cast("SessionStore", request.session).member)
        try:
            request._cached_user = auth.get_user(request)  # type: ignore[attr-defined]
        finally:
            member_at_hand.reset(token)
    return request._cached_user  # type: ignore[attr-defined,no-any-return]


class SignedInMiddleware(AuthenticationMiddleware):
    """Sets ``request.user``; guards the back office; notes that a person used the platform."""

    def process_request(self, request: HttpRequest) -> None:
        request.user = SimpleLazyObject(lambda: who_is_there(request))  # type: ignore[assignment]
        request.auser = partial(auser, request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        """Where the staff works: signed in, of the staff, with a second factor; in this order.

        Here rather than in the admin site, whose own sign-in page would ask a password alone.
        """
        if not request.path.startswith(_STAFF_DOORS):
            return None
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path(), reverse(settings.LOGIN_URL))
        if not request.user.is_staff:
            raise PermissionDenied if request.path.startswith(BACK_OFFICE) else Http404
        if not has_second_factor(request.user):
            return HttpResponseRedirect(reverse("accounts:second-factor-needed"))
        return None

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        member = getattr(request, "_cached_user", None)
        if not isinstance(member, Member):
            return response
        # P-036: the « back » button of a shared computer shows nothing of who was there.
        if "no-store" not in response.get("Cache-Control", ""):
            patch_cache_control(response, private=True, no_store=True)
        if visits.is_human(request, response) and request.user.is_authenticated:
            store = cast("SessionStore", request.session)
            session_actions.note_visit(store=store, member=member, at=calendar.now())
        return response
