"""Who must not be written to, remembered without keeping who they are (GDPR art. 21(3)).

A keyed hash a contact and a purpose: with an address in hand one can ask whether it is there;
from the table nobody can tell whose it is, nor that two rows are the same person's. Read at the
moment of sending and by imports; lifted only by a new double opt-in of the person.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime
from itertools import islice

from django.db import transaction

from clairevoie import policy, privacy
from clairevoie.lib import peppers
from clairevoie.lib.calendar import last_lawful_day, paris_date
from clairevoie.lib.contact import strict_key, without_tag
from clairevoie.messaging.models import Suppression
from clairevoie.privacy.models import DataSubject

Contact = tuple[str, str]  # kind, address or number

EVERYTHING = "everything"  # all that can be stopped, of today and later
UNREACHABLE = "unreachable"  # the mailbox no longer exists: only security and contract are tried
RULE = "suppression"
_BATCH = 1_000


class CannotBeStopped(ValueError):
    """Ces messages ne s’arrêtent pas : ils protègent votre compte, ou le contrat les impose."""


def contact_key(kind: str, raw: str) -> bytes:
    """What stands for a contact inside tokens. Raises ``NotAContact``."""
    return _keys(kind, strict_key(kind, raw))[0]


def contact_keys(kind: str, raw: str) -> tuple[bytes, ...]:
    """The same under every pepper, the present one first: what former tokens hold."""
    return _keys(kind, strict_key(kind, raw))


def contact_hash(key: bytes, purpose: str) -> str:
    """What the table holds: each purpose has its own, so that rows cannot be joined."""
    return peppers.digest(_row_of(key, purpose)).hex()


def contact_hashes(key: bytes, purpose: str) -> list[str]:
    """The same under every pepper: what a reader looks for."""
    return [found.hex() for found in peppers.digests(_row_of(key, purpose))]


def _row_of(key: bytes, purpose: str) -> bytes:
    return b"suppression:%s:%s" % (purpose.encode(), key)


def suppressed(contacts: Collection[Contact], purpose: str) -> set[Contact]:
    """Those of ``contacts`` (kind, normalised) that may not be written to: one query.

    Always empty for what cannot be stopped (security, contract).
    """
    if not is_stoppable(purpose):
        return set()
    keys = {contact: _keys(contact[0], without_tag(*contact)) for contact in contacts}
    hashes = {
        found: key
        for key in {key for mine in keys.values() for key in mine}
        for reason in (purpose, EVERYTHING, UNREACHABLE)
        for found in contact_hashes(key, reason)
    }
    rows = Suppression.objects.filter(contact_hash__in=hashes)
    refused = {hashes[found] for found in rows.values_list("contact_hash", flat=True)}
    return {contact for contact, mine in keys.items() if not refused.isdisjoint(mine)}


def suppress(
    *,
    kind: str,
    raw: str,
    purpose: str,
    because: str,
    at: datetime,
    source: str = "",
    subject: DataSubject | None = None,
) -> bool:
    """Never write again to this contact for ``purpose`` (an activity, or ``EVERYTHING``).

    True when it was not known yet. Raises ``NotAContact``, :class:`CannotBeStopped`.
    """
    owner = subject or privacy.owner_of(kind=kind, raw=raw)
    key = contact_key(kind, raw)
    return bool(
        suppress_keys({key}, purpose=purpose, because=because, at=at, source=source, subject=owner)
    )


def suppress_many(
    contacts: Iterable[Contact], *, purpose: str, because: str, at: datetime, source: str = ""
) -> int:
    """The same for a list, such as the objections of a former tool; returns how many are new."""
    _require_stoppable(purpose)
    keys, new = (contact_key(*contact) for contact in contacts), 0
    while batch := set(islice(keys, _BATCH)):
        new += suppress_keys(batch, purpose=purpose, because=because, at=at, source=source)
    return new


@transaction.atomic
def suppress_keys(
    keys: Collection[bytes],
    *,
    purpose: str,
    because: str,
    at: datetime,
    source: str = "",
    subject: DataSubject | None = None,
) -> int:
    """One INSERT for all; what is there already stays as it is. Returns how many are new."""
    _require_stoppable(purpose)
    variants = {contact_hash(key, purpose): contact_hashes(key, purpose) for key in keys}
    hashes = [found for every in variants.values() for found in every]
    known = Suppression.objects.filter(contact_hash__in=hashes)
    known_hashes = set(known.values_list("contact_hash", flat=True))
    new = [found for found, every in variants.items() if known_hashes.isdisjoint(every)]
    rows = (
        _row(found, purpose=purpose, because=because, source=source, subject=subject, at=at)
        for found in new
    )
    Suppression.objects.bulk_create(rows, ignore_conflicts=True)
    if new:
        privacy.ledger.append(
            executor="messaging.suppress",
            at=at,
            subject=subject.uuid if subject else None,
            facts={"purpose": purpose, "because": because, "source": source, "count": len(new)},
        )
    return len(new)


@transaction.atomic
def readmit(subject: DataSubject, *, kind: str, raw: str, purpose: str, at: datetime) -> None:
    """The person asked again, and proved that the contact is theirs: a new double opt-in.

    Nothing else may call this: neither an import nor a member of staff revives a refusal.
    """
    lifted = lift(contact_keys(kind, raw), purpose=purpose, reachable=True)
    if privacy.may(subject, purpose).because == "objection":
        privacy.lift_objection(subject, activity=purpose, source="double-opt-in", at=at)
    elif not lifted:
        return  # there was nothing to lift, hence nothing to write down
    note_readmission(subject, purpose=purpose, source="double-opt-in", count=lifted, at=at)


def lift(keys: Collection[bytes], *, purpose: str, reachable: bool) -> int:
    """Take ``purpose`` off the list for these contacts; returns how many rows went.

    A refusal of everything goes on for every other purpose. ``reachable``: the person just
    answered from there, so that an old bounce no longer counts.
    """
    reasons = (purpose, EVERYTHING, UNREACHABLE) if reachable else (purpose, EVERYTHING)
    hashes = {h: key for key in keys for reason in reasons for h in contact_hashes(key, reason)}
    rows = list(Suppression.objects.select_for_update().filter(contact_hash__in=hashes))
    for row in rows:
        if row.purpose == EVERYTHING:
            _go_on_for_the_others(row, hashes[row.contact_hash], but=purpose)
    Suppression.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)


def note_reached(*, kind: str, raw: str) -> None:
    """The person just proved that they read what is sent there: an old bounce is forgotten."""
    found = [h for key in contact_keys(kind, raw) for h in contact_hashes(key, UNREACHABLE)]
    Suppression.objects.filter(contact_hash__in=found).delete()


def note_readmission(
    subject: DataSubject, *, purpose: str, source: str, count: int, at: datetime
) -> None:
    """The person's word again, in the ledger."""
    privacy.ledger.append(
        executor="messaging.readmit",
        at=at,
        subject=subject.uuid,
        facts={"purpose": purpose, "source": source, "count": count},
    )


@transaction.atomic
def review_suppressions(*, author: DataSubject, at: datetime) -> int:
    """Somebody looked at the list and it is still needed: its three years begin again."""
    on = paris_date(at)
    reviewed = Suppression.objects.filter(reviewed_on__lt=on).update(reviewed_on=on)
    privacy.ledger.append(
        executor="messaging.review",
        at=at,
        facts={"author": str(author.uuid), "count": reviewed, "on": on},
    )
    return reviewed


def purposes_refused(keys: Collection[bytes]) -> set[str]:
    """Activities that one of these contacts is not written to for: one query."""
    codes = {activity.code for activity in stoppable()}
    purposes = (*codes, EVERYTHING)
    hashes = [h for key in keys for purpose in purposes for h in contact_hashes(key, purpose)]
    rows = Suppression.objects.filter(contact_hash__in=hashes)
    found = set(rows.values_list("purpose", flat=True))
    return codes if EVERYTHING in found else found


def rows_of(kind: str, raw: str) -> list[Suppression]:
    """What stands on the list for a contact that somebody types. Raises ``NotAContact``."""
    keys = contact_keys(kind, raw)
    purposes = (*(activity.code for activity in stoppable()), EVERYTHING, UNREACHABLE)
    hashes = [h for key in keys for purpose in purposes for h in contact_hashes(key, purpose)]
    return list(Suppression.objects.filter(contact_hash__in=hashes).order_by("since", "id"))


def stoppable() -> tuple[policy.Activity, ...]:
    """Every activity whose messages the person may stop."""
    return tuple(a for a in policy.current().activities.values() if a.mutable)


def is_stoppable(purpose: str) -> bool:
    """Whether this is an activity whose messages can be stopped."""
    activity = policy.current().activities.get(purpose)
    return activity is not None and activity.mutable


def oldest_review() -> date | None:
    """When the row reviewed longest ago was: the list is to be read again within three years."""
    first = Suppression.objects.order_by("reviewed_on", "id").first()
    return first.reviewed_on if first else None


def last_day_of(reviewed: date) -> date:
    """The last lawful day of a row that was last reviewed on ``reviewed``."""
    duration = policy.current().retention[RULE].duration
    assert duration is not None
    return last_lawful_day(reviewed, duration)


def _go_on_for_the_others(row: Suppression, key: bytes, *, but: str) -> None:
    Suppression.objects.bulk_create(
        (
            Suppression(
                subject=row.subject,
                purpose=activity.code,
                contact_hash=contact_hash(key, activity.code),
                because=row.because,
                source=row.source,
                since=row.since,
                reviewed_on=row.reviewed_on,
            )
            for activity in stoppable()
            if activity.code != but
        ),
        ignore_conflicts=True,
    )


def _require_stoppable(purpose: str) -> None:
    if purpose not in (EVERYTHING, UNREACHABLE) and not is_stoppable(purpose):
        raise CannotBeStopped


def _row(
    found: str,
    *,
    purpose: str,
    because: str,
    source: str,
    subject: DataSubject | None,
    at: datetime,
) -> Suppression:
    on = paris_date(at)
    return Suppression(
        subject=subject,
        purpose=purpose,
        contact_hash=found,
        because=because,
        source=source,
        since=on,
        reviewed_on=on,
    )


def _keys(kind: str, strict: str) -> tuple[bytes, ...]:
    return tuple(found[:16] for found in peppers.digests(f"contact:{kind}:{strict}".encode()))
