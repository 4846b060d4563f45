"""Who stands before a page of learning: its learner, or a trainer among their cohorts."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache

from clairevoie.accounts.models import Member

View = Callable[..., HttpResponse]


def own_page(view: View) -> View:
    """A page of a signed-in member, kept by no cache of a shared device."""
    guarded: View = never_cache(login_required(view))
    return guarded


def teaching(permission: str) -> Callable[[View], View]:
    """A page under ``/formation/``: nothing is there for whoever may not do ``permission``.

    The second factor was asked for at the door (``accounts.middleware``).
    """

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not member_of(request).has_perm(permission):
                raise Http404
            return view(request, *args, **kwargs)

        return own_page(guarded)

    return guard


def member_of(request: HttpRequest) -> Member:
    """The signed-in member of a guarded page."""
    member = request.user
    assert isinstance(member, Member)
    return member
