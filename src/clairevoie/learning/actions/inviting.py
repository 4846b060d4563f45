"""Inviting people to a cohort: a mail, a link that is theirs, one use."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from clairevoie import messaging, privacy
from clairevoie.learning.actions.enrolling import TRAINING, enrol
from clairevoie.learning.invitations import link_of
from clairevoie.learning.models import Cohort, CohortInvitation, Enrolment, Way
from clairevoie.lib.calendar import paris_date
from clairevoie.privacy.models import DataSubject

OPEN_FOR = timedelta(days=30)
# The activity of the register: a legitimate interest, because a place is held for somebody whom
# the contract of the session does not bind yet. One can refuse it for good (GDPR art. 21).
INVITING = "invitation"


class InvitationClosed(Exception):
    """Cette invitation a déjà servi, ou son délai est passé."""


@transaction.atomic
def invite(
    *, cohort: Cohort, people: Iterable[DataSubject], author: UUID, at: datetime
) -> list[CohortInvitation]:
    """Write to those of ``people`` who have an account and do not follow the parcours yet.

    A second invitation renews the first. Returns those that leave; a fixed number of queries.
    """
    Cohort.objects.select_for_update().get(pk=cohort.pk)  # inviting twice at once writes once
    on = paris_date(at)
    wanted = DataSubject.objects.filter(
        pk__in=[person.pk for person in people], member__isnull=False
    )
    follow = Enrolment.including_restricted.filter(parcours=cohort.parcours, left_at=None)
    allowed = privacy.permitted(
        privacy.permitted(wanted, TRAINING, subject="pk"), INVITING, subject="pk"
    ).exclude(pk__in=follow.values("subject"))
    invitations = [
        CohortInvitation(
            subject=person,
            cohort=cohort,
            invited_on=on,
            last_day=on + OPEN_FOR,
            invited_by=author,
        )
        for person in allowed.order_by("pk")
    ]
    CohortInvitation.including_restricted.bulk_create(
        invitations,
        update_conflicts=True,
        unique_fields=["cohort", "subject"],
        update_fields=["invited_on", "last_day", "invited_by", "used_on"],
    )
    written = _as_kept(cohort, invitations)
    _write_to(written, at=at)
    privacy.ledger.append(
        executor="learning.invite",
        at=at,
        facts={"cohort": cohort.slug, "people": len(written), "author": author},
    )
    return written


@transaction.atomic
def accept(*, invitation: CohortInvitation, at: datetime) -> Enrolment:
    """The person invited joins the cohort. Raises :class:`InvitationClosed`,
    and what :func:`enrol` raises.
    """
    held = (
        CohortInvitation.including_restricted.select_for_update(of=("self",))
        .select_related("subject", "cohort__parcours__current")
        .get(pk=invitation.pk)
    )
    if not held.is_open(on=paris_date(at)):
        raise InvitationClosed
    enrolment = enrol(
        subject=held.subject,
        parcours=held.cohort.parcours,
        way=Way.INVITATION,
        cohort=held.cohort,
        at=at,
    )
    held.used_on = paris_date(at)
    held.save(update_fields=["used_on"])
    return enrolment


def _as_kept(cohort: Cohort, invitations: list[CohortInvitation]) -> list[CohortInvitation]:
    """The rows themselves: one that was renewed keeps its number."""
    people = [invitation.subject_id for invitation in invitations]
    kept = CohortInvitation.including_restricted.filter(cohort=cohort, subject__in=people)
    return list(kept.select_related("cohort__parcours__current"))


def _write_to(invitations: list[CohortInvitation], *, at: datetime) -> None:
    contexts = {
        invitation.subject_id: {
            "cohort": invitation.cohort,
            "title": title_of(invitation.cohort),
            "last_day": invitation.last_day,
            "link": link_of(invitation),
        }
        for invitation in invitations
    }
    messaging.send_many(contexts, "learning/cohort_invitation", INVITING, at=at)


def title_of(cohort: Cohort) -> str:
    """What one is invited to."""
    edition = cohort.parcours.current
    return edition.title if edition else cohort.parcours_id
