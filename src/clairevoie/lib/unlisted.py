"""Pages whose address holds a key, or a number that is somebody's."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.http.response import HttpResponseBase
from django.views.decorators.cache import never_cache

R = TypeVar("R", bound=HttpResponseBase)


def unlisted(view: Callable[..., R]) -> Callable[..., R]:
    """In no cache and in no search engine; other sites are told no address anyway
    (SECURE_REFERRER_POLICY)."""

    @wraps(view)
    @never_cache
    def opened(*args: Any, **kwargs: Any) -> R:
        response = view(*args, **kwargs)
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return opened
