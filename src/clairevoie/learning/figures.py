"""What is published of many people, renewed in steps so that nobody is alone between two figures.

A mean that changes when one person rates tells what that person gave. So the figure in force
stays until at least :data:`THRESHOLD` people have moved (rated, changed their rating or taken it
back); only then does a new one take its place. Each row remembers, in ``counted``, what the
figure in force counts of it: from that alone it is known how many have moved.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Case, Count, F, Q, QuerySet, Sum, Value, When
from django.db.models.expressions import Combinable

from clairevoie import privacy
from clairevoie.learning.models import Enrolment, Figure, Rating, Unit
from clairevoie.lib.calendar import paris_midnight

THRESHOLD = 5  # people: fewer would let one be recognised
LEARNING_WEEKS = 12  # before somebody counts in the success rate, finished or not
Group = tuple[str, str, str]  # parcours, unit, place


@dataclass(frozen=True, slots=True)
class Tally:
    """How many people are there for a figure, and how many moved since the one in force."""

    people: int = 0
    fresh: int = 0  # not counted yet
    changed: int = 0  # counted with another value

    def moved(self, counted: int) -> int:
        """At least so many people, of the ``counted`` ones of the figure in force and the others.

        One who takes back a rating and gives it again is both gone and fresh: the greater of
        the two, not their sum, is a number of people.
        """
        gone = counted - (self.people - self.fresh)
        return self.changed + max(self.fresh, gone)

    def is_due(self, counted: int) -> bool:
        """A figure may be taken that leaves nobody alone, in it or beside the one before."""
        return self.people >= THRESHOLD and self.moved(counted) >= THRESHOLD


@dataclass(frozen=True, slots=True)
class Measure:
    """Which rows a kind of figure counts, what each is worth, and how their sum is published."""

    code: Figure.Measure
    model: type[Rating | Enrolment]
    worth: Combinable
    rows: Callable[[date], QuerySet[Any]]
    rounded: Callable[[int, int], int]  # (sum, people) → value
    by_unit: bool

    def group(self, key: Group) -> Q:
        """The rows of one figure."""
        parcours, unit, place = key
        names = {"unit": unit, "place": place} if self.by_unit else {}
        return Q(parcours=parcours, **names)

    def tallies(self, on: date) -> dict[Group, Tally]:
        """Every group that has rows: one query."""
        columns = ("parcours", "unit", "place") if self.by_unit else ("parcours",)
        worth = self.rows(on).annotate(worth=self.worth).order_by()
        found = worth.values_list(*columns).annotate(
            people=Count("pk"),
            fresh=Count("pk", filter=Q(counted=None)),
            changed=Count("pk", filter=Q(counted__isnull=False) & ~Q(counted=F("worth"))),
        )
        whole = () if self.by_unit else (Unit.PARCOURS.value, "")
        return {(*row[:-3], *whole): Tally(*row[-3:]) for row in found}

    def count(self, key: Group, *, on: date) -> tuple[int, int]:
        """Have the rows of a group counted as they are; their sum and their number."""
        every = self.model.including_restricted.filter(self.group(key))
        every.exclude(counted=None).update(counted=None)
        self.rows(on).filter(self.group(key)).update(counted=self.worth)
        total: dict[str, int] = every.aggregate(sum=Sum("counted"), n=Count("counted"))
        return total["sum"] or 0, total["n"]


def _ratings(_on: date) -> QuerySet[Rating]:
    return privacy.permitted(Rating.objects.all(), "rating")


def _enrolments(on: date) -> QuerySet[Enrolment]:
    last_day = on - timedelta(weeks=LEARNING_WEEKS)
    begun = Enrolment.objects.filter(enrolled_at__lt=paris_midnight(last_day + timedelta(days=1)))
    return privacy.permitted(begun, "training")


def _half_points(total: int, people: int) -> int:
    """The mean, to the nearest half point: 7 is 3,5."""
    return (4 * total + people) // (2 * people)


def _percent(total: int, people: int) -> int:
    return (200 * total + people) // (2 * people)


SATISFACTION = Measure(
    Figure.Measure.SATISFACTION, Rating, F("score"), _ratings, _half_points, by_unit=True
)
SUCCESS = Measure(
    Figure.Measure.SUCCESS,
    Enrolment,
    Case(When(finished_at__isnull=False, then=Value(1)), default=Value(0)),
    _enrolments,
    _percent,
    by_unit=False,
)
MEASURES = (SATISFACTION, SUCCESS)
