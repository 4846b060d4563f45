"""Security headers that Django and django-csp do not write by themselves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

from csp.constants import HEADER, UNSAFE_EVAL, UNSAFE_INLINE
from csp.middleware import CSPMiddleware, PolicyParts
from csp.utils import build_policy
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from clairevoie import consent
from clairevoie.policy import Host

BACK_OFFICE = "/gestion/"
# Pages under /gestion/ that are drawn by our own templates, and keep the strict policy.
OWN_PAGES = ("/gestion/composants/", "/gestion/editions/apercu/")

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
    """The strict policy everywhere; what unfold needs, on unfold's pages alone.

    A third party's hosts only for the reader who agreed to that very tracker: a page of ours
    that loaded it for anybody else would be stopped by the browser itself.
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """django-csp writes the same text for almost every page: those take it ready-made."""
        if any(mark.startswith("_csp") for mark in vars(response)):
            return super().process_response(request, response)
        unfolds = _is_unfolds(request)
        agreed = () if unfolds else _agreed(request, response)
        response.headers.setdefault(HEADER, _policy(relaxed=unfolds, agreed=agreed))
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
        agreed = _agreed(request, response)
        return replace(parts, update={**_update(agreed), **(parts.update or {})})


def _is_unfolds(request: HttpRequest) -> bool:
    path = request.path_info
    return path.startswith(BACK_OFFICE) and not path.startswith(OWN_PAGES)


def _agreed(request: HttpRequest, response: HttpResponseBase) -> tuple[Host, ...]:
    """Only pages load anything: no other answer reads the choice, or depends on it."""
    if not response.headers.get("Content-Type", "").startswith("text/html"):
        return ()
    return consent.hosts_agreed(request)


def _update(agreed: tuple[Host, ...]) -> dict[str, list[str]]:
    more: dict[str, list[str]] = {}
    for host in agreed:
        more.setdefault(host.directive, []).append(host.origin)
    return more


@lru_cache(maxsize=64)
def _policy(*, relaxed: bool, agreed: tuple[Host, ...]) -> str:
    return str(build_policy(update=_RELAXED if relaxed else _update(agreed)))


class BrowserPowers:
    """No page may use a sensor, a camera, a payment sheet…; no other site may embed our files."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response
