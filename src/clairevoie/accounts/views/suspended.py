"""What a suspended member reads instead of the door opening."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from clairevoie import policy
from clairevoie.accounts.models import Member
from clairevoie.lib import calendar
from clairevoie.privacy.models import Suspension


def suspended(request: HttpRequest, member: Member) -> HttpResponse | None:
    """The reasons, the date and the appeal, once the password was right; None: not suspended.

    Called by the login journey: no address leads here, so nobody reads another's reasons.
    """
    live = Suspension.including_restricted.filter(subject=member.pk, lifted_on__isnull=True)
    suspension = live.first()
    if suspension is None:
        return None
    return render(
        request,
        "accounts/suspended.html",
        {"suspension": suspension, "until": _kept_until(suspension)},
        status=403,
    )


def _kept_until(suspension: Suspension) -> date | None:
    duration = policy.current().retention["suspension"].duration
    if duration is None:
        return None
    return calendar.last_lawful_day(suspension.suspended_on, duration)
