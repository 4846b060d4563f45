"""Ratings as pages show them: beside the name of what was rated."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final
from uuid import UUID

from clairevoie import policy
from clairevoie.learning.models import Enrolment, Parcours, Rating, Unit, published_reviews
from clairevoie.learning.units import Name, Rateable, units_of
from clairevoie.lib.prepared import Prepared

REVIEWS_SHOWN: Final = 3
_WHOLE: Final = (Unit.PARCOURS.value, "")

_mine: Prepared[Rating] = Prepared(
    lambda slug, subject: Rating.including_restricted.filter(parcours__slug=slug, subject=subject),
    example=("slug", 1),
)


@dataclass(frozen=True, slots=True)
class Named:
    """A rating, what it is about and in which parcours."""

    rating: Rating
    heading: str
    parcours: str  # its title

    @property
    def is_whole(self) -> bool:
        return self.rating.unit == Unit.PARCOURS


def given_in(enrolment: Enrolment) -> dict[Name, Rating]:
    """What a learner gave in one parcours: one query, however often it is asked."""
    kept: dict[Name, Rating] | None = enrolment.__dict__.get("_given")
    if kept is None:
        mine = _mine.all(enrolment.parcours_id, enrolment.subject_id)
        kept = enrolment.__dict__["_given"] = {(one.unit, one.place): one for one in mine}
    return kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Stars:
    """What a learner gave to one unit, as its page says it."""

    score: int
    number: UUID  # the rating's own
    reviewed: bool


def stars_in(enrolment: Enrolment) -> dict[Name, Stars]:
    """The same as :func:`given_in`, as pages say it. One query, however often it is asked."""
    return {
        name: Stars(score=one.score, number=one.uuid, reviewed=bool(one.review))
        for name, one in given_in(enrolment).items()
    }


@dataclass(frozen=True, slots=True)
class Row:
    """Something to rate, what was given, and the same of its exercises."""

    unit: Rateable
    given: Rating | None
    exercises: list[Row] = field(default_factory=list)


def rows_of(enrolment: Enrolment, units: Mapping[Name, Rateable]) -> list[Row]:
    """All that can be rated, beside what was given; exercises within their chapter."""
    given = given_in(enrolment)
    rows: list[Row] = []
    for name, unit in units.items():
        where = rows[-1].exercises if unit.unit == Unit.EXERCISE else rows
        where.append(Row(unit, given.get(name)))
    return rows


def named(ratings: Iterable[Rating], editions: Mapping[str, UUID] | None = None) -> list[Named]:
    """Each with its titles, of the current edition: one query for all, then what is kept.

    ``editions`` by parcours, where they are known. What a later one dropped is called by its
    place.
    """
    ratings = list(ratings)
    if not ratings:
        return []
    if editions is None:
        slugs = {rating.parcours_id for rating in ratings}
        current = Parcours.objects.filter(slug__in=slugs, current__isnull=False)
        editions = dict(current.values_list("slug", "current__uuid"))
    units = {slug: units_of(edition) for slug, edition in editions.items()}
    return [_named(rating, units.get(rating.parcours_id, {})) for rating in ratings]


def _named(rating: Rating, units: Mapping[Name, Rateable]) -> Named:
    unit, whole = units.get((rating.unit, rating.place)), units.get(_WHOLE)
    return Named(
        rating,
        unit.heading if unit else rating.place,
        whole.heading if whole else rating.parcours_id,
    )


def latest_reviews(parcours: str, edition: UUID) -> list[Named]:
    """What is shown of them on the page of the parcours: one query. Asked for each reader, and
    kept by nobody: an author may take back their consent at any instant."""
    latest = _latest(policy.current().digest).all(parcours)
    return named(latest, {parcours: edition})


@lru_cache(maxsize=2)
def _latest(_policy: str) -> Prepared[Rating]:
    """What a consent covers is the policy's to say: the SQL holds it."""
    return Prepared(
        lambda slug: published_reviews(slug)[:REVIEWS_SHOWN], example=("%parcours%",), fixed=True
    )
