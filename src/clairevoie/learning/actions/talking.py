"""What the learner and the trainers say to each other about one project."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from clairevoie import messaging, privacy
from clairevoie.learning.actions.correcting import NotYours, link_to_project
from clairevoie.learning.models import Remark, Submission, desks_of, trainers_at
from clairevoie.privacy.models import DataSubject

LONGEST: Final = 4_000
# Whoever writes three times in a row is announced once.
_IN_A_ROW: Final = timedelta(hours=1)


class TalkRefused(Exception):
    """Un verrouillage de vos données est en cours : rien n’a été enregistré."""


class NothingSaid(Exception):
    """Écrivez votre message avant de l’envoyer."""


@transaction.atomic
def say(*, submission: Submission, author: DataSubject, text: str, at: datetime) -> Remark:
    """Add a message to the talk about the project of ``submission``; tell the other side.

    Raises :class:`NothingSaid`, :class:`TalkRefused`, :class:`NotYours`.
    """
    words = text.strip()
    if not words:
        raise NothingSaid
    by_learner = author.pk == submission.subject_id
    if not by_learner and submission.desk not in desks_of(author):
        raise NotYours
    if not privacy.may(submission.subject, "training").allowed:
        raise TalkRefused
    known = _just_announced(submission, by_learner=by_learner, at=at)
    remark: Remark = Remark.including_restricted.create(
        subject_id=submission.subject_id,
        enrolment_id=submission.enrolment_id,
        project_id=submission.project_id,
        text=words,
        said_at=at,
        by_learner=by_learner,
        author=author.uuid,
    )
    if not known:
        _tell(submission, by_learner=by_learner, at=at)
    return remark


def _just_announced(submission: Submission, *, by_learner: bool, at: datetime) -> bool:
    last = (
        Remark.including_restricted.filter(
            enrolment__uuid=submission.enrolment_id, project=submission.project_id
        )
        .order_by("-said_at", "-id")
        .first()
    )
    return last is not None and last.by_learner == by_learner and at - last.said_at < _IN_A_ROW


def _tell(submission: Submission, *, by_learner: bool, at: datetime) -> None:
    if not by_learner:
        words = {"title": submission.title, "link": link_to_project(submission)}
        messaging.send(
            submission.subject, "learning/project-remark", "information", context=words, at=at
        )
        return
    address = reverse("learning:correction", args=[submission.uuid])
    words = {"title": submission.title, "link": f"{settings.SITE_URL}{address}"}
    trainers = trainers_at(submission.desk).values_list("subject", flat=True).distinct()
    messaging.send_many(
        dict.fromkeys(trainers, words), "learning/project-question", "information", at=at
    )
