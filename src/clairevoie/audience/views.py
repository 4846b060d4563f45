"""``/cookies/comptages/``: being counted no more, even as one in a sum (P-035)."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from clairevoie import consent, policy
from clairevoie.audience.withdrawing import TRACKER
from clairevoie.lib import calendar


@require_POST
@consent.from_our_own_pages
def count_me(request: HttpRequest) -> HttpResponse:
    """Write or remove the one cookie that says no; no row anywhere, so nobody is listed."""
    answer = request.POST.get("compter")
    if answer not in ("oui", "non"):
        raise BadRequest
    response = consent.SeeOther(f"{reverse('consent:cookies')}#comptages")
    tracker = policy.current().trackers[TRACKER]
    if answer == "oui":
        response.delete_cookie(tracker.name)
        return response
    assert tracker.lifetime is not None
    end = calendar.paris_midnight(calendar.last_lawful_day(calendar.today(), tracker.lifetime))
    response.set_cookie(
        tracker.name,
        "1",
        max_age=int((end - calendar.now()).total_seconds()),
        secure=bool(settings.SESSION_COOKIE_SECURE),
        httponly=True,
        samesite="Lax",
    )
    return response
