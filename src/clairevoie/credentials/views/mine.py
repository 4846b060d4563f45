"""« Mes certificats »: what I earned, to carry away and to show."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from clairevoie.accounts.models import Member
from clairevoie.credentials.badges.keys import vouched_for
from clairevoie.credentials.models import Credential, State, credentials_of


@require_safe
@never_cache
@login_required
def mine(request: HttpRequest) -> HttpResponse:
    """The latest first; what was replaced or revoked is still there, and says so."""
    member = _member(request)
    earned = list(credentials_of(member.subject))
    valid = [one for one in earned if one.state == State.VALID]
    vouched = vouched_for(one.badge for one in valid) if valid else []
    context = {
        "section": "credentials",
        "earned": earned,
        "valid": valid,
        "renamed": any(one.name != member.full_name for one in valid),
        "past": [one for one in earned if one.state != State.VALID],
        "badges": {one.number for one, holds in zip(valid, vouched, strict=True) if holds},
    }
    return render(request, "credentials/mine.html", context)


@require_safe
@never_cache
@login_required
def document(request: HttpRequest, number: str) -> HttpResponseBase:
    """The file as it was printed once, to its holder; to anybody else it does not exist."""
    earned = credentials_of(_member(request).subject)
    return served(get_object_or_404(earned, number=number))


def served(credential: Credential) -> FileResponse:
    """The stored document, never made again. 404 when the file is not there."""
    try:
        content = credential.document.open("rb")
    except FileNotFoundError as gone:
        raise Http404 from gone
    return FileResponse(
        content,
        as_attachment=True,
        filename=f"{credential.kind}-{credential.number}.pdf",
        content_type="application/pdf",
        headers={"X-Content-Type-Options": "nosniff", "X-Robots-Tag": "noindex, nofollow"},
    )


def _member(request: HttpRequest) -> Member:
    member = request.user
    assert isinstance(member, Member)
    return member
