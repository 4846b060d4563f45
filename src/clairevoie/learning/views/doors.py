"""What stands before every page of a learner: who they are, and what they follow."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

from clairevoie.accounts.models import Member
from clairevoie.learning.models import Enrolment
from clairevoie.lib.prepared import Prepared

View = Callable[..., HttpResponseBase]

_followed: Prepared[Enrolment] = Prepared(
    lambda slug, subject: Enrolment.including_restricted.filter(
        parcours__slug=slug, subject=subject, left_at=None
    ),
    example=("slug", 1),
)


def own_page(view: View) -> View:
    """A page of a signed-in member; ``accounts.middleware`` keeps it out of every cache."""
    guarded: View = login_required(view)
    return guarded


def for_the_learner(view: View) -> View:
    """``view(request, enrolment, …)`` for whoever follows the parcours ``slug`` of the address.

    A visitor is sent to sign in; to a stranger the page does not exist.
    """

    @wraps(view)
    def opened(request: HttpRequest, slug: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
        enrolment = followed_by(member_of(request), slug)
        if enrolment is None:
            raise Http404
        return view(request, enrolment, *args, **kwargs)

    return own_page(opened)


def member_of(request: HttpRequest) -> Member:
    """The signed-in member of a guarded page."""
    member = request.user
    assert isinstance(member, Member)
    return member


def followed_by(member: Member, slug: str) -> Enrolment | None:
    """Their enrolment in that parcours, unless they left it. One query."""
    return _followed.get(slug, member.pk)
