"""Who is who: registering people, knowing them again, merging two into one, their clocks."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import (
    Case,
    DateField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    UniqueConstraint,
    Value,
    When,
)

from clairevoie.lib import calendar
from clairevoie.lib.contact import NotAContact, normalise
from clairevoie.privacy import ledger
from clairevoie.privacy.models import ContactPoint, DataSubject, FormerNumber, Objection
from clairevoie.privacy.tables import Table, execute, remove_rows, tables

Finder = Callable[[Collection[str]], Mapping[str, int]]
_finders: list[Finder] = []


class TwoAccounts(Exception):
    """Ces deux personnes ont chacune un compte : elles ne peuvent pas être réunies."""


def known_by(finder: Finder) -> Finder:
    """Register another way to find people, such as a pseudo: what was asked → subject's id."""
    _finders.append(finder)
    return finder


def register_subject(*, on: date) -> DataSubject:
    """A person we did not know. Collection starts the clock: nobody is without one (C.2)."""
    return DataSubject.objects.create(last_contact=on)


def note_contact(
    subject: DataSubject, *, kind: str, raw: str, on: date, verified: bool = False
) -> ContactPoint:
    """Write down an address or number as typed. Raises :class:`NotAContact`.

    Unverified, it proves nothing and is attached to nobody else's subject.
    """
    with transaction.atomic():
        contact, _ = ContactPoint.objects.get_or_create(
            subject=subject,
            kind=kind,
            normalised=normalise(kind, raw),
            defaults={"raw": raw.strip()},
        )
        if verified:
            verify_contact(contact, on=on)
    return contact


def owner_of(*, kind: str, raw: str) -> DataSubject | None:
    """Who proved that a contact is theirs. Raises ``NotAContact``."""
    proved = ContactPoint.objects.filter(
        kind=kind, normalised=normalise(kind, raw), verified_on__isnull=False
    )
    point = proved.select_related("subject").first()
    return point.subject if point else None


def verify_contact(contact: ContactPoint, *, on: date) -> DataSubject:
    """The person proved that the contact is theirs; returns whose it is from now on.

    When another subject had proved the same contact, both are one person and are merged.
    Raises :class:`TwoAccounts` when each has an account.
    """
    with transaction.atomic():
        owner = (
            DataSubject.objects.filter(
                contact_points__kind=contact.kind,
                contact_points__normalised=contact.normalised,
                contact_points__verified_on__isnull=False,
            )
            .exclude(pk=contact.subject_id)
            .select_for_update()
            .first()
        )
        if owner is not None:
            kept, other = _which_is_kept(contact.subject, owner)
            merge(kept, other, on=on)
        else:
            kept = contact.subject
        ContactPoint.objects.filter(
            subject=kept,
            kind=contact.kind,
            normalised=contact.normalised,
            verified_on__isnull=True,
        ).update(verified_on=on)
    return kept


def forget_contact(subject: DataSubject, *, kind: str) -> None:
    """Remove the person's contacts of one kind; the rows go, nothing is blanked."""
    ContactPoint.objects.filter(subject=subject, kind=kind).delete()


def numbered(number: uuid.UUID) -> DataSubject | None:
    """Whose public number it is, or was before they were merged."""
    return _by_number([str(number)]).get(str(number))


def find(identifier: str) -> DataSubject | None:
    """One person by UUID, verified e-mail or phone, else by what apps registered (pseudo)."""
    return find_all([identifier]).get(identifier)


def find_all(identifiers: Iterable[str]) -> dict[str, DataSubject]:
    """The same for many at once, without those that name nobody; a fixed number of queries."""
    wanted = list(dict.fromkeys(identifiers))
    found = _by_number(wanted)
    for kind in ContactPoint.Kind.values:
        found |= _by_contact([each for each in wanted if each not in found], kind)
    for finder in _finders:
        rest = [each for each in wanted if each not in found]
        known = finder(rest) if rest else {}
        people = DataSubject.objects.in_bulk(set(known.values()))
        found |= {each: people[number] for each, number in known.items()}
    return found


def _by_number(identifiers: Iterable[str]) -> dict[str, DataSubject]:
    numbers = {}
    for each in identifiers:
        try:
            numbers[each] = uuid.UUID(each)
        except ValueError:
            continue
    if not numbers:
        return {}
    people = {
        person.uuid: person for person in DataSubject.objects.filter(uuid__in=numbers.values())
    }
    if len(people) < len(set(numbers.values())):
        former = FormerNumber.including_restricted.filter(uuid__in=numbers.values())
        people |= {each.uuid: each.subject for each in former.select_related("subject")}
    return {each: people[number] for each, number in numbers.items() if number in people}


def owners_of(contacts: Iterable[str], *, kind: str) -> dict[str, DataSubject]:
    """Who proved that each is theirs, without those that nobody did: one query."""
    return _by_contact(contacts, kind, ContactPoint.objects.filter(verified_on__isnull=False))


def _by_contact(
    identifiers: Iterable[str], kind: str, among: QuerySet[ContactPoint] | None = None
) -> dict[str, DataSubject]:
    """Whoever proved the contact, else whoever typed it first."""
    typed: dict[str, str] = {}
    for each in identifiers:
        try:
            typed[each] = normalise(kind, each)
        except NotAContact:
            continue
    if not typed:
        return {}
    every = ContactPoint.objects.all() if among is None else among
    points = every.filter(kind=kind, normalised__in=set(typed.values()))
    latest_first = points.order_by(F("verified_on").desc(nulls_first=True), "-pk")
    owners = {point.normalised: point.subject for point in latest_first.select_related("subject")}
    return {each: owners[contact] for each, contact in typed.items() if contact in owners}


def is_ambiguous(identifier: str) -> bool:
    """Several people typed this contact and none proved that it is theirs."""
    for kind in ContactPoint.Kind.values:
        try:
            normalised = normalise(kind, identifier)
        except NotAContact:
            continue
        points = ContactPoint.objects.filter(kind=kind, normalised=normalised)
        if points.exists():
            return not points.filter(verified_on__isnull=False).exists() and points.count() > 1
    return False


def record_use(subject: DataSubject, *, on: date) -> None:
    """A human, authenticated action on ``on`` (C.3): at most one write a day a person.

    It is also a contact for those who have a prospect's file.
    """
    DataSubject.objects.filter(pk=subject.pk).filter(
        Q(last_use__isnull=True) | Q(last_use__lt=on)
    ).update(last_use=on, dormant_since=None, last_contact=_later_contact(on))


def _later_contact(on: date) -> Case:
    return Case(
        When(last_contact__lt=on, then=Value(on)),
        default=F("last_contact"),
        output_field=DateField(),
    )


def record_contact(subject: DataSubject, *, on: date) -> None:
    """The person wrote, called or filled in a form on ``on`` (C.3)."""
    DataSubject.objects.filter(pk=subject.pk).filter(
        Q(last_contact__isnull=True) | Q(last_contact__lt=on)
    ).update(last_contact=on)


def close(subject: DataSubject, *, on: date) -> None:
    """The person closed their account: its copies leave the following night (P-089)."""
    with transaction.atomic():
        DataSubject.objects.filter(pk=subject.pk, closed_on__isnull=True).update(closed_on=on)
        ledger.append(
            executor="privacy.close",
            at=calendar.now(),
            subject=subject.uuid,
            facts={"closed_on": on.isoformat()},
        )


def _has_account(subject: DataSubject) -> bool:
    return get_user_model()._base_manager.filter(pk=subject.pk).exists()


def _which_is_kept(one: DataSubject, other: DataSubject) -> tuple[DataSubject, DataSubject]:
    return (other, one) if _has_account(other) else (one, other)


def merge(kept: DataSubject, other: DataSubject, *, on: date) -> None:
    """Two subjects are one person: one UPDATE a table; the strictest state wins (C.4).

    Raises :class:`TwoAccounts` when ``other`` has an account.
    """
    with transaction.atomic():
        pair = DataSubject.objects.select_for_update().order_by("pk")
        kept, other = (pair.get(pk=person.pk) for person in (kept, other))
        if _has_account(other):
            raise TwoAccounts
        opposed = _opposed_activities(kept) | _opposed_activities(other)
        for table in tables():
            _move(table, kept, other)
        _join_states(kept, other)
        for activity in opposed - _opposed_activities(kept):
            _oppose_again(kept, activity)
        other_uuid = other.uuid
        FormerNumber.including_restricted.create(subject=kept, uuid=other_uuid)
        gone = DataSubject.objects.filter(pk=other.pk)
        gone._raw_delete(gone.db)
        ledger.append(
            executor="privacy.merge",
            at=calendar.now(),
            subject=kept.uuid,
            facts={"merged": str(other_uuid), "on": on.isoformat()},
        )


def _move(table: Table, kept: DataSubject, other: DataSubject) -> None:
    """Give ``other``'s rows to ``kept``; what ``kept`` already has under a key stays its own."""
    if table.declaration.by_number:
        rows = table.declaration.model._base_manager
        rows.filter(table.declaration.of(other.pk)).update(
            **{table.declaration.subject: kept.uuid}
        )
        return
    if not table.direct:
        return  # the row it hangs on moves
    model, owner = table.declaration.model, table.declaration.subject
    for constraint in model._meta.constraints:
        if isinstance(constraint, UniqueConstraint) and owner in constraint.fields:
            same = {f: OuterRef(f) for f in constraint.fields if f != owner}
            condition = constraint.condition or Q()
            twin = model._base_manager.filter(condition, **{owner: kept.pk}, **same)
            doubles = model._base_manager.filter(condition, Exists(twin), **{owner: other.pk})
            remove_rows(table, list(doubles.values_list("pk", flat=True)))
    execute(
        f"UPDATE {table.name} SET {table.owner} = %s WHERE {table.owner} = %s",
        (kept.pk, other.pk),
    )


def _join_states(kept: DataSubject, other: DataSubject) -> None:
    for clock in ("last_use", "last_contact", "suspended_on", "deceased_on"):
        days = [day for person in (kept, other) if (day := getattr(person, clock)) is not None]
        setattr(kept, clock, max(days, default=None))
    kept.restricted = kept.restricted or other.restricted
    kept.held = kept.held or other.held
    kept.save()


def _opposed_activities(subject: DataSubject) -> set[str]:
    rows = Objection.including_restricted.filter(subject=subject).order_by("id")
    latest: dict[str, bool] = dict(rows.values_list("activity", "raised"))  # the last one wins
    return {activity for activity, raised in latest.items() if raised}


def _oppose_again(subject: DataSubject, activity: str) -> None:
    last = (
        Objection.including_restricted.filter(subject=subject, activity=activity, raised=True)
        .order_by("id")
        .last()
    )
    assert last is not None
    Objection.including_restricted.create(
        subject=subject,
        activity=activity,
        raised=True,
        at=last.at,
        source="merge",
        policy_hash=last.policy_hash,
    )
