"""The engine: whose data it is, what may be done with it, when it leaves, and the proof.

One door for everything above it: ``from clairevoie import privacy``. The engine knows no
app: it walks the declarations that apps make in their ``privacy.py``. Names resolve on first
use, because Django imports this package before any model can exist.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from clairevoie.privacy import (
        daily,
        ledger,
        outbox,
        proofs,
        recipients,
        rekeying,
        reminders,
        retention,
        scope,
        triggers,
        wordings,
    )
    from clairevoie.privacy.choices import (
        UnknownActivity,
        acknowledge,
        activity_named,
        give_consent,
        give_consents,
        lift_objection,
        object_to,
        undone_by_objection,
        withdraw_consent,
        withdraw_consents,
    )
    from clairevoie.privacy.contributions import Contribution, contribute
    from clairevoie.privacy.declarations import Impersonal, Personal, Unlinked, declare
    from clairevoie.privacy.erasure import CannotErase, Erasure, erase, erase_many
    from clairevoie.privacy.exporting import SubjectErased, export, make_pack
    from clairevoie.privacy.gate import Decision, may, permitted
    from clairevoie.privacy.gathering import Category, KeptCategory, gather, kept_until
    from clairevoie.privacy.incidents import report_unauthorised_use
    from clairevoie.privacy.models import (
        ContactPoint,
        DataSubject,
        ExpiryNotice,
        ExportPack,
        PersonalQuerySet,
        PersonalRecord,
        Suspension,
    )
    from clairevoie.privacy.recipients import disclose, disclose_many, tell_of_rectification
    from clairevoie.privacy.safeguards import (
        AlreadyAnnounced,
        NotRestricted,
        announce_release,
        hold,
        release,
        release_hold,
        restrict,
    )
    from clairevoie.privacy.subjects import (
        TwoAccounts,
        close,
        find,
        find_all,
        forget_contact,
        known_by,
        merge,
        note_contact,
        numbered,
        owner_of,
        owners_of,
        record_contact,
        record_use,
        register_subject,
        verify_contact,
    )
    from clairevoie.privacy.suspension import (
        AlreadySuspended,
        NoReason,
        NotSuspended,
        contact_is_barred,
        lift_suspension,
        suspend,
    )
    from clairevoie.privacy.waiving import give_up_proofs, proofs_of

_WHERE = {
    "choices": (
        "UnknownActivity",
        "acknowledge",
        "activity_named",
        "give_consent",
        "give_consents",
        "lift_objection",
        "object_to",
        "undone_by_objection",
        "withdraw_consent",
        "withdraw_consents",
    ),
    "contributions": ("Contribution", "contribute"),
    "declarations": ("Impersonal", "Personal", "Unlinked", "declare"),
    "erasure": ("CannotErase", "Erasure", "erase", "erase_many"),
    # Not a module named «export»: importing it would hide the function of the same name.
    "exporting": ("SubjectErased", "export", "make_pack"),
    "gate": ("Decision", "may", "permitted"),
    "gathering": ("Category", "KeptCategory", "gather", "kept_until"),
    "incidents": ("report_unauthorised_use",),
    "models": (
        "ContactPoint",
        "DataSubject",
        "ExpiryNotice",
        "ExportPack",
        "PersonalQuerySet",
        "PersonalRecord",
        "Suspension",
    ),
    "recipients": ("disclose", "disclose_many", "tell_of_rectification"),
    "safeguards": (
        "AlreadyAnnounced",
        "NotRestricted",
        "announce_release",
        "hold",
        "release",
        "release_hold",
        "restrict",
    ),
    "subjects": (
        "TwoAccounts",
        "close",
        "find",
        "find_all",
        "forget_contact",
        "known_by",
        "merge",
        "note_contact",
        "owner_of",
        "owners_of",
        "numbered",
        "record_contact",
        "record_use",
        "register_subject",
        "verify_contact",
    ),
    "suspension": (
        "AlreadySuspended",
        "NoReason",
        "NotSuspended",
        "contact_is_barred",
        "lift_suspension",
        "suspend",
    ),
    "waiving": ("give_up_proofs", "proofs_of"),
}
_MODULES = (
    "daily",
    "ledger",
    "outbox",
    "proofs",
    "recipients",
    "rekeying",
    "reminders",
    "retention",
    "scope",
    "triggers",
    "wordings",
)
_HOME = {name: module for module, names in _WHERE.items() for name in names}

__all__ = [  # noqa: PLE0604  # the same names as above, kept in one place
    *_HOME,
    *_MODULES,
]


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return import_module(f"{__name__}.{name}")
    if name in _HOME:
        found = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
        globals()[name] = found  # the next use asks nobody
        return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
