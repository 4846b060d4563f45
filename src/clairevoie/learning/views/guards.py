"""Who stands before a page under ``/formation/``."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.cache import never_cache

from clairevoie.learning.views.doors import View, member_of


def teaching(permission: str) -> Callable[[View], View]:
    """A page of trainers: nothing is there for whoever may not do ``permission``.

    The second factor was asked for at the door (``accounts.middleware``).
    """

    def guard(view: View) -> View:
        @wraps(view)
        def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not member_of(request).has_perm(permission):
                raise Http404
            return view(request, *args, **kwargs)

        guarded: View = never_cache(login_required(opened))
        return guarded

    return guard
