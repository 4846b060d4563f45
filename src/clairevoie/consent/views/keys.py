"""The public keys, for whoever checks a receipt."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from clairevoie.consent import signing

_AN_HOUR = "public, max-age=3600"


@require_safe
def published_keys(_request: HttpRequest) -> JsonResponse:
    """A JWK set: the key that signs today, and every one that ever did."""
    return JsonResponse(
        signing.keys_document(),
        content_type="application/jwk-set+json",
        headers={"Cache-Control": _AN_HOUR, "Access-Control-Allow-Origin": "*"},
    )
