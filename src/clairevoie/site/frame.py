"""The frame of every page: header, footer, side navigation of « Mon compte ».

Rendered once for all who see it alike, because it costs more than the page inside it. What
differs from one request to the next (the address to come back to, the form token) is put in
afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, get_urlconf, reverse
from django.utils import translation
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from clairevoie import consent, policy
from clairevoie.lib import calendar
from clairevoie.policy import Version
from clairevoie.site import navigation, words

PLACE: Final = "%place%"  # the same, inside the query of another address
BACK: Final = "%back%"  # stands in header.html for the address to come back to
PROOF: Final = "%proof%"  # stands in account_nav.html for the token of the form
MARKED: Final = (
    *("site:home", "learning:catalogue", "site:notice", "account_login", "account_signup"),
    "learning:formation",
)
_SECTIONS: Final = frozenset(code for code, _, _ in navigation.ACCOUNT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """All that a frame depends on."""

    language: str
    urls: str
    policy_digest: str
    version: int
    audience: str = "visitor"  # visitor, member, staff or trainer
    here: str = ""  # the address, or the section of « Mon compte », that the frame marks
    scheme: str = ""  # light, dark, or as the device says


@lru_cache(maxsize=256)
def address(name: str, urls: str) -> str:
    """A page's address; empty where no app gives that page. ``urls`` keys the memory."""
    try:
        return reverse(name, urlconf=urls)
    except NoReverseMatch:
        return ""


@lru_cache(maxsize=8)
def _marked(urls: str) -> frozenset[str]:
    return frozenset({"account", *(address(name, urls) for name in MARKED)})


@lru_cache(maxsize=1)
def version_in_force(digest: str, day: int) -> Version:
    """The notice in force; the arguments key the memory."""
    del digest, day
    return policy.current().version_in_force(calendar.today())


def urls() -> str:
    return str(get_urlconf() or settings.ROOT_URLCONF)


def sight_of_now(**more: Any) -> Sight:
    """What the present reader sees alike with others: language, addresses, policy, version."""
    language = translation.get_language() or settings.LANGUAGE_CODE
    everybodys = _sight(language, urls(), policy.current().digest, calendar.today().toordinal())
    return replace(everybodys, **more) if more else everybodys


@lru_cache(maxsize=16)
def _sight(language: str, urls: str, policy_digest: str, day: int) -> Sight:
    version = version_in_force(policy_digest, day).number
    return Sight(language=language, urls=urls, policy_digest=policy_digest, version=version)


@lru_cache(maxsize=256)
def _rendered(template: str, sight: Sight) -> str:
    current = policy.current()
    context: dict[str, Any] = {
        "organisation": current.organisation,
        "notice_version": next(v for v in current.versions if v.number == sight.version),
        "audience": sight.audience,
        "here": sight.here,
        "scheme": sight.scheme,
        "entries": navigation.account_entries(current=sight.here),
    }
    return render_to_string(template, context)


def _audience(request: HttpRequest) -> str:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return "visitor"
    if not user.is_staff:
        return "member"
    return "trainer" if user.has_perm("learning.follow") else "staff"


@lru_cache(maxsize=256)
def _collection(code: str, sight: Sight) -> str:
    current = policy.current()
    activity = current.activities[code]
    receivers = [current.recipients[recipient] for recipient in activity.recipients]
    context: dict[str, Any] = {
        "activity": activity,
        "basis": words.BASES[activity.basis],
        "rules": [current.retention[rule] for rule in activity.retention],
        "recipients": [recipient for recipient in receivers if recipient.active],
        "organisation": current.organisation,
        "policy": current,
    }
    return render_to_string("components/collection.html", context)


def collection(code: str) -> SafeString:
    """The first-layer notice for one activity. Raises ``KeyError`` where the policy has none."""
    return mark_safe(_collection(code, sight_of_now()))  # noqa: S308  # a template


def header(request: HttpRequest | None, *, in_account: bool) -> SafeString:
    if request is None:  # a page made without a request: nobody to recognise
        return mark_safe(_rendered("components/header.html", sight_of_now()).replace(BACK, "/"))  # noqa: S308
    here = "account" if in_account else request.path
    here = here if here in _marked(urls()) else ""
    sight = sight_of_now(audience=_audience(request), here=here)
    back = escape(request.get_full_path())
    return mark_safe(_rendered("components/header.html", sight).replace(BACK, back))  # noqa: S308  # escaped


def footer(request: HttpRequest | None) -> SafeString:
    scheme = consent.scheme_of(request) if request else ""
    back = escape(request.get_full_path()) if request else "/"
    text = _rendered("components/footer.html", sight_of_now(scheme=scheme))
    return mark_safe(text.replace(BACK, back))  # noqa: S308  # escaped


def banner(request: HttpRequest | None) -> SafeString:
    """What the banner asks of this reader; once they chose, that their choice was kept (P-054).

    Everybody who is asked the same gets the same text: it depends on no one's choices but
    through what is left to ask.
    """
    if request is None:
        return SafeString()
    choices = consent.choices_of(request)
    if request.path == address("consent:cookies", urls()):
        return SafeString()
    if not choices.to_ask:
        return _chosen(sight_of_now()) if choices.choice else SafeString()
    asked = tuple(tracker.code for tracker in choices.to_ask)
    text = _banner(sight_of_now(), asked, bool(choices.live))
    path = request.get_full_path()
    return mark_safe(text.replace(BACK, escape(path)).replace(PLACE, quote(path, safe="/")))  # noqa: S308  # escaped


@lru_cache(maxsize=64)
def _chosen(_sight: Sight) -> SafeString:
    """Shown on the page that follows the choice alone, by its address, and given the focus."""
    return render_to_string("consent/chosen.html")


@lru_cache(maxsize=64)
def _banner(_sight: Sight, asked: tuple[str, ...], again: bool) -> str:  # noqa: FBT001  # keys of the memory
    return render_to_string("consent/banner.html", consent.banner_context(asked, again=again))


def account_navigation(proof: str, section: str) -> SafeString:
    """``section`` is one of ``navigation.ACCOUNT``; anything else marks none.

    ``proof`` is the token of the page's forms.
    """
    here = section if section in _SECTIONS else ""
    text = _rendered("components/account_nav.html", sight_of_now(here=here))
    return mark_safe(text.replace(PROOF, escape(proof)))  # noqa: S308  # escaped
