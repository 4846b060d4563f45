"""What people agree to, object to and read: each act is a new row, nothing is ever changed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
from datetime import datetime
from typing import Protocol
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from clairevoie import policy
from clairevoie.lib.many import insert_many
from clairevoie.privacy import ledger
from clairevoie.privacy.models import (
    Acknowledgement,
    Consent,
    ConsentText,
    DataSubject,
    Objection,
)
from clairevoie.privacy.wordings import wording

Undo = Callable[[DataSubject], object]
_undone: dict[str, list[Undo]] = {}


class UnknownActivity(LookupError):
    """Cette activité n’est pas au registre des traitements."""


def activity_named(code: str) -> policy.Activity:
    """The register's entry. Raises :class:`UnknownActivity`."""
    try:
        return policy.current().activities[code]
    except KeyError:
        raise UnknownActivity(code) from None


def give_consent(
    subject: DataSubject,
    *,
    activity: str,
    text: str,
    source: str,
    at: datetime,
    language: str = "fr",
) -> Consent:
    """The person agrees to ``activity``, having read exactly ``text`` (GDPR art. 7).

    It is their last word: an objection of theirs to the same activity is lifted.
    """
    entry = activity_named(activity)
    with transaction.atomic():
        version = wording(entry, text=text, language=language, at=at)
        if _objects(subject, activity):
            lift_objection(subject, activity=activity, source=source, at=at)
        return _consent(
            subject, activity=activity, version=version, source=source, at=at, given=True
        )


class Numbered(Protocol):
    """A person by both numbers: a :class:`DataSubject`, or as much of one."""

    @property
    def pk(self) -> int: ...
    @property
    def uuid(self) -> UUID: ...


def give_consents(
    subjects: Collection[Numbered],
    *,
    activity: str,
    text: str,
    source: str,
    at: datetime,
    recorded_at: datetime,
    language: str = "fr",
) -> None:
    """The same words, agreed to by many people against whom nothing is known: one INSERT.

    For proofs that come in a file: people agreed ``at``, the journal learns ``recorded_at``, in
    one line whose hash stands for them all (C.6). The caller has put aside whoever ever said no:
    this lifts nothing.
    """
    if not subjects:
        return
    with transaction.atomic():
        version = wording(activity_named(activity), text=text, language=language, at=at)
        same = {
            "activity": activity,
            "given": True,
            "wording": version,
            "text": version.text,
            "text_hash": version.text_hash,
            "fingerprint": version.fingerprint,
            "at": at,
            "source": source,
            "policy_hash": policy.current().digest,
        }
        rows = [(subject.pk,) for subject in subjects]
        insert_many(Consent, same=same, varying=("subject",), rows=rows)
        facts = {
            "activity": activity,
            "text": version.text_hash,
            "fingerprint": version.fingerprint,
            "count": len(subjects),
            "sha256": _hash_of_all(subjects),
        }
        ledger.append(executor="consent.give", at=recorded_at, facts=facts)


def _hash_of_all(subjects: Collection[Numbered]) -> str:
    names = "\n".join(sorted(str(subject.uuid) for subject in subjects))
    return hashlib.sha256(names.encode()).hexdigest()


def withdraw_consents(
    subjects: Collection[DataSubject], *, activity: str, source: str, at: datetime
) -> int:
    """The end of many consents at once, such as that of a term: a fixed number of statements.

    Those who have none are left alone; returns how many had one.
    """
    with transaction.atomic():
        acts = Consent.including_restricted.filter(activity=activity, subject__in=subjects)
        last = acts.order_by().values("subject").annotate(last=Max("id")).values("last")
        live = acts.filter(pk__in=last, given=True).select_related("wording", "subject")
        ends = [
            _row(
                consent.subject,
                activity=activity,
                version=_version_of(consent, at=at),
                source=source,
                at=at,
                given=False,
            )
            for consent in live
        ]
        Consent.including_restricted.bulk_create(ends)
        ledger.append_many(_line(row, row.subject, at=at) for row in ends)
    return len(ends)


def withdraw_consent(
    subject: DataSubject, *, activity: str, source: str, at: datetime
) -> Consent | None:
    """The person takes a consent back; effective at once. Nothing to take back: None."""
    last = _last_consent(subject, activity)
    if last is None or not last.given:
        return None
    with transaction.atomic():
        version = _version_of(last, at=at)
        return _consent(
            subject, activity=activity, version=version, source=source, at=at, given=False
        )


def _version_of(consent: Consent, *, at: datetime) -> ConsentText:
    """A consent from before texts were kept names none: its words become a version now."""
    return consent.wording or wording(
        activity_named(consent.activity), text=consent.text, language="fr", at=at
    )


def _last_consent(subject: DataSubject, activity: str) -> Consent | None:
    rows = Consent.including_restricted.filter(subject=subject, activity=activity)
    found: Consent | None = rows.select_related("wording").order_by("id").last()
    return found


def _objects(subject: DataSubject, activity: str) -> bool:
    acts = Objection.including_restricted.filter(subject=subject, activity=activity)
    return bool(acts.order_by("-id").values_list("raised", flat=True).first())


def _consent(
    subject: DataSubject,
    *,
    activity: str,
    version: ConsentText,
    source: str,
    at: datetime,
    given: bool,
) -> Consent:
    """One row and one line of the ledger; what is withdrawn is what was read when giving."""
    with transaction.atomic():
        consent = _row(
            subject, activity=activity, version=version, source=source, at=at, given=given
        )
        consent.save(force_insert=True)
        ledger.append_many([_line(consent, subject, at=at)])
    return consent


def _row(
    subject: DataSubject,
    *,
    activity: str,
    version: ConsentText,
    source: str,
    at: datetime,
    given: bool,
) -> Consent:
    return Consent(
        subject=subject,
        activity=activity,
        given=given,
        wording=version,
        text=version.text,
        text_hash=version.text_hash,
        fingerprint=version.fingerprint,
        at=at,
        source=source,
        policy_hash=policy.current().digest,
    )


def _line(consent: Consent, subject: DataSubject, *, at: datetime) -> ledger.Line:
    return ledger.Line(
        executor="consent.give" if consent.given else "consent.withdraw",
        at=at,
        subject=subject.uuid,
        facts={
            "activity": consent.activity,
            "text": consent.text_hash,
            "fingerprint": consent.fingerprint,
        },
    )


def object_to(subject: DataSubject, *, activity: str, source: str, at: datetime) -> Objection:
    """The person objects to ``activity`` (GDPR art. 21); effective at once."""
    return _objection(subject, activity=activity, source=source, at=at, raised=True)


def undone_by_objection(activity: str) -> Callable[[Undo], Undo]:
    """Have ``function(subject)`` undo at once what ``activity`` derived of a person who objects.

    It runs in the transaction of the objection, whatever the door the person came through.
    """

    def register(function: Undo) -> Undo:
        _undone.setdefault(activity, []).append(function)
        return function

    return register


def lift_objection(subject: DataSubject, *, activity: str, source: str, at: datetime) -> Objection:
    """The person allows ``activity`` again."""
    return _objection(subject, activity=activity, source=source, at=at, raised=False)


def _objection(
    subject: DataSubject, *, activity: str, source: str, at: datetime, raised: bool
) -> Objection:
    activity_named(activity)
    with transaction.atomic():
        objection: Objection = Objection.including_restricted.create(
            subject=subject,
            activity=activity,
            raised=raised,
            at=at,
            source=source,
            policy_hash=policy.current().digest,
        )
        ledger.append(
            executor="objection.raise" if raised else "objection.lift",
            at=at,
            subject=subject.uuid,
            facts={"activity": activity},
        )
        for undo in _undone.get(activity, ()) if raised else ():
            undo(subject)
    return objection


def acknowledge(
    subject: DataSubject, *, document: str, version: str, at: datetime
) -> Acknowledgement:
    """The person read the terms or the notice. Never creates a consent (P-006)."""
    row: Acknowledgement = Acknowledgement.including_restricted.create(
        subject=subject,
        document=document,
        version=version,
        at=at,
        policy_hash=policy.current().digest,
    )
    return row
