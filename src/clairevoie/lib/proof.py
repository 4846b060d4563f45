"""The token of a page's forms, as Django's own in a tenth of the time.

Django masks the secret of the cookie anew for every page, sign after sign; here the mask is drawn
at once. And it writes the cookie again with every page that holds a form: ours lives until the
browser closes (P-047), so that writing it again would change nothing.
"""

from __future__ import annotations

import secrets
from functools import partial
from typing import Any, Final

from django.http import HttpRequest
from django.middleware.csrf import CSRF_ALLOWED_CHARS, CSRF_SECRET_LENGTH, get_token
from django.utils.functional import SimpleLazyObject

_SIGNS: Final = len(CSRF_ALLOWED_CHARS)
_RANK: Final = {sign: rank for rank, sign in enumerate(CSRF_ALLOWED_CHARS)}
# Each sign for as many bytes as any other; the few bytes that are left over are not used.
_SIGN_OF: Final = bytes(ord(CSRF_ALLOWED_CHARS[byte % _SIGNS]) for byte in range(256))
_LEFT_OVER: Final = bytes(range(256 - 256 % _SIGNS, 256))


def csrf(request: HttpRequest) -> dict[str, Any]:
    """In the place of Django's processor of the same name: nothing is drawn without a form."""
    return {"csrf_token": SimpleLazyObject(partial(token, request))}


def token(request: HttpRequest) -> str:
    """What a form of this page sends back."""
    secret = request.META.get("CSRF_COOKIE", "")
    if len(secret) != CSRF_SECRET_LENGTH:
        return get_token(request)
    mask = _mask()
    hidden = [
        CSRF_ALLOWED_CHARS[(_RANK[sign] + _RANK[over]) % _SIGNS]
        for sign, over in zip(secret, mask, strict=True)
    ]
    return mask + "".join(hidden)


def _mask() -> str:
    drawn = b""
    while len(drawn) < CSRF_SECRET_LENGTH:
        drawn += secrets.token_bytes(2 * CSRF_SECRET_LENGTH).translate(_SIGN_OF, _LEFT_OVER)
    return drawn[:CSRF_SECRET_LENGTH].decode()
