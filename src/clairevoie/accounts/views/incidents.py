"""« Signaler un usage non autorisé », signed in or not."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from clairevoie.accounts.actions.incidents import report_unauthorised_use
from clairevoie.accounts.forms.incidents import ReportForm
from clairevoie.accounts.models import Member
from clairevoie.accounts.terminals import terminal_of
from clairevoie.accounts.views.guards import at_most, page, posted
from clairevoie.lib import calendar


@require_http_methods(["GET", "POST"])
@never_cache
@at_most("5/h/ip,20/d/ip")
def report_incident(request: HttpRequest) -> HttpResponse:
    """Tell us, in one's own words; a reference comes back."""
    member = request.user if isinstance(request.user, Member) else None
    form = ReportForm(posted(request), signed_in=member is not None)
    if form.is_valid():
        ends = form.cleaned_data.get("end_sessions")
        incident = report_unauthorised_use(
            member=member,
            contact=form.cleaned_data.get("contact", ""),
            description=form.told(),
            end_sessions_but=request.session.session_key if ends else None,
            terminal=terminal_of(request),
            at=calendar.now(),
        )
        return redirect("accounts:incident-reported", reference=incident.uuid)
    return page(request, "report", section="", form=form)


@require_GET
def incident_reported(request: HttpRequest, reference: UUID) -> HttpResponse:
    """The reference and nothing else: knowing it opens nothing."""
    return render(request, "accounts/reported.html", {"reference": reference})
