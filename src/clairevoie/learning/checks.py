"""Whether packages of other tools are kept apart, where the instance says that they are."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, register


@register
def packages_are_apart(**_kwargs: Any) -> list[CheckMessage]:
    """On the host of the site a package would hold the session of its reader."""
    if not settings.PACKAGES_URL:
        return []
    ours, theirs = urlsplit(settings.SITE_URL), urlsplit(settings.PACKAGES_URL)
    if theirs.hostname and theirs.hostname != ours.hostname and theirs.scheme == ours.scheme:
        return []
    return [
        Error(
            f"CLAIREVOIE_PACKAGES_URL ({settings.PACKAGES_URL}) is not another host than "
            f"CLAIREVOIE_URL ({settings.SITE_URL}), reached in the same way.",
            hint="Name another host, such as https://paquets.example.fr, or leave it empty.",
            id="learning.E001",
        )
    ]
