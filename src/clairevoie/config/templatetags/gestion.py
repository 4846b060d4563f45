"""How the back office says values: dates in full, numbers with thin spaces, gaps as a dash."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import template
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from clairevoie.lib.calendar import PARIS
from clairevoie.policy import Basis

register = template.Library()


@register.filter
def said(value: Any) -> Any:
    """A value as people read it."""
    match value:
        case None | "":
            return "–"
        case bool():
            return _("oui") if value else _("non")
        case datetime():
            return _day(value.astimezone(PARIS), ", H:i")
        case date():
            return _day(value)
        case int():
            return f"{value:,}".replace(",", "\u202f")
    return value


def _day(value: date, time: str = "") -> SafeString:
    """« 1er mars 2027 » in French, on one line."""
    words = date_format(value, f"j F Y{time}")
    if value.day == 1 and (get_language() or "fr").startswith("fr"):
        words = f"1er{words[1:]}"
    return format_html('<span class="g-day-cell">{}</span>', words)


@register.filter
def is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


@register.filter
def plain(value: float) -> str:
    """A number for SVG: with a point, whatever the language."""
    return f"{value:.1f}"


@register.filter
def basis_said(basis: Basis) -> str:
    """A legal basis of GDPR art. 6(1)."""
    return {
        Basis.CONSENT: _("consentement"),
        Basis.CONTRACT: _("contrat"),
        Basis.LEGAL_OBLIGATION: _("obligation légale"),
        Basis.VITAL_INTEREST: _("intérêts vitaux"),
        Basis.LEGITIMATE_INTEREST: _("intérêt légitime"),
    }[basis]


@register.filter
def printed(text: str) -> SafeString | str:
    """A text of the policy in the reader's language, marked as French where it stays French."""
    spoken = _(text)
    if spoken == text and not (get_language() or "fr").startswith("fr"):
        return format_html('<span lang="fr">{}</span>', text)
    return spoken
