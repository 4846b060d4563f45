"""Where a form came from, told by the browser: no cookie is needed to know (decision 0060)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import get_callable
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt


class SeeOther(HttpResponseRedirect):
    """After a form: the next page is read, not sent again."""

    status_code = HTTPStatus.SEE_OTHER


View = Callable[[HttpRequest], HttpResponse]


def is_from_elsewhere(request: HttpRequest) -> bool:
    """Another site, or another page of the same domain, sent this form."""
    site = request.META.get("HTTP_SEC_FETCH_SITE")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = request.META.get("HTTP_ORIGIN")
    return origin is not None and urlsplit(origin).netloc != request.get_host()


def from_our_own_pages(view: View) -> View:
    """Refuse forms of other sites by what every browser says of a POST, without a CSRF cookie.

    Nothing personal hangs on these forms: they carry no session, and what they could forge is
    a choice of cookies on the device of somebody who is looking at another site.
    """

    @csrf_exempt
    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        if request.method == "POST" and is_from_elsewhere(request):
            refuse: View = get_callable(settings.CSRF_FAILURE_VIEW)
            return refuse(request)
        return view(request)

    return guarded


def back(request: HttpRequest, *, default: str) -> str:
    """Where the person was, when it is an address of this site; ``default`` otherwise."""
    wanted = request.POST.get("retour", "") or request.GET.get("retour", "")
    ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if ours and wanted.startswith("/") and len(wanted) <= 2_000 else default
