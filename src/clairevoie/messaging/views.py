"""Stopping what we send, without an account, a cookie or a reason; and what providers report."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from clairevoie import policy
from clairevoie.lib import calendar
from clairevoie.lib.unlisted import unlisted
from clairevoie.messaging import bounces
from clairevoie.messaging.doors import webhooks
from clairevoie.messaging.unsubscribing import (
    Link,
    UnknownLink,
    link_behind,
    still_comes,
    unsubscribe,
)

View = Callable[[HttpRequest, Link], HttpResponse]


def by_link(view: View) -> Callable[[HttpRequest, str], HttpResponse]:
    """Open the link, and keep its token from caches, other sites and search engines."""

    @wraps(view)
    @unlisted
    def opened(request: HttpRequest, token: str) -> HttpResponse:
        try:
            response = view(request, link_behind(token))
        except UnknownLink:
            response = render(request, "messaging/unknown_link.html", status=404)
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    return opened


# The token is the only key, and it can do nothing but stop messages: a page of another site
# that held one would gain nothing by forging the form. Mail services post here without cookies
# (RFC 8058, section 3.2), so nothing else could be asked of them.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@by_link
def unsubscribe_page(request: HttpRequest, link: Link) -> HttpResponse:
    """Opening changes nothing, for scanners open every link of a mail; one button stops."""
    if request.method != "POST":
        return _page(request, "unsubscribe", link)
    everything = request.POST.get("what") == "everything"
    unsubscribe(link, everything=everything, at=calendar.now())
    return _page(request, "unsubscribed", link, everything=everything)


def _page(
    request: HttpRequest, name: str, link: Link, *, everything: bool = False
) -> HttpResponse:
    coming = still_comes(link)
    values = {
        "activity": policy.current().activities.get(link.activity),
        "others": [a for a in coming if a.code != link.activity and not a.planned],
        "already": link.activity not in {each.code for each in coming},
        "everything": everything or not coming,
    }
    return render(request, f"messaging/{name}.html", values)


# A machine of the provider posts here; the secret that it and we know is its proof.
@csrf_exempt
@require_POST
@never_cache
def provider_reports(request: HttpRequest) -> HttpResponse:
    """Bounces and complaints, as our provider tells them."""
    try:
        reports = webhooks.reports_in(request)
    except webhooks.NoWebhook:
        raise Http404 from None
    for report in reports:
        bounces.take(report, at=calendar.now())
    return HttpResponse(status=204)
