"""The engine's own tables."""

from clairevoie.privacy.models.choices import (
    Acknowledgement,
    Consent,
    ConsentCoverage,
    ConsentProof,
    ConsentText,
    Objection,
)
from clairevoie.privacy.models.evidence import (
    Effect,
    Execution,
    LedgerEntry,
    Tombstone,
)
from clairevoie.privacy.models.incidents import Incident
from clairevoie.privacy.models.recipients import Disclosure, RecipientStop
from clairevoie.privacy.models.rights import ExpiryNotice, ExportPack
from clairevoie.privacy.models.safeguards import (
    LegalHold,
    Restriction,
    Suspension,
    SuspensionMark,
)
from clairevoie.privacy.models.subjects import (
    ContactPoint,
    DataSubject,
    FormerNumber,
    PersonalQuerySet,
    PersonalRecord,
)

__all__ = [
    "Acknowledgement",
    "Consent",
    "ConsentCoverage",
    "ConsentProof",
    "ConsentText",
    "ContactPoint",
    "DataSubject",
    "Disclosure",
    "Effect",
    "Execution",
    "ExpiryNotice",
    "ExportPack",
    "FormerNumber",
    "Incident",
    "LedgerEntry",
    "LegalHold",
    "Objection",
    "PersonalQuerySet",
    "PersonalRecord",
    "RecipientStop",
    "Restriction",
    "Suspension",
    "SuspensionMark",
    "Tombstone",
]
