"""The register of processing activities (GDPR art. 30), as the CNIL's model lays it out.

Made of the policy alone, in French, the language of the authority that may ask for it; who
calls may add the tables that really hold each activity's data.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from clairevoie.lib.duration import Duration
from clairevoie.lib.typography import french_spaces
from clairevoie.policy.model import (
    Activity,
    Basis,
    Ending,
    Officer,
    Policy,
    RetentionRule,
    Role,
)

BASES: Mapping[Basis, str] = {
    Basis.CONSENT: "consentement",
    Basis.CONTRACT: "contrat",
    Basis.LEGAL_OBLIGATION: "obligation légale",
    Basis.VITAL_INTEREST: "intérêts vitaux",
    Basis.LEGITIMATE_INTEREST: "intérêt légitime",
}
ROLES: Mapping[Role, str] = {
    Role.PROCESSOR: "sous-traitant",
    Role.JOINT: "responsable conjoint",
    Role.INDEPENDENT: "responsable indépendant",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a sheet: a code for machines, a title for people, what is registered."""

    code: str
    title: str
    values: tuple[str, ...]

    @property
    def spaced(self) -> tuple[str, ...]:
        """The values as they are printed."""
        return tuple(map(french_spaces, self.values))


@dataclass(frozen=True, slots=True)
class Sheet:
    """The organisation, or one activity."""

    code: str
    title: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Register:
    """First the organisation, then one sheet an activity."""

    cover: Sheet
    activities: tuple[Sheet, ...]


def register(policy: Policy, *, on: date, tables: Mapping[str, tuple[str, ...]]) -> Register:
    """The register as it stands on ``on``; ``tables`` by code of activity."""
    sheets = tuple(
        _sheet(policy, number, activity, tables.get(activity.code, ()))
        for number, activity in enumerate(policy.activities.values(), start=1)
    )
    return Register(_cover(policy, on), sheets)


def _cover(policy: Policy, on: date) -> Sheet:
    who = policy.organisation
    version = policy.version_in_force(on)
    lines: tuple[tuple[str, str, str], ...] = (
        ("name", "Organisme", f"{who.name}, {who.legal_form} au capital de {who.capital}"),
        ("address", "Adresse", f"{who.street}, {who.postcode} {who.town}"),
        ("siren", "SIREN", f"{who.siren} (RCS {who.rcs})"),
        ("director", "Responsable", who.director or "non renseigné"),
        ("email", "Adresse électronique", who.contact_email),
        ("representative", "Représentant dans l’Union", "sans objet : établi en France"),
        ("officer", "Délégué à la protection des données", _officer(who.officer)),
        ("notice", "Notice en vigueur", f"n° {version.number} du {_day(version.published_on)}"),
        ("digest", "Empreinte de la politique", policy.digest),
        ("made-on", "Registre établi le", _day(on)),
    )
    entries = tuple(Entry(code, title, (value,)) for code, title, value in lines)
    titles = tuple(activity.title for activity in policy.activities.values())
    return Sheet("organisation", "Organisme", (*entries, Entry("activities", "Activités", titles)))


def _officer(officer: Officer) -> str:
    if not officer.name:
        return f"référent données, {officer.email}"
    return f"{officer.name} (CNIL {officer.cnil_number}), {officer.email}"


def _sheet(policy: Policy, number: int, activity: Activity, tables: tuple[str, ...]) -> Sheet:
    rules = [policy.retention[code] for code in activity.retention]
    balancing = (activity.balancing,) if activity.balancing else ()
    entries = (
        Entry("number", "Numéro", (f"T-{number:02}",)),
        Entry("state", "État", ("prévue" if activity.planned else "en service",)),
        Entry("created-on", "Créée le", (_day(activity.created_on),)),
        Entry("updated-on", "Mise à jour le", (_day(activity.updated_on),)),
        Entry("joint-controllers", "Responsables conjoints", activity.joint_controllers),
        Entry("software", "Logiciels", activity.software),
        Entry("purposes", "Finalités", activity.purposes),
        Entry("basis", "Base légale", (BASES[activity.basis], activity.basis_detail)),
        Entry("balancing", "Mise en balance des intérêts", balancing),
        Entry("subjects", "Personnes concernées", activity.subjects),
        Entry("data", "Catégories de données", activity.data),
        Entry("sensitive", "Données sensibles", ("oui" if activity.sensitive else "non",)),
        Entry("sources", "Origine des données", activity.sources),
        Entry("retention", "Durées de conservation", tuple(map(in_words, rules))),
        Entry("internal", "Destinataires internes", activity.internal),
        Entry("recipients", "Autres destinataires", _recipients(policy, activity)),
        Entry("transfers", "Transferts hors de l’Union européenne", activity.transfers),
        Entry("security", "Mesures de sécurité", activity.security),
        Entry("minimisation", "Minimisation", (activity.minimisation,)),
        Entry("impact", "Analyse d’impact", (activity.impact,)),
        Entry("promises", "Promesses de la notice", _promises(policy, activity)),
        Entry("gaps", "Lacunes relevées", activity.gaps),
        Entry("tables", "Tables", tables),
    )
    return Sheet(activity.code, activity.title, entries)


def _recipients(policy: Policy, activity: Activity) -> tuple[str, ...]:
    """Those who may receive data; an inactive one receives none today."""
    found = (policy.recipients[code] for code in activity.recipients)
    return tuple(
        f"{each.name} ({ROLES[each.role]}, {', '.join(each.countries_stored)}"
        f"{'' if each.active else ', inactif'})"
        for each in found
    )


def _promises(policy: Policy, activity: Activity) -> tuple[str, ...]:
    found = (policy.promises[code] for code in activity.promises)
    return tuple(f"{each.code} (lignes {each.lines})" for each in found)


def in_words(rule: RetentionRule) -> str:
    """« Factures et paiements : 10 ans après la clôture de l’exercice, puis effacement »."""
    end = "masquage au personnel" if rule.then is Ending.DORMANT else "effacement"
    after = f"après {rule.counted_from}"
    if rule.duration is None:
        return f"{rule.title} : jusqu’à {rule.counted_from}, puis {end}"
    if rule.duration == Duration():
        return f"{rule.title} : {end} dès {rule.counted_from}"
    archive = ", dont une partie en archive intermédiaire" if rule.archive_column else ""
    return f"{rule.title} : {_span(rule.duration)} {after}{archive}, puis {end}"


def _span(duration: Duration) -> str:
    """« 5 ans », « 25 mois », « 1 an », « 30 jours »."""
    years, months = divmod(duration.months, 12)
    if months:
        years, months = 0, duration.months
    parts = (
        f"{years} an{'s' * (years > 1)}" if years else "",
        f"{months} mois" if months else "",
        f"{duration.days} jour{'s' * (duration.days > 1)}" if duration.days else "",
    )
    return " ".join(filter(None, parts))


def _day(day: date) -> str:
    return day.strftime("%d/%m/%Y")
