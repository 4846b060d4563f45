"""The policy's values in words: durations, clocks, legal bases, roles, countries.

The policy speaks French and its texts stay as published; what is *computed* from it is
worded here, so that it follows the reader's language.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from clairevoie.lib.duration import Duration
from clairevoie.policy import Basis, Clock, RetentionRule, Role

BASES: Mapping[Basis, Lazy] = {
    Basis.CONSENT: _("votre consentement, que vous pouvez retirer à tout moment"),
    Basis.CONTRACT: _("le contrat qui nous lie, ou sa préparation à votre demande"),
    Basis.LEGAL_OBLIGATION: _("une obligation légale"),
    Basis.VITAL_INTEREST: _("la sauvegarde d’intérêts vitaux"),
    Basis.LEGITIMATE_INTEREST: _("notre intérêt légitime, auquel vous pouvez vous opposer"),
}

ROLES: Mapping[Role, Lazy] = {
    Role.PROCESSOR: _("sous-traitant"),
    Role.JOINT: _("responsable conjoint"),
    Role.INDEPENDENT: _("responsable indépendant"),
}

_CLOCKS: Mapping[Clock, Lazy] = {
    Clock.LAST_USE: _("après votre dernière utilisation"),
    Clock.LAST_CONTACT: _("après le dernier contact venant de vous"),
    Clock.SUSPENSION: _("à compter de la suspension"),
    Clock.CLOSURE: _("à la fermeture du compte"),
    Clock.LAST_PURPOSE: _("avec la dernière copie qu’une autre règle garde"),
}

_COLUMNS: Mapping[str, Lazy] = {
    "answered_on": _("à compter de la réponse"),
    "archived_on": _("à compter de l’archivage"),
    "checked_on": _("après la vérification"),
    "chosen_on": _("à compter du choix"),
    "closed_on": _("à compter de la clôture"),
    "collected_on": _("à compter de la collecte"),
    "computed_on": _("à compter du calcul"),
    "disclosed_on": _("à compter de la divulgation"),
    "ended_on": _("après la fin"),
    "expire_date": _("à l’expiration de la session"),
    "expires_on": _("à l’expiration du lien"),
    "financial_year_end": _("à compter de la clôture de l’exercice"),
    "happened_at": _("à compter de l’événement"),
    "issued_on": _("à compter de la délivrance"),
    "last_act_on": _("après votre dernier geste volontaire"),
    "last_day": _("après le dernier jour annoncé"),
    "last_message_on": _("après le dernier message"),
    "performance_end": _("après la fin du contrat"),
    "published_on": _("à compter de la publication"),
    "reviewed_on": _("à compter de la dernière revue"),
    "saved_on": _("à compter de l’enregistrement"),
    "sent_on": _("à compter de l’envoi"),
    "suspended_on": _("à compter de la suspension"),
}

COUNTRIES: Mapping[str, Lazy] = {
    "DE": _("Allemagne"),
    "FR": _("France"),
    "IE": _("Irlande"),
    "US": _("États-Unis"),
}

CATEGORIES: Mapping[str, Lazy] = {
    "necessary": _("strictement nécessaire"),
    "audience": _("mesure d’audience"),
    "preferences": _("préférences"),
    "social": _("réseaux sociaux"),
    "advertising": _("publicité"),
}


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
        (years, ngettext("%(n)d an", "%(n)d ans", years)),
        (months, ngettext("%(n)d mois", "%(n)d mois", months)),
        (span.days, ngettext("%(n)d jour", "%(n)d jours", span.days)),
    ]
    return " ".join(text % {"n": n} for n, text in parts if n) or gettext("aussitôt")


def clock(rule: RetentionRule) -> str:
    """From when the rule counts."""
    if rule.clock is not Clock.RECORD:
        return str(_CLOCKS[rule.clock])
    return str(_COLUMNS.get(rule.column or "", _("à compter de la date de l’enregistrement")))


def kept(rule: RetentionRule) -> str:
    """The whole rule: « 5 ans après votre dernière utilisation »."""
    if rule.duration is None:
        return clock(rule)
    if rule.duration == Duration():
        return gettext("supprimé %(clock)s") % {"clock": clock(rule)}
    return gettext("%(duration)s %(clock)s") % {
        "duration": duration(rule.duration),
        "clock": clock(rule),
    }


def country(code: str) -> str:
    """A country's name, or its code where the policy names one we do not know yet."""
    return str(COUNTRIES.get(code, code))
