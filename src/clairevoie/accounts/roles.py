"""Who may do what: role × permission, and role × category × state of a person (P-003).

Deny by default: what is not granted here is refused. The tables are frozen; a test walks every
role against every page of the back office.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    """One role a person; everything not granted to it is refused (P-003)."""

    LEARNER = "learner", _("apprenant")
    TRAINER = "trainer", _("formateur")
    ADVISOR = "advisor", _("conseiller")
    ACCOUNTANT = "accountant", _("comptable")
    ADMINISTRATOR = "administrator", _("administrateur")
    ARCHIVIST = "archivist", _("archiviste")
    DPO = "dpo", _("délégué à la protection des données")


_NOBODY: frozenset[str] = frozenset()
_PERSONS = frozenset({"privacy.view_datasubject"})
_SAFEGUARDS = frozenset(
    {
        "privacy.view_suspension",
        "privacy.view_restriction",
        "privacy.view_legalhold",
        "privacy.restrict",
        "privacy.release",
        "privacy.hold",
        "privacy.release_hold",
    }
)
_ACCOUNTABILITY = frozenset(
    {
        "privacy.view_incident",
        "privacy.handle_incident",
        "privacy.view_ledgerentry",
        "privacy.verify_ledger",
        "privacy.view_retention",
        "privacy.view_policy",
        "privacy.view_consenttext",
        "consent.view_trackerchoice",
    }
)
_SURVEYS = frozenset({"surveys.view_survey", "surveys.open", "surveys.invite"})
_AUDIENCE = frozenset({"audience.view_count"})
_LETTERS = frozenset(
    {"newsletter.view_campaign", "newsletter.view_topic", "newsletter.view_import"}
)
_EDITING = frozenset(
    {"newsletter.write", "newsletter.send", "newsletter.arrange", "newsletter.bring"}
)
_TEACHING = frozenset(
    {"learning.view_parcours", "learning.view_edition", "learning.publish", "learning.bring"}
    | {"learning.view_package"}
)
# Who follows what, and who asks to; never how far they are (P-024).
_ENROLLING = frozenset(
    {
        "learning.view_cohort",
        "learning.view_enrolment",
        "learning.view_candidacy",
        "learning.enrol",
    }
)
# Each trainer, the learners of the cohorts they teach: no role sees those of others (P-024).
_FOLLOWING = frozenset({"learning.follow", "learning.correct"})
# Whoever answers people may see to it that nothing more is sent to them (P-058).
_REFUSALS = frozenset({"messaging.view_suppression"})
# What is older is for whoever keeps the archive, who says why (P-093).
_PROOFS = frozenset(
    {"credentials.view_credential", "credentials.duplicate", "credentials.reissue"}
)
_HOUSE = frozenset({"site.view_components"})

GRANTS: Mapping[Role, frozenset[str]] = MappingProxyType(
    {
        Role.LEARNER: _NOBODY,
        Role.TRAINER: _HOUSE | _SURVEYS | _TEACHING | _FOLLOWING,
        Role.ADVISOR: _HOUSE | _PERSONS | _REFUSALS | _ENROLLING,
        Role.ACCOUNTANT: _HOUSE | {"privacy.view_policy"},
        Role.ARCHIVIST: _HOUSE | _PROOFS | {"credentials.read_archive"},
        # Suspending is an administrator's decision alone (P-082); erasing is the DPO's.
        Role.ADMINISTRATOR: _HOUSE
        | _PERSONS
        | _SAFEGUARDS
        | _ACCOUNTABILITY
        | _AUDIENCE
        | _SURVEYS
        | _TEACHING
        | _ENROLLING
        | _LETTERS
        | _EDITING
        | _REFUSALS
        | _PROOFS
        | {"credentials.revoke"}
        | {"surveys.view_answer", "surveys.moderate"}
        | {"learning.view_rating", "learning.moderate", "learning.gather"}
        | {"messaging.view_message", "messaging.view_mailing", "messaging.steer_mailing"}
        | {"privacy.suspend", "privacy.lift_suspension"}
        | {"accounts.appoint", "privacy.switch_recipient"},
        Role.DPO: _HOUSE
        | _PERSONS
        | _SAFEGUARDS
        | _ACCOUNTABILITY
        | _AUDIENCE
        | _LETTERS
        | _REFUSALS
        | {"messaging.review_suppressions"}
        | {"surveys.view_survey", "surveys.view_answer", "learning.view_rating"}
        | {"messaging.view_message", "messaging.view_mailing"}
        | {"privacy.export", "privacy.erase"}
        | {"privacy.view_consent"}
        | {"privacy.switch_recipient"},
    }
)


class Category(StrEnum):
    """What a staff member may read about a person, by kind."""

    IDENTITY = "identity"  # names, pseudo, e-mail
    PHONE = "phone"
    PROFILE = "profile"  # postal address, role, language
    CLOCKS = "clocks"  # dates, terms, what is kept
    SECURITY = "security"  # sessions: a full IP is for the security role alone (P-021)


class State(StrEnum):
    """The state of a person's data that changes who may read them; the strictest wins."""

    ACTIVE = "active"
    DORMANT = "dormant"  # two years without use: hidden but for the identity (F-25)
    RESTRICTED = "restricted"  # GDPR art. 18: stored, and nothing else


_NOTHING: frozenset[Category] = frozenset()
_WHO = frozenset({Category.IDENTITY})
_WHO_AND_UNTIL_WHEN = _WHO | {Category.CLOCKS}

READS: Mapping[tuple[Role, State], frozenset[Category]] = MappingProxyType(
    {
        (Role.ADVISOR, State.ACTIVE): _WHO_AND_UNTIL_WHEN,
        (Role.ADVISOR, State.DORMANT): _WHO,
        (Role.ADMINISTRATOR, State.ACTIVE): frozenset(Category),
        (Role.ADMINISTRATOR, State.DORMANT): _WHO,
        (Role.DPO, State.ACTIVE): _WHO_AND_UNTIL_WHEN | {Category.PHONE, Category.PROFILE},
        (Role.DPO, State.DORMANT): _WHO,
    }
)


def permissions_of(role: str) -> frozenset[str]:
    """Every permission of ``role``; none for a role that does not exist."""
    return GRANTS[Role(role)] if role in Role.values else _NOBODY


def readable(role: str, state: State) -> frozenset[Category]:
    """What ``role`` may read about a person in ``state``; nothing unless granted."""
    return READS.get((Role(role), state), _NOTHING) if role in Role.values else _NOTHING
