"""Beginning a parcours, and leaving it. The edition of that day stays theirs."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from clairevoie import privacy
from clairevoie.learning.actions.publishing import NotOnline
from clairevoie.learning.models import Cohort, Enrolment, Parcours, Way
from clairevoie.privacy.models import DataSubject

TRAINING = "training"  # the activity of the register
_TAKEN_UP = ("way", "contract", "cohort", "last_at", "left_at")


class NotFreelyOpen(Exception):
    """Ce parcours ne se commence pas d’un geste : demandez d’abord votre inscription."""


class ContractMissing(Exception):
    """Indiquez la référence du contrat signé."""

    field = "contract"


class OtherParcours(Exception):
    """Cette session est celle d’un autre parcours."""

    field = "cohort"


class WithAnotherCohort(Exception):
    """Ce parcours est déjà suivi avec une autre session : on la quitte avant d’en rejoindre
    une."""

    field = "cohort"


class TrainingRefused(Exception):
    """Un verrouillage de vos données est en cours : rien n’a été enregistré."""


@transaction.atomic
def enrol(
    *,
    subject: DataSubject,
    parcours: Parcours,
    way: str,
    at: datetime,
    cohort: Cohort | None = None,
    contract: str = "",
) -> Enrolment:
    """Begin ``parcours`` in its current edition, or take up again what was left.

    Whoever follows it already keeps their enrolment and its edition; a cohort joins one without,
    and a contract signed since is written down.
    Raises :class:`NotOnline`, :class:`NotFreelyOpen`, :class:`ContractMissing`,
    :class:`OtherParcours`, :class:`WithAnotherCohort`, :class:`TrainingRefused`.
    """
    if way == Way.CONTRACT and not contract:
        raise ContractMissing
    if cohort is not None and cohort.parcours_id != parcours.slug:
        raise OtherParcours
    DataSubject.objects.select_for_update().get(pk=subject.pk)  # twice at once: one enrolment
    if not privacy.may(subject, TRAINING).allowed:
        raise TrainingRefused
    held = _latest(subject, parcours)
    if held is not None and held.left_at is None:
        return _joined(held, cohort=cohort, contract=contract, at=at)
    edition = parcours.current
    if edition is None or (way == Way.OPEN and not parcours.published):
        raise NotOnline
    if way == Way.OPEN and parcours.way != Way.OPEN:
        raise NotFreelyOpen
    begun = held or Enrolment(subject=subject, parcours=parcours, edition=edition, enrolled_at=at)
    begun.way, begun.contract, begun.cohort = way, contract, cohort
    begun.last_at, begun.left_at = at, None
    # Not ``counted``, which the night may be writing
    begun.save(update_fields=_TAKEN_UP if held else None)
    _note("learning.enrol", begun, at=at)
    return begun


@transaction.atomic
def leave(*, enrolment: Enrolment, at: datetime) -> None:
    """Stop following; what was done is kept, and found again by whoever comes back."""
    left = Enrolment.including_restricted.filter(pk=enrolment.pk, left_at=None).update(left_at=at)
    if left:
        enrolment.left_at = at
        _note("learning.leave", enrolment, at=at)


def _latest(subject: DataSubject, parcours: Parcours) -> Enrolment | None:
    of_theirs = Enrolment.including_restricted.filter(subject=subject, parcours=parcours)
    found: Enrolment | None = of_theirs.order_by("-id").first()
    return found


def _joined(
    enrolment: Enrolment, *, cohort: Cohort | None, contract: str, at: datetime
) -> Enrolment:
    if cohort is not None and enrolment.cohort_id not in (None, cohort.slug):
        raise WithAnotherCohort
    enrolment.cohort = cohort or enrolment.cohort
    enrolment.save(update_fields=["cohort"])
    if contract and contract != enrolment.contract:
        enrolment.way, enrolment.contract = Way.CONTRACT, contract
        enrolment.save(update_fields=["way", "contract"])
        _note("learning.enrol", enrolment, at=at)
    return enrolment


def _note(executor: str, enrolment: Enrolment, *, at: datetime) -> None:
    privacy.ledger.append(
        executor=executor,
        at=at,
        subject=enrolment.subject.uuid,
        facts={
            "parcours": enrolment.parcours_id,
            "edition": enrolment.edition_id,
            "way": enrolment.way,
        },
    )
