"""How the back office says values: dates in full, numbers with thin spaces, gaps as a dash."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import template
from django.utils.formats import date_format
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
            return date_format(value.astimezone(PARIS), "j F Y, H:i")
        case date():
            return date_format(value, "j F Y")
        case int():
            return f"{value:,}".replace(",", "\u202f")
    return value


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
