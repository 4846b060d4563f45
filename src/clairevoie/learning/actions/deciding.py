"""Asking to follow a parcours that is not open to all, and the human answer."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction

from clairevoie import messaging, privacy
from clairevoie.learning.actions.enrolling import TRAINING, ContractMissing, TrainingRefused, enrol
from clairevoie.learning.actions.publishing import NotOnline
from clairevoie.learning.models import Candidacy, Cohort, Enrolment, Parcours, Way
from clairevoie.lib.calendar import paris_date
from clairevoie.privacy.models import DataSubject

ASKED = (Way.APPLICATION, Way.CONTRACT)  # ways that somebody decides
_NOTICES = "service-notices"  # the activity of the register: confirms what the person did


class NothingToAsk(Exception):
    """Ce parcours ne demande pas de candidature."""


class AlreadyFollowed(Exception):
    """Vous suivez déjà ce parcours."""


class AlreadyDecided(Exception):
    """Cette demande a déjà reçu sa réponse."""


class ReasonMissing(Exception):
    """Dites pourquoi : la personne lira ce motif."""

    field = "reason"


@transaction.atomic
def ask(*, subject: DataSubject, parcours: Parcours, words: str, at: datetime) -> Candidacy:
    """Ask, or say it better while nobody has decided.

    Raises :class:`NotOnline`, :class:`NothingToAsk`, :class:`AlreadyFollowed`,
    :class:`TrainingRefused`.
    """
    if not parcours.published:
        raise NotOnline
    if parcours.way not in ASKED:
        raise NothingToAsk
    DataSubject.objects.select_for_update().get(pk=subject.pk)  # asking twice at once asks once
    if not privacy.may(subject, TRAINING).allowed:
        raise TrainingRefused
    of_theirs = {"subject": subject, "parcours": parcours}
    if Enrolment.including_restricted.filter(**of_theirs, left_at=None).exists():
        raise AlreadyFollowed
    asked: Candidacy
    asked, new = Candidacy.including_restricted.update_or_create(
        **of_theirs,
        decision="",
        defaults={"words": words},
        create_defaults={"words": words, "way": parcours.way, "asked_on": paris_date(at)},
    )
    if new:
        _note("learning.ask", asked, at=at)
    return asked


@transaction.atomic
def take_back(*, candidacy: Candidacy, at: datetime) -> None:
    """The person gives up asking: nothing of it stays. Raises :class:`AlreadyDecided`."""
    gone, _rows = Candidacy.including_restricted.filter(pk=candidacy.pk, decision="").delete()
    if not gone:
        raise AlreadyDecided
    _note("learning.take-back", candidacy, at=at)


@transaction.atomic
def accept(
    *,
    candidacy: Candidacy,
    author: UUID,
    at: datetime,
    cohort: Cohort | None = None,
    contract: str = "",
    reason: str = "",
) -> Enrolment:
    """Somebody says yes, and the person is enrolled and told.

    By contract, only once it is signed. Raises :class:`AlreadyDecided`,
    :class:`ContractMissing`, and what :func:`enrol` raises.
    """
    held = _waiting(candidacy)
    if held.way == Way.CONTRACT and not contract:
        raise ContractMissing
    enrolment = enrol(
        subject=held.subject,
        parcours=held.parcours,
        way=held.way,
        at=at,
        cohort=cohort,
        contract=contract,
    )
    _decide(held, Candidacy.Decision.ACCEPTED, reason=reason, author=author, at=at)
    _write(held, "learning/candidacy_accepted", at=at)
    return enrolment


@transaction.atomic
def refuse(*, candidacy: Candidacy, reason: str, author: UUID, at: datetime) -> None:
    """Somebody says no, and why. Raises :class:`AlreadyDecided`, :class:`ReasonMissing`."""
    held = _waiting(candidacy)
    if not reason:
        raise ReasonMissing
    _decide(held, Candidacy.Decision.REFUSED, reason=reason, author=author, at=at)
    _write(held, "learning/candidacy_refused", at=at)


def _waiting(candidacy: Candidacy) -> Candidacy:
    """The row itself, locked: two answers at once give one."""
    held: Candidacy = (
        Candidacy.objects.select_for_update(of=("self",))
        .select_related("subject", "parcours__current")
        .get(pk=candidacy.pk)
    )
    if held.decision:
        raise AlreadyDecided
    return held


def _decide(
    candidacy: Candidacy, decision: str, *, reason: str, author: UUID, at: datetime
) -> None:
    candidacy.decision, candidacy.reason = decision, reason
    candidacy.decided_by, candidacy.decided_on = author, paris_date(at)
    candidacy.save(update_fields=["decision", "reason", "decided_by", "decided_on"])
    _note("learning.decide", candidacy, at=at, decision=decision, author=author)


def _write(candidacy: Candidacy, template: str, *, at: datetime) -> None:
    parcours = candidacy.parcours
    edition = parcours.current
    messaging.send(
        candidacy.subject,
        template,
        _NOTICES,
        context={
            "title": edition.title if edition else parcours.slug,
            "reason": candidacy.reason,
            "link": settings.SITE_URL + parcours.get_absolute_url(),
        },
        at=at,
    )


def _note(executor: str, candidacy: Candidacy, *, at: datetime, **facts: object) -> None:
    privacy.ledger.append(
        executor=executor,
        at=at,
        subject=candidacy.subject.uuid,
        facts={"candidacy": candidacy.uuid, "parcours": candidacy.parcours_id, **facts},
    )
