"""The order of the catalogue for a member: a published rule, and the switch that stops it.

docs/reference/recommendations.md says it in words (P-012). Whoever switched it off gets the order
of everybody, and nothing they followed is read.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from django.db.models import Case, QuerySet, Value, When

from clairevoie import privacy
from clairevoie.learning.models import Edition, Enrolment, Parcours, Topic
from clairevoie.privacy.models import DataSubject

ACTIVITY: Final = "personalisation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Taste:
    """Codes of parcours, as they matter to one person."""

    next: Collection[str]  # advise to begin with one that the person finished
    akin: Collection[str]  # share a topic with one that they follow or followed
    known: Collection[str]  # those that they follow or followed


def taste_of(subject: DataSubject) -> Taste | None:
    """What to put forward; None for whoever said no, and for whoever follows nothing yet."""
    if not privacy.may(subject, ACTIVITY).allowed:
        return None
    theirs = Enrolment.objects.filter(subject=subject.pk)
    known = dict(theirs.order_by("id").values_list("parcours_id", "finished_at"))
    if not known:
        return None
    finished = {slug for slug, at in known.items() if at is not None}
    return Taste(next=_next_to(finished), akin=_akin_to(known), known=known)


def _next_to(finished: Collection[str]) -> set[str]:
    """One query, and none for whoever finished nothing."""
    if not finished:
        return set()
    advising = Edition.objects.filter(pk__in=_current()).exclude(requires=[])
    rows = advising.values_list("parcours__slug", "requires")
    return {slug for slug, requires in rows if any(one in finished for one in requires)}


def _akin_to(known: Collection[str]) -> set[str]:
    topics = Topic.objects.filter(edition__in=_current())
    liked = topics.filter(edition__parcours__slug__in=known).values("slug")
    akin = topics.filter(slug__in=liked)
    return set(akin.order_by().values_list("edition__parcours__slug", flat=True).distinct())


def _current() -> QuerySet[Parcours, int | None]:
    return Parcours.objects.filter(published=True).values_list("current", flat=True)


def ordered(parcours: QuerySet[Parcours], taste: Taste | None) -> QuerySet[Parcours]:
    """What follows from what they finished, what is akin, the rest, what they know already."""
    if taste is None:
        return parcours
    rank = Case(
        When(slug__in=list(taste.known), then=Value(3)),
        When(slug__in=list(taste.next), then=Value(0)),
        When(slug__in=list(taste.akin), then=Value(1)),
        default=Value(2),
    )
    return parcours.order_by(rank, "current__title", "slug")
