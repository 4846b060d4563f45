"""Whether packages of other tools are kept apart, where the instance says that they are."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks


@checks.register
def packages_are_apart(**_kwargs: Any) -> list[checks.CheckMessage]:
    """On the host of the site a package would hold the session of its reader; under the same
    domain it could set cookies for the site."""
    if not settings.PACKAGES_URL:
        return []
    ours, theirs = urlsplit(settings.SITE_URL), urlsplit(settings.PACKAGES_URL)
    if not theirs.hostname or theirs.hostname == ours.hostname or theirs.scheme != ours.scheme:
        return [
            checks.Error(
                f"CLAIREVOIE_PACKAGES_URL ({settings.PACKAGES_URL}) is not another host than "
                f"CLAIREVOIE_URL ({settings.SITE_URL}), reached in the same way.",
                hint="Name another host, such as https://example-paquets.fr, or leave it empty.",
                id="learning.E001",
            )
        ]
    if _domain(theirs.hostname) == _domain(ours.hostname or ""):
        return [
            checks.Warning(
                f"{theirs.hostname} is under the same domain as the site: a package that meant "
                "harm could set cookies for both.",
                hint="Give packages a domain of their own.",
                id="learning.W001",
            )
        ]
    return []


def _domain(host: str) -> list[str]:
    """Its last two names: no list of public suffixes is needed to warn."""
    return host.split(".")[-2:]
