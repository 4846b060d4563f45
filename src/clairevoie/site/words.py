"""The policy's values in words: durations, clocks, legal bases, roles, countries.

The policy speaks French and its texts stay as published; what is *computed* from it is
worded here, so that it follows the reader's language.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from clairevoie.lib.duration import Duration
from clairevoie.policy import Basis, Ending, RetentionRule, Role

BASES: Mapping[Basis, Lazy] = {
    Basis.CONSENT: _("votre consentement, que vous pouvez retirer à tout moment"),
    Basis.CONTRACT: _("le contrat qui nous lie, ou sa préparation à votre demande"),
    Basis.LEGAL_OBLIGATION: _("une obligation légale"),
    Basis.VITAL_INTEREST: _("la sauvegarde d’intérêts vitaux"),
    Basis.LEGITIMATE_INTEREST: _("notre intérêt légitime, auquel vous pouvez vous opposer"),
}

BASIS_NAMES: Mapping[Basis, Lazy] = {
    Basis.CONSENT: _("consentement"),
    Basis.CONTRACT: _("contrat"),
    Basis.LEGAL_OBLIGATION: _("obligation légale"),
    Basis.VITAL_INTEREST: _("intérêts vitaux"),
    Basis.LEGITIMATE_INTEREST: _("intérêt légitime"),
}

ROLES: Mapping[Role, Lazy] = {
    Role.PROCESSOR: _("sous-traitant"),
    Role.JOINT: _("responsable conjoint"),
    Role.INDEPENDENT: _("responsable indépendant"),
}

COUNTRIES: Mapping[str, Lazy] = {
    "BE": _("Belgique"),
    "DE": _("Allemagne"),
    "FR": _("France"),
    "IE": _("Irlande"),
    "US": _("États-Unis"),
}

CATEGORIES: Mapping[str, Lazy] = {
    "necessary": _("strictement nécessaire"),
    "audience-exempt": _("mesure d’audience exemptée d’accord"),
    "audience": _("mesure d’audience"),
    "preferences": _("préférences"),
    "social": _("réseaux sociaux"),
    "advertising": _("publicité"),
}


def french_spaces(text: str) -> str:
    """The same words, with the no-break spaces that French punctuation wants."""
    text = re.sub(r"« ?", "«\u00a0", text)
    text = re.sub(r" ?»", "\u00a0»", text)
    return re.sub(r" ([;!?])", "\u202f\\1", re.sub(r" ([:€])", "\u00a0\\1", text))


def duration(span: Duration | None) -> str:
    """``P5Y`` → « 5 ans », ``P13M`` → « 13 mois », ``P0D`` → « aussitôt »."""
    if span is None:
        return gettext("sans durée propre")
    years, months = divmod(span.months, 12)
    if years == 1 and not months:
        years, months = 0, 12
    elif years and months:  # « 25 mois » is what the texts say, not « 2 ans 1 mois »
        years, months = 0, span.months
    parts = [
        (years, ngettext("%(n)d an", "%(n)d ans", years)),
        (months, ngettext("%(n)d mois", "%(n)d mois", months)),
        (span.days, ngettext("%(n)d jour", "%(n)d jours", span.days)),
    ]
    return " ".join(text % {"n": n} for n, text in parts if n) or gettext("aussitôt")


def clock(rule: RetentionRule) -> str:
    """From when the rule counts, in the policy's words."""
    return gettext(rule.counted_from)


def kept(rule: RetentionRule) -> str:
    """The whole rule: « 5 ans après la dernière utilisation de la plateforme »."""
    if rule.duration is None:
        return gettext("jusqu’à %(clock)s") % {"clock": clock(rule)}
    if rule.duration == Duration():
        return gettext("supprimé dès %(clock)s") % {"clock": clock(rule)}
    if rule.then is Ending.DORMANT:
        text = gettext("masqué au personnel %(duration)s après %(clock)s")
    else:
        text = gettext("%(duration)s après %(clock)s")
    return text % {"duration": duration(rule.duration), "clock": clock(rule)}


def country(code: str) -> str:
    """A country's name, or its code where the policy names one we do not know yet."""
    return str(COUNTRIES.get(code, code))
