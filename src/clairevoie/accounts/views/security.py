"""« Connexion et sécurité »: ways in, second factors, sessions and recent activity."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from clairevoie.accounts.actions import sessions
from clairevoie.accounts.browsers import browser_name
from clairevoie.accounts.models import Member, SecurityEvent
from clairevoie.accounts.terminals import terminal_of
from clairevoie.accounts.views.guards import member_of, own_page, page
from clairevoie.lib import calendar

_RECENT = 12


@own_page
@require_GET
def security(request: HttpRequest) -> HttpResponse:
    member = member_of(request)
    return page(
        request,
        "security",
        section="security",
        **_ways_in(member),
        sessions=_sessions(request, member),
        events=_events(member),
    )


def _ways_in(member: Member) -> dict[str, Any]:
    factors = list(Authenticator.objects.filter(user=member))
    kinds = {factor.type for factor in factors}
    codes = next((f for f in factors if f.type == Authenticator.Type.RECOVERY_CODES), None)
    return {
        "email_verified": EmailAddress.objects.filter(user=member, verified=True).exists(),
        "totp": Authenticator.Type.TOTP in kinds,
        "keys": sum(f.type == Authenticator.Type.WEBAUTHN for f in factors),
        "codes_left": len(codes.wrap().get_unused_codes()) if codes else None,
        "second_factor": bool(kinds & {Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN}),
    }


def _sessions(request: HttpRequest, member: Member) -> list[dict[str, Any]]:
    return [
        {
            "handle": sessions.handle_of(session),
            "device": browser_name(session.user_agent),
            "ip": session.ip,
            "started_at": session.started_at,
            "last_seen_on": session.last_seen_on,
            "here": session.session_key == request.session.session_key,
        }
        for session in sessions.open_sessions(member, at=calendar.now())
    ]


def _events(member: Member) -> list[dict[str, Any]]:
    recent = SecurityEvent.objects.filter(subject=member.pk).order_by("-id")[:_RECENT]
    return [
        {
            "what": event.get_kind_display(),
            "device": browser_name(event.user_agent),
            "ip": event.ip,
            "at": event.happened_at,
        }
        for event in recent
    ]


@own_page
@require_POST
def end_session(request: HttpRequest) -> HttpResponse:
    member, at = member_of(request), calendar.now()
    try:
        sessions.end_session(
            member=member,
            handle=request.POST.get("session", ""),
            terminal=terminal_of(request),
            at=at,
        )
    except sessions.NoSuchSession:
        messages.info(request, _("Cette session est déjà fermée."))
    else:
        messages.success(request, _("Cette session est fermée."))
    return redirect("accounts:security")


@own_page
@require_POST
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    ended = sessions.end_other_sessions(
        member=member_of(request),
        session_kept=request.session.session_key,
        terminal=terminal_of(request),
        at=calendar.now(),
    )
    text = ngettext("%d autre session est fermée.", "%d autres sessions sont fermées.", ended)
    messages.success(request, text % ended)
    return redirect("accounts:security")


@own_page
@require_GET
def second_factor_needed(request: HttpRequest) -> HttpResponse:
    """Staff arrive here until they have a second factor (F.8): nothing of the office before."""
    context = {"section": "security"}
    return render(request, "accounts/second_factor_needed.html", context, status=403)
