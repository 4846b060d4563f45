"""What learners' answers say of how they are: an exercise that resists."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction

from clairevoie.learning.models import Attempt, Enrolment

TRIES: Final = 3  # missed this many times and never right: a trainer hears of it


@transaction.atomic
def note_attempt(*, enrolment: Enrolment, attempt: Attempt, at: datetime) -> None:
    """Note the exercise that resists this learner, or that it does no more."""
    theirs = Enrolment.including_restricted.filter(pk=enrolment.pk)
    if attempt.is_right:
        theirs.filter(stuck_on=attempt.code).update(stuck_on="", stuck_at=None)
    elif attempt.number >= TRIES and not _was_ever_right(enrolment, attempt):
        theirs.exclude(stuck_on=attempt.code).update(stuck_on=attempt.code, stuck_at=at)


def _was_ever_right(enrolment: Enrolment, attempt: Attempt) -> bool:
    tries = Attempt.including_restricted.filter(
        enrolment=enrolment, exercise=attempt.exercise_id
    ).values_list("points", "out_of")
    return any(points == out_of for points, out_of in tries)
