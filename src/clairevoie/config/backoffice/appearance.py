"""How the back office looks: the site's own colours, typefaces and mark, given to unfold."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.translation import gettext_lazy

from clairevoie import policy

_LIMESTONE = {
    "50": "#f6f7f3",
    "100": "#eceee8",
    "200": "#dde1da",
    "300": "#cbd2ca",
    "400": "#94a198",
    "500": "#6a776f",
    "600": "#4a5952",
    "700": "#34423b",
    "800": "#26342d",
    "900": "#111916",
    "950": "#0b110e",
}
_IRONWORK = {
    "50": "#eef6f1",
    "100": "#deede4",
    "200": "#bcdccb",
    "300": "#8cc6ac",
    "400": "#52b791",
    "500": "#3fb08a",
    "600": "#0a6650",
    "700": "#08543f",
    "800": "#064534",
    "900": "#09291f",
    "950": "#061d16",
}


def organisation(request: HttpRequest) -> str:
    """Whose back office this is."""
    return policy.current().organisation.name


def stylesheet(request: HttpRequest) -> str:
    return static("gestion/gestion.css")


def favicon(request: HttpRequest) -> str:
    return static("site/img/favicon.svg")


UNFOLD: dict[str, Any] = {
    "SITE_TITLE": gettext_lazy("Gestion"),
    "SITE_HEADER": gettext_lazy("Gestion"),
    "SITE_SUBHEADER": organisation,
    "SITE_SYMBOL": "grid_view",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": favicon}],
    "SHOW_HISTORY": False,
    "SHOW_VIEW_ON_SITE": False,
    "BORDER_RADIUS": "3px",
    "STYLES": [stylesheet],
    "COLORS": {
        "base": _LIMESTONE,
        "primary": _IRONWORK,
        "font": {
            "subtle-light": "var(--color-base-600)",
            "subtle-dark": "var(--color-base-300)",
            "default-light": "var(--color-base-700)",
            "default-dark": "var(--color-base-200)",
            "important-light": "#14211c",
            "important-dark": "#e8efea",
        },
    },
    "ACCOUNT": {"navigation": "clairevoie.config.backoffice.navigation.links"},
    "SIDEBAR": {
        "show_search": False,
        "show_all_applications": False,
        "navigation": "clairevoie.config.backoffice.navigation.rooms",
    },
}
