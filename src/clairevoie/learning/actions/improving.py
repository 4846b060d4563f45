"""Where learners stumble: figures for those who write the lessons, written anew each night."""

from __future__ import annotations

from datetime import date
from typing import Final

from django.db import transaction
from django.db.models import Count, F, Q

from clairevoie import privacy
from clairevoie.learning.models import Attempt, Difficulty

ACTIVITY: Final = "improvement"
FEWEST: Final = 10  # people: fewer, and one of them could be guessed (F-22)
_PEOPLE_BY, _PERCENT_BY = 5, 10  # rounded, so that no single answer moves a figure


@transaction.atomic
def rebuild(*, on: date) -> int:
    """All of it from the first answers of those who let it be; nothing of yesterday stays.

    Whoever objected is in no figure from this night on, for what they did before either.
    """
    first = privacy.permitted(Attempt.objects.filter(number=1), ACTIVITY)
    counted = (
        first.order_by()
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
            people=people - people % _PEOPLE_BY,
            missed_percent=_rounded(100 * missed / tries),
            computed_on=on,
        )
        for exercise, people, tries, missed in counted
    ]
    Difficulty.objects.all().delete()
    Difficulty.objects.bulk_create(figures, batch_size=1_000)
    return len(figures)


def _rounded(percent: float) -> int:
    return round(percent / _PERCENT_BY) * _PERCENT_BY
