"""Where learners stumble: figures for those who write the lessons, written anew each night."""

from __future__ import annotations

from datetime import date
from typing import Final

from django.db import transaction
from django.db.models import Count, F, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from clairevoie import privacy
from clairevoie.learning.models import Attempt, Difficulty

ACTIVITY: Final = "improvement"
FEWEST: Final = 10  # people: fewer, and one of them could be guessed (F-22)
_STEP, _PERCENT_BY = 5, 10


@transaction.atomic
def rebuild(*, on: date) -> int:
    """All of it from the first answers of those who let it be; nothing of yesterday stays.

    Answers count five by five, the oldest first: no figure tells what the one who came last did.
    Whoever objected is in no figure from this night on, for what they did before either.
    """
    counted = (
        _five_by_five()
        .order_by()
        .values_list("exercise")
        .annotate(
            people=Count("subject", distinct=True),
            tries=Count("pk"),
            missed=Count("pk", filter=Q(points__lt=F("out_of"))),
        )
        .filter(people__gte=FEWEST)
    )
    figures = [
        Difficulty(
            exercise_id=exercise,
            people=people - people % _STEP,
            missed_percent=_rounded(100 * missed / tries),
            computed_on=on,
        )
        for exercise, people, tries, missed in counted
    ]
    Difficulty.objects.all().delete()
    Difficulty.objects.bulk_create(figures, batch_size=1_000)
    return len(figures)


def _five_by_five() -> QuerySet[Attempt]:
    """First answers of each exercise, but for the latest that do not make five yet."""
    first = privacy.permitted(Attempt.objects.filter(number=1), ACTIVITY)
    ranked = first.order_by().annotate(
        rank=Window(RowNumber(), partition_by="exercise", order_by="pk"),
        answers=Window(Count("pk"), partition_by="exercise"),
    )
    complete = ranked.filter(rank__lte=F("answers") - F("answers") % _STEP)
    counted: QuerySet[Attempt] = Attempt.objects.filter(pk__in=complete.values("pk"))
    return counted


def _rounded(percent: float) -> int:
    return round(percent / _PERCENT_BY) * _PERCENT_BY
