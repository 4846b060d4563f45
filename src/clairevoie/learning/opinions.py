"""Ratings as pages show them: beside the name of what was rated."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from clairevoie.learning.models import Enrolment, Parcours, Rating, Unit
from clairevoie.learning.units import Name, Rateable, headings


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
        mine = Rating.including_restricted.filter(
            subject=enrolment.subject_id, parcours__slug=enrolment.parcours_id
        )
        kept = enrolment.__dict__["_given"] = {(one.unit, one.place): one for one in mine}
    return kept


def rows_of(
    enrolment: Enrolment, units: Mapping[Name, Rateable]
) -> list[tuple[Rateable, Rating | None]]:
    """All that can be rated, beside what was given."""
    given = given_in(enrolment)
    return [(unit, given.get(name)) for name, unit in units.items()]


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
    said = headings(editions.items())
    return [
        Named(
            rating,
            said.get((rating.parcours_id, rating.unit, rating.place), rating.place),
            said.get((rating.parcours_id, Unit.PARCOURS.value, ""), rating.parcours_id),
        )
        for rating in ratings
    ]
