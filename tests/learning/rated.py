"""What the tests of ratings and of figures play with."""

from __future__ import annotations

from datetime import datetime, timedelta

from clairevoie.learning.actions import enrolling, rating
from clairevoie.learning.actions.importing import import_parcours
from clairevoie.learning.models import Enrolment, Parcours, Rating, Unit, Way
from clairevoie.privacy.models import DataSubject
from tests.cast import NOW, TODAY, Person
from tests.learning.folder import SLUG, sources

CHAPTER = "au-centre/la-mediane"


def published() -> Parcours:
    import_parcours(slug=SLUG, files=sources(), publish=True, author=None, at=NOW)
    return Parcours.objects.select_related("current").get(slug=SLUG)


def follow(subject: DataSubject, *, at: datetime = NOW) -> Enrolment:
    parcours = Parcours.objects.select_related("current").get(slug=SLUG)
    return enrolling.enrol(subject=subject, parcours=parcours, way=Way.OPEN, at=at)


def strangers(number: int) -> list[DataSubject]:
    return DataSubject.objects.bulk_create(DataSubject(last_use=TODAY) for _ in range(number))


def rated_by_strangers(*scores: int, unit: str = Unit.PARCOURS, place: str = "") -> list[Rating]:
    """As many strangers as scores."""
    given = [
        Rating(
            subject=stranger,
            parcours_id=SLUG,
            unit=unit,
            place=place,
            score=score,
            answered_on=TODAY,
        )
        for stranger, score in zip(strangers(len(scores)), scores, strict=True)
    ]
    return list(Rating.objects.bulk_create(given))


def rated(
    person: Person, score: int, review: str = "", *, unit: str = Unit.PARCOURS, place: str = ""
) -> Rating:
    enrolment = follow(person.subject)
    return rating.rate(
        enrolment=enrolment, unit=unit, place=place, score=score, review=review, at=NOW
    )


def night(after: int = 1) -> datetime:
    return NOW + timedelta(days=after)
