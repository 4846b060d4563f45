"""Tags and filters for every template: ``{% load clairevoie %}``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import template
from django.template import Context
from django.urls import NoReverseMatch, reverse
from django.utils import timezone, translation
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from clairevoie import consent
from clairevoie.lib.duration import Duration
from clairevoie.lib.speech import day_marked_up
from clairevoie.policy import Activity, Recipient, RetentionRule, Tracker
from clairevoie.site import frame, words

register = template.Library()


@register.simple_tag
def url_or_nothing(name: str, *arguments: object) -> str:
    """The address of a page another app may not have yet; empty then."""
    if not arguments:
        return frame.address(name, frame.urls())
    try:
        return reverse(name, args=arguments)
    except NoReverseMatch:
        return ""


@register.simple_tag(takes_context=True)
def site_header(context: Context) -> SafeString:
    return frame.header(context.get("request"), in_account=bool(context.get("section")))


@register.simple_tag(takes_context=True)
def site_footer(context: Context) -> SafeString:
    return frame.footer(context.get("request"))


@register.simple_tag(takes_context=True)
def site_banner(context: Context) -> SafeString:
    """What is asked before any optional tracker, first in the page; often nothing."""
    return frame.banner(context.get("request"))


@register.simple_tag(takes_context=True)
def forced_scheme(context: Context) -> SafeString:
    """`` data-scheme="dark"`` for whoever chose an appearance; nothing for the others."""
    request = context.get("request")
    scheme = consent.scheme_of(request) if request else ""
    return format_html(' data-scheme="{}"', scheme) if scheme else SafeString()


@register.simple_tag(takes_context=True)
def account_navigation(context: Context) -> SafeString:
    """Entries of « Mon compte », the current one marked by the template's ``section``."""
    return frame.account_navigation(context["csrf_token"], str(context.get("section", "")))


@register.simple_tag
def notice_for(activity: str) -> SafeString:
    """The first-layer notice of GDPR art. 13 for one activity of the register (P-002).

    Mandatory on every form that asks for a personal value. Raises ``KeyError`` for an
    activity that the policy does not have: a form without a lawful purpose must not render.
    """
    return frame.collection(activity)


@register.filter
def duration(span: Duration | None) -> str:
    return words.duration(span)


@register.filter
def clock(rule: RetentionRule) -> str:
    return words.clock(rule)


@register.filter
def kept(rule: RetentionRule) -> str:
    return words.kept(rule)


@register.filter
def country(code: str) -> str:
    return words.country(code)


@register.filter
def role(recipient: Recipient) -> str:
    return str(words.ROLES[recipient.role])


@register.filter
def full_date(day: date | None) -> SafeString | str:
    """« 1er mars 2027 » in French, as a ``<time>``."""
    return day_marked_up(day) if day else ""


@register.filter
def basis_word(activity: Activity) -> str:
    """The legal basis in two words, for lists."""
    return str(words.BASIS_NAMES[activity.basis])


@register.filter
def category(tracker: Tracker) -> str:
    return str(words.CATEGORIES.get(tracker.category, tracker.category))


@register.filter
def full_instant(at: datetime | None) -> SafeString | str:
    """« 23 novembre 2026 à 03:00 », Paris time, as a ``<time>``."""
    if at is None:
        return ""
    local = timezone.localtime(at)
    text = gettext("%(day)s à %(hour)s") % {
        "day": full_date(local.date()),
        "hour": f"{local:%H:%M}",
    }
    return mark_safe(text)  # noqa: S308  # a date of ours and digits


@register.filter
def said(text: str) -> SafeString | str:
    """A text of the policy in the reader's language, marked as French where it stays French."""
    spoken = gettext(text)
    if spoken == text and not (translation.get_language() or "fr").startswith("fr"):
        return format_html('<span lang="fr">{}</span>', text)
    return spoken


@register.filter
def after_a_colon(text: str) -> str:
    """« Si vous refusez : l’apparence… »: a sentence that goes on, without its capital."""
    return text if text.startswith("<") else text[:1].lower() + text[1:]


@register.filter
def groups_of_three(number: str) -> str:
    """« 984 647 552 », with no-break spaces."""
    return "\u00a0".join(number[i : i + 3] for i in range(0, len(number), 3))


@register.filter
def quoted(text: str) -> str:
    """A sentence of the notice outside it: no Markdown left, French spaces."""
    return words.french_spaces(re.sub(r"\[(.+?)\]\(.+?\)", r"\1", text))


@register.filter
def split_words(text: str) -> list[str]:
    return text.split()


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a distribution; ``share`` is of the largest, in per cent."""

    label: str
    value: int
    share: float


@register.inclusion_tag("components/bars.html")
def bars(title: str, pairs: Iterable[tuple[Any, int]]) -> dict[str, object]:
    """A distribution drawn: pairs of a label and a count."""
    counted = [(str(label), int(value)) for label, value in pairs]
    largest = max((value for _, value in counted), default=0) or 1
    drawn = [Bar(label, value, round(100 * value / largest, 1)) for label, value in counted]
    return {"title": title, "bars": drawn}
