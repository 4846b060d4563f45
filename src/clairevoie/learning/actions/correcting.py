"""What a trainer decides about a project handed in, once, whoever decides at the same instant."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Protocol
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse

from clairevoie import messaging, privacy
from clairevoie.learning.actions.reading import finish_if_done
from clairevoie.learning.models import (
    Correction,
    Enrolment,
    Submission,
    desks_of,
    trainers_at,
)
from clairevoie.privacy.models import DataSubject

LONGEST_COMMENT: Final = 10_000
_STATES: Final = {
    Correction.Verdict.ACCEPT: Submission.State.ACCEPTED,
    Correction.Verdict.REWORK: Submission.State.REWORK,
    Correction.Verdict.SECOND: Submission.State.SECOND,
}


class AfterAcceptance(Protocol):
    """What higher apps do when a project is accepted, in the same transaction.

    If it raises, the project is not accepted.
    """

    def __call__(self, *, submission: Submission, corrector: UUID, at: datetime) -> object: ...


# Filled by higher apps when they start (AppConfig.ready); each is called once an acceptance.
after_acceptance: list[AfterAcceptance] = []


class NotYours(Exception):
    """Ce projet n’est pas d’une session que vous encadrez."""


class YourOwnProject(Exception):
    """On ne corrige pas son propre projet."""


class AlreadyDecided(Exception):
    """Quelqu’un d’autre vient de rendre sa décision sur ce projet : la vôtre n’est pas
    enregistrée."""


class AlreadyRead(Exception):
    """Vous avez déjà lu ce projet : la seconde lecture revient à une autre personne."""


class AlreadySecond(Exception):
    """C’est déjà la seconde lecture : il reste à valider ou à rendre."""

    field = "verdict"


class NobodyElse(Exception):
    """Personne d’autre n’encadre cette session : décidez sans seconde lecture."""

    field = "verdict"


class WordsMissing(Exception):
    """Dites pourquoi : quelques mots de commentaire."""

    field = "comment"


class PointsRefused(Exception):
    """Donnez à chaque critère un nombre de points entre 0 et son maximum."""


def correct(
    *,
    submission: Submission,
    trainer: DataSubject,
    verdict: str,
    points: Sequence[int],
    comment: str,
    at: datetime,
) -> Correction:
    """Write down a trainer's reading; tell the learner when it decides.

    ``points`` follow the rubric. Raises :class:`NotYours`, :class:`YourOwnProject`,
    :class:`AlreadyRead`, :class:`AlreadyDecided`, :class:`AlreadySecond`, :class:`NobodyElse`,
    :class:`WordsMissing`, :class:`PointsRefused`.
    """
    asked = Correction.Verdict(verdict)
    _refuse_strangers(submission, trainer)
    _refuse_what_makes_no_sense(submission, trainer, asked, comment)
    correction = Correction(
        subject_id=submission.subject_id,
        submission=submission,
        verdict=asked,
        points=_points(submission, points),
        comment=comment.strip(),
        corrected_at=at,
        corrector=trainer.uuid,
    )
    try:
        with transaction.atomic():
            # The constraints of corrections decide between two who decide at once.
            correction.save(force_insert=True)
            _carry_out(submission, correction, at=at)
    except IntegrityError as clash:
        readings = Correction.including_restricted.filter(submission__pk=submission.pk)
        if readings.filter(corrector=trainer.uuid).exists():
            raise AlreadyRead from clash
        if readings.exists():
            raise AlreadyDecided from clash
        raise
    return correction


def others_may_read(submission: Submission, *, trainer: DataSubject) -> bool:
    """Whether somebody else could be the second reader."""
    others = trainers_at(submission.desk).exclude(subject__in=(trainer.pk, submission.subject_id))
    return bool(others.exists())


def has_read(submission: Submission, *, trainer: DataSubject) -> bool:
    """Whether this trainer was the first reader, and waits for the second one like the learner."""
    readings = Correction.including_restricted.filter(submission__pk=submission.pk)
    is_second = submission.state == Submission.State.SECOND
    return is_second and bool(readings.filter(corrector=trainer.uuid).exists())


def _refuse_strangers(submission: Submission, trainer: DataSubject) -> None:
    if submission.desk not in desks_of(trainer):
        raise NotYours
    if submission.subject_id == trainer.pk:
        raise YourOwnProject


def _refuse_what_makes_no_sense(
    submission: Submission, trainer: DataSubject, verdict: str, comment: str
) -> None:
    if verdict == Correction.Verdict.SECOND:
        if submission.state == Submission.State.SECOND:
            raise AlreadySecond
        if not others_may_read(submission, trainer=trainer):
            raise NobodyElse
    if verdict != Correction.Verdict.ACCEPT and not comment.strip():
        raise WordsMissing


def _points(submission: Submission, points: Sequence[int]) -> list[dict[str, object]]:
    """With the words of the rubric, so that the learner's copy can be read alone."""
    rubric = submission.project.rubric
    if len(points) != len(rubric) or not all(
        0 <= given <= line["points"] for given, line in zip(points, rubric, strict=True)
    ):
        raise PointsRefused
    return [
        {"criterion": line["criterion"], "points": given, "out_of": line["points"]}
        for given, line in zip(points, rubric, strict=True)
    ]


def _carry_out(submission: Submission, correction: Correction, *, at: datetime) -> None:
    decides = correction.verdict != Correction.Verdict.SECOND
    open_ = Submission.including_restricted.filter(pk=submission.pk, decided_at__isnull=True)
    if not decides:
        open_ = open_.filter(state=Submission.State.WAITING)
    state = _STATES[Correction.Verdict(correction.verdict)]
    if not open_.update(state=state, decided_at=at if decides else None):
        raise AlreadyDecided
    submission.state, submission.decided_at = state, at if decides else None
    if state == Submission.State.ACCEPTED:
        _finish(submission, at=at)
        for follow_up in after_acceptance:
            follow_up(submission=submission, corrector=correction.corrector, at=at)
    if decides:
        _tell(submission, at=at)
    privacy.ledger.append(
        executor="learning.correct",
        at=at,
        subject=submission.subject.uuid,
        facts={
            "submission": submission.uuid,
            "verdict": correction.verdict,
            "author": correction.corrector,
        },
    )


def _finish(submission: Submission, *, at: datetime) -> None:
    held = Enrolment.including_restricted.select_for_update(of=("self",))
    finish_if_done(enrolment=held.get(uuid=submission.enrolment_id), at=at)


def _tell(submission: Submission, *, at: datetime) -> None:
    kind = "accepted" if submission.state == Submission.State.ACCEPTED else "rework"
    messaging.send(
        submission.subject,
        f"learning/project-{kind}",
        "information",
        context={"title": submission.title, "link": link_to_project(submission)},
        at=at,
    )


def link_to_project(submission: Submission) -> str:
    """Where the learner reads it, in full."""
    place = (submission.enrolment.parcours_id, submission.project.module.slug)
    return f"{settings.SITE_URL}{reverse('learning:project', args=place)}"
