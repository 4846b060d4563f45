"""Computing the indicator of motivation at night, and letting it go when a person objects."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from django.db import transaction
from django.db.models import Case, Count, QuerySet, Value, When

from clairevoie import privacy
from clairevoie.learning.models import Attempt, Completion, Enrolment, Motivation
from clairevoie.learning.motivation import WEEK, WEEKS, Facts, level_of, weeks_since
from clairevoie.lib.calendar import paris_date, paris_midnight
from clairevoie.privacy.models import DataSubject

ACTIVITY: Final = "motivation"
BATCH: Final = 2_000
Counts = dict[int, dict[int, int]]  # of each enrolment, of each week back: how many


def compute(*, on: date) -> int:
    """The indicator of everybody under way who lets it be, four statements a batch of people.

    Whoever finished, left or objected since has none after tonight.
    """
    done, last = 0, 0
    while True:
        count, last = _compute_batch(last, on=on)
        if not last:
            break
        done += count
    stale = Motivation.objects.filter(computed_on__lt=on, subject__held=False)
    stale.delete()
    return done


@transaction.atomic
def _compute_batch(last: int, *, on: date) -> tuple[int, int]:
    """How many were computed, and the last enrolment looked at; 0 when none is left."""
    # Locked first: whoever objects meanwhile waits for the batch, then takes away what it wrote.
    under_way = Enrolment.objects.filter(finished_at__isnull=True, left_at__isnull=True)
    locked = list(
        under_way.filter(pk__gt=last)
        .order_by("pk")
        .select_for_update(of=("self",))
        .values_list("pk", flat=True)[:BATCH]
    )
    if not locked:
        return 0, 0
    batch = under_way.filter(pk__gt=last, pk__lte=locked[-1])
    permitted = privacy.permitted(batch, ACTIVITY).only("uuid", "subject_id", "enrolled_at")
    found = _computed(permitted, last, locked[-1], on=on)
    Motivation.objects.bulk_create(
        found,
        update_conflicts=True,
        unique_fields=["enrolment"],
        update_fields=["level", "because", "computed_on"],
    )
    return len(found), locked[-1]


def _computed(
    enrolments: Iterable[Enrolment], after: int, to: int, *, on: date
) -> list[Motivation]:
    chapters = _by_week(Completion.including_restricted.all(), "completed_at", after, to, on=on)
    answers = _by_week(Attempt.including_restricted.all(), "attempted_at", after, to, on=on)
    found = []
    for enrolment in enrolments:
        facts = _facts(enrolment, chapters[enrolment.pk], answers[enrolment.pk], on=on)
        level = level_of(facts)
        if level is not None:
            found.append(
                Motivation(
                    subject_id=enrolment.subject_id,
                    enrolment=enrolment,
                    level=level,
                    because=facts.stored(),
                    computed_on=on,
                )
            )
    return found


def _facts(
    enrolment: Enrolment, chapters: dict[int, int], answers: dict[int, int], *, on: date
) -> Facts:
    weeks = weeks_since(paris_date(enrolment.enrolled_at), on=on)
    counted = {week for week in {*chapters, *answers} if week < weeks}
    return Facts(
        weeks=weeks,
        active=len(counted),
        chapters=sum(chapters.get(week, 0) for week in counted),
        answers=sum(answers.get(week, 0) for week in counted),
    )


def _by_week(rows: QuerySet[Any], clock: str, after: int, to: int, *, on: date) -> Counts:
    """One statement: what each enrolment of a range did in each of the weeks looked back upon."""
    weeks = [
        When(**{f"{clock}__gte": paris_midnight(on - (back + 1) * WEEK)}, then=Value(back))
        for back in range(WEEKS)
    ]
    counted = (
        rows.filter(
            enrolment__pk__gt=after,
            enrolment__pk__lte=to,
            **{
                f"{clock}__gte": paris_midnight(on - WEEKS * WEEK),
                f"{clock}__lt": paris_midnight(on),
            },
        )
        .order_by()
        .annotate(week=Case(*weeks))
        .values_list("enrolment__pk", "week")
        .annotate(n=Count("pk"))
    )
    found: Counts = defaultdict(dict)
    for enrolment, week, count in counted:
        found[enrolment][week] = count
    return found


def forget(subject: DataSubject) -> None:
    """Delete the person's indicator now (registered with the engine: ``learning.apps``)."""
    # Waits for a night that is computing it, and is waited for by the next.
    list(Enrolment.including_restricted.filter(subject=subject).select_for_update(of=("self",)))
    Motivation.including_restricted.filter(subject=subject).delete()
