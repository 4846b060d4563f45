"""Inviting an address that has no account: a person of its own, thirty days, one use.

The link names the place and proves nothing: it may have been forwarded, and it lasts thirty days
in mailboxes. Whoever opens an account here proves their address by a code, as everybody does, and
only the account that proved the invited address takes the place.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from clairevoie import messaging, policy, privacy
from clairevoie.learning.actions.enrolling import enrol
from clairevoie.learning.actions.inviting import (
    INVITING,
    OPEN_FOR,
    InvitationClosed,
    title_of,
)
from clairevoie.learning.invitations import link_of, refusal_of
from clairevoie.learning.models import (
    AddressInvitation,
    Cohort,
    CohortInvitation,
    Enrolment,
    Way,
)
from clairevoie.lib import calendar
from clairevoie.lib.calendar import paris_date
from clairevoie.lib.contact import EMAIL, normalise
from clairevoie.privacy.models import ContactPoint, DataSubject

RULE = "invitation"  # of policy/retention.toml


class OtherAddress(Exception):
    """Cette invitation a été envoyée à une autre adresse que celle de votre compte."""


# --- Inviting -----------------------------------------------------------------------------------


@transaction.atomic
def invite_addresses(
    *, cohort: Cohort, addresses: Iterable[str], author: UUID, at: datetime
) -> list[AddressInvitation]:
    """Write to addresses that nobody with an account has proved; a second time renews.

    Whoever refused to be invited is left in peace. A fixed number of queries. Raises
    ``NotAContact``.
    """
    Cohort.objects.select_for_update().get(pk=cohort.pk)  # inviting twice at once writes once
    on = paris_date(at)
    wanted = {normalise(EMAIL, address): address.strip() for address in addresses}
    refused = messaging.suppressed([(EMAIL, address) for address in wanted], INVITING)
    wanted = {key: raw for key, raw in wanted.items() if (EMAIL, key) not in refused}
    people = _people(wanted, on=on)
    AddressInvitation.including_restricted.bulk_create(
        [
            AddressInvitation(
                subject_id=person,
                cohort=cohort,
                invited_on=on,
                last_day=on + OPEN_FOR,
                invited_by=author,
            )
            for person in people.values()
        ],
        update_conflicts=True,
        unique_fields=["cohort", "subject"],
        update_fields=["invited_on", "last_day", "invited_by"],
    )
    written = _as_kept(cohort, people)
    _write_to(written, {people[key]: raw for key, raw in wanted.items()}, at=at)
    privacy.ledger.append(
        executor="learning.invite-addresses",
        at=at,
        facts={"cohort": cohort.slug, "addresses": len(written), "author": author},
    )
    return written


def _people(wanted: Mapping[str, str], *, on: date) -> dict[str, int]:
    """Whose each address is: the person of an invitation that waits, else one of its own."""
    waiting = AddressInvitation.including_restricted.values("subject")
    points = ContactPoint.objects.filter(
        kind=EMAIL, normalised__in=wanted, subject__in=waiting, subject__member=None
    )
    known = dict(points.values_list("normalised", "subject"))
    strangers = [key for key in wanted if key not in known]
    new = DataSubject.objects.bulk_create([DataSubject(last_contact=on) for _ in strangers])
    ContactPoint.objects.bulk_create(
        [
            ContactPoint(subject=person, kind=EMAIL, raw=wanted[key], normalised=key)
            for key, person in zip(strangers, new, strict=True)
        ]
    )
    return known | {key: person.pk for key, person in zip(strangers, new, strict=True)}


def _as_kept(cohort: Cohort, people: Mapping[str, int]) -> list[AddressInvitation]:
    kept = AddressInvitation.including_restricted.filter(
        cohort=cohort, subject__in=people.values()
    )
    return list(kept.select_related("cohort__parcours__current").order_by("pk"))


def _write_to(
    invitations: list[AddressInvitation], addresses: Mapping[int, str], *, at: datetime
) -> None:
    contexts = {
        each.subject_id: {
            "cohort": each.cohort,
            "title": title_of(each.cohort),
            "last_day": each.last_day,
            "link": link_of(each),
            "refusal": refusal_of(each),
        }
        for each in invitations
    }
    to = {person: messaging.typed(raw, EMAIL) for person, raw in addresses.items()}
    messaging.send_many(contexts, "learning/address_invitation", INVITING, at=at, to=to)


# --- Answering ----------------------------------------------------------------------------------


def address_of(invitation: AddressInvitation) -> ContactPoint:
    """Where it was sent."""
    return ContactPoint.objects.get(subject=invitation.subject_id, kind=EMAIL)


def is_theirs(invitation: AddressInvitation, *, subject: DataSubject) -> bool:
    """This person proved the address that was invited."""
    owner = privacy.owner_of(kind=EMAIL, raw=address_of(invitation).raw)
    return owner is not None and owner.pk == subject.pk


@transaction.atomic
def take(*, invitation: AddressInvitation, subject: DataSubject, at: datetime) -> Enrolment:
    """Whoever proved the address joins, and the invitation becomes theirs.

    Raises :class:`InvitationClosed`, :class:`OtherAddress`, and what :func:`enrol` raises.
    """
    held: AddressInvitation | None = (
        AddressInvitation.including_restricted.select_for_update(of=("self",))
        .select_related("cohort__parcours__current")
        .filter(pk=invitation.pk)
        .first()
    )
    if held is None or not held.is_open(on=paris_date(at)):
        raise InvitationClosed
    if not is_theirs(held, subject=subject):
        raise OtherAddress
    enrolment = enrol(
        subject=subject,
        parcours=held.cohort.parcours,
        way=Way.INVITATION,
        cohort=held.cohort,
        at=at,
    )
    _hand_over(held, at=at)
    used = CohortInvitation.including_restricted.filter(subject=subject, cohort=held.cohort)
    used.update(used_on=paris_date(at))
    return enrolment


def _hand_over(invitation: AddressInvitation, *, at: datetime) -> None:
    """The person of the address is the member: their invitations too, under the same numbers."""
    contact = address_of(invitation)
    waiting = AddressInvitation.including_restricted.filter(subject=invitation.subject_id)
    invitations = list(waiting)
    waiting.delete()
    member = privacy.verify_contact(contact, on=paris_date(at))
    CohortInvitation.including_restricted.bulk_create(
        [
            CohortInvitation(
                subject=member,
                uuid=each.uuid,
                cohort_id=each.cohort_id,
                invited_on=each.invited_on,
                last_day=each.last_day,
                invited_by=each.invited_by,
            )
            for each in invitations
        ],
        ignore_conflicts=True,  # invited to the same cohort as a member too
    )


@transaction.atomic
def decline(*, invitation: AddressInvitation, at: datetime) -> None:
    """No, thank you: nothing is left of the address, but for another session it is invited to."""
    AddressInvitation.including_restricted.filter(pk=invitation.pk).delete()
    others = AddressInvitation.including_restricted.filter(subject=invitation.subject_id)
    if not others.exists():
        person = _of_an_invitation_alone(DataSubject.objects.filter(pk=invitation.subject_id))
        privacy.erase_many(person, because="invitation-declined", on=paris_date(at))


# --- What the night does ------------------------------------------------------------------------


def forget_unanswered(*, on: date) -> int:
    """Addresses that did not answer for thirty days, or refused to be invited, leave."""
    duration = policy.current().retention[RULE].duration
    assert duration is not None
    latest = calendar.latest_clock_ended_by(on - timedelta(days=1), duration)
    invited = AddressInvitation.including_restricted.all()
    waiting = privacy.permitted(invited.filter(invited_on__gt=latest), INVITING)
    people = DataSubject.objects.filter(pk__in=invited.values("subject"))
    gone = _of_an_invitation_alone(people.exclude(pk__in=waiting.values("subject")))
    return privacy.erase_many(gone, because="invitation-unanswered", on=on)


def _of_an_invitation_alone(people: QuerySet[DataSubject]) -> QuerySet[DataSubject]:
    """Not those who were since joined with somebody known: the rule ends their rows, not them."""
    proved = ContactPoint.objects.filter(subject=OuterRef("pk"), verified_on__isnull=False)
    return people.filter(~Exists(proved), member=None)
