"""Badges and what checks them: for wallets and programs, by number, for whoever has the number."""

from __future__ import annotations

from typing import Final

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from clairevoie.credentials.badges import keys, status
from clairevoie.credentials.badges.baking import Picture, baked
from clairevoie.credentials.models import Credential, State, verifiable
from clairevoie.credentials.views.public import too_often
from clairevoie.lib import calendar
from clairevoie.lib.unlisted import unlisted

_ANYWHERE: Final = {"Access-Control-Allow-Origin": "*"}  # verifiers are pages of other sites
_CREDENTIAL: Final = "application/vc"  # VC Data Model 2.0, § C.1
_PICTURES: Final = {Picture.PNG: "image/png", Picture.SVG: "image/svg+xml"}


@require_safe
def did(_request: HttpRequest) -> JsonResponse:
    """Who we are and our public keys, past ones too."""
    return JsonResponse(
        keys.did_document(),
        content_type="application/did+json",
        headers={"Cache-Control": "public, max-age=300", **_ANYWHERE},
    )


@require_safe
def badge_status(_request: HttpRequest, number: int) -> HttpResponse:
    """Which badges of a list no longer hold."""
    try:
        written = status.published_list(number, at=calendar.now())
    except status.NoSuchList as unknown:
        raise Http404 from unknown
    headers = {"Cache-Control": f"public, max-age={status.FRESH}", **_ANYWHERE}
    return HttpResponse(written, content_type=_CREDENTIAL, headers=headers)


@require_safe
@unlisted
def badge(request: HttpRequest, number: str) -> HttpResponse:
    """The badge as it was signed, byte for byte."""
    refusal = too_often(request)
    if refusal is not None:
        return refusal
    content = _valid(number).badge
    return _file(content.encode(), kind=_CREDENTIAL, name=f"badge-{number}.json")


@require_safe
@unlisted
def picture(request: HttpRequest, number: str, kind: str) -> HttpResponse:
    """The badge baked into its picture."""
    refusal = too_often(request)
    if refusal is not None:
        return refusal
    form = Picture(kind)
    content = baked(_valid(number), form)
    return _file(content, kind=_PICTURES[form], name=f"badge-{number}.{form}")


def _valid(number: str) -> Credential:
    """404 for a badge that no longer holds too, or that no key of ours proves any more: its name
    is not ours to tell, and nobody is handed what will be refused."""
    credential = verifiable(number, on=calendar.today())
    if credential is None or credential.state != State.VALID:
        raise Http404
    if not all(keys.vouched_for([credential.badge])):
        raise Http404
    return credential


def _file(content: bytes, *, kind: str, name: str) -> HttpResponse:
    return HttpResponse(
        content,
        content_type=kind,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "X-Content-Type-Options": "nosniff",
            **_ANYWHERE,
        },
    )
