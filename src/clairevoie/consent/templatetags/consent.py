"""What a page may show of somebody else's site: a link always, their content if one agreed."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django import template
from django.conf import settings
from django.template import Context
from django.utils.translation import gettext as _

from clairevoie import policy
from clairevoie.consent.views.choices import choices_of
from clairevoie.consent.wording import preferences

register = template.Library()

# Plain addresses of sharing pages: no code of theirs, no cookie, nobody's number (P-046).
_SHARING = (
    ("LinkedIn", "https://www.linkedin.com/sharing/share-offsite/?url={url}"),
    ("Facebook", "https://www.facebook.com/sharer/sharer.php?u={url}"),
    ("Bluesky", "https://bsky.app/intent/compose?text={title}%20{url}"),
)


@register.inclusion_tag("consent/embed.html", takes_context=True)
def embed(context: Context, url: str, title: str, tracker: str) -> dict[str, Any]:
    """Somebody else's frame, inert until the reader agreed to ``tracker`` and pressed again.

    Raises ``KeyError`` for a tracker that the policy does not have, ``ValueError`` for an address
    that this tracker's hosts do not cover.
    """
    request, known = context["request"], policy.current().trackers[tracker]
    if not any(url.startswith(f"{host.origin}/") for host in known.hosts):
        raise ValueError(f"{tracker} has no host for this address: add it to trackers.toml")
    choices = choices_of(request)
    return {
        "url": url,
        "title": title,
        "tracker": known,
        "offered": tracker in choices.served,
        "allowed": choices.allows(tracker),
        "back": request.get_full_path(),
        "text": preferences([tracker]).sha256[:16],
    }


@register.inclusion_tag("consent/share.html")
def share(path: str, title: str) -> dict[str, Any]:
    """Links that share a page of ours; nothing is asked of anybody before a click."""
    address = f"{settings.SITE_URL.rstrip('/')}{path}"
    written = {"url": quote(address, safe=""), "title": quote(title, safe="")}
    links = [(name, form.format(**written)) for name, form in _SHARING]
    mail = f"mailto:?subject={written['title']}&body={written['url']}"
    return {"links": [*links, (_("E-mail"), mail)], "title": title}
