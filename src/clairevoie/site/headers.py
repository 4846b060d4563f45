"""Security headers that Django and django-csp do not write by themselves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache

from csp.constants import HEADER, UNSAFE_EVAL, UNSAFE_INLINE
from csp.middleware import CSPMiddleware, PolicyParts
from csp.utils import build_policy
from django.http import HttpRequest, HttpResponse, HttpResponseBase

BACK_OFFICE = "/gestion/"
# Pages under /gestion/ that are drawn by our own templates, and keep the strict policy.
OWN_PAGES = ("/gestion/composants/",)

# Alpine evaluates the expressions in unfold's attributes, and unfold's templates carry style
# attributes (docs/decisions/0010-content-security-policy.md).
_RELAXED = {"script-src": [UNSAFE_EVAL], "style-src": [UNSAFE_INLINE]}

_POWERS = (
    "accelerometer",
    "autoplay",
    "browsing-topics",
    "camera",
    "display-capture",
    "encrypted-media",
    "fullscreen",
    "geolocation",
    "gyroscope",
    "hid",
    "idle-detection",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "serial",
    "usb",
)
# Passkeys need the browser's credentials, on our own pages only.
PERMISSIONS = ", ".join(
    (
        *(f"{power}=()" for power in _POWERS),
        "publickey-credentials-create=(self)",
        "publickey-credentials-get=(self)",
    )
)


class ContentSecurityPolicy(CSPMiddleware):
    """The strict policy everywhere; what unfold needs, on unfold's pages alone."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """django-csp writes the same text for almost every page: those take it ready-made."""
        if any(mark.startswith("_csp") for mark in vars(response)):
            return super().process_response(request, response)
        response.headers.setdefault(HEADER, _policy(relaxed=_is_unfolds(request)))
        return response

    def get_policy_parts(
        self,
        request: HttpRequest,
        response: HttpResponseBase,
        report_only: bool = False,  # noqa: FBT001, FBT002  # django-csp's signature
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        if _is_unfolds(request):
            return replace(parts, update={**_RELAXED, **(parts.update or {})})
        return parts


def _is_unfolds(request: HttpRequest) -> bool:
    path = request.path_info
    return path.startswith(BACK_OFFICE) and not path.startswith(OWN_PAGES)


@cache
def _policy(*, relaxed: bool) -> str:
    return str(build_policy(update=_RELAXED if relaxed else None))


class BrowserPowers:
    """No page may use a sensor, a camera, a payment sheet…; no other site may embed our files."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response
