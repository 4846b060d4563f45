"""Answering an exercise: as often as one likes, and the best is kept."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction

from clairevoie import privacy
from clairevoie.learning.actions.following import note_attempt
from clairevoie.learning.answering import Given, mark
from clairevoie.learning.content.exercises import definition_from
from clairevoie.learning.models import Attempt, Enrolment, Exercise

TRAINING: Final = "training"
MOST: Final = 100  # tries of one exercise: nobody learns from the next one


class NotYours(Exception):
    """Cet exercice n’est pas de l’édition que vous suivez."""


class TooManyTries(Exception):
    """Vous avez essayé cet exercice cent fois : relisez l’explication, puis passez à la suite."""


class AnswerNotKept(Exception):
    """Un verrouillage est en cours : votre réponse n’a pas été enregistrée."""


@transaction.atomic
def answer(*, enrolment: Enrolment, exercise: Exercise, given: Given, at: datetime) -> Attempt:
    """Mark ``given`` and keep it. No ledger line: an answer is not an act of the engine, and
    the chain would make learners wait for each other.

    Raises :class:`NotYours`, :class:`TooManyTries`, :class:`AnswerNotKept`.
    """
    held = Enrolment.including_restricted.select_for_update(of=("self",)).get(pk=enrolment.pk)
    if held.left_at is not None or exercise.edition.uuid != held.edition_id:
        raise NotYours
    if not privacy.may(held.subject, TRAINING).allowed:
        raise AnswerNotKept
    before = Attempt.including_restricted.filter(enrolment=held, exercise=exercise)
    last = before.order_by("-number").values_list("number", flat=True).first() or 0
    if last >= MOST:
        raise TooManyTries
    marked = mark(definition_from(exercise.kind, exercise.definition), given)
    attempt: Attempt = Attempt.objects.create(
        subject_id=held.subject_id,
        enrolment=held,
        exercise=exercise,
        code=exercise.code,
        number=last + 1,
        answer=given.stored(),
        points=marked.points,
        out_of=marked.out_of,
        attempted_at=at,
    )
    note_attempt(enrolment=held, attempt=attempt, at=at)
    return attempt
