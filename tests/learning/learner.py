"""What tests of learners begin with: a parcours, somebody who follows it, what they did."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.test import Client

from clairevoie.learning.actions import enrolling
from clairevoie.learning.actions.importing import import_parcours
from clairevoie.learning.models import Attempt, Chapter, Enrolment, Parcours, Way
from tests.cast import NOW
from tests.learning.folder import SLUG

if TYPE_CHECKING:
    from tests.cast import Person


def import_one(files: Mapping[str, bytes]) -> Parcours:
    """The small parcours in one edition more, published."""
    import_parcours(slug=SLUG, files=dict(files), publish=True, author=None, at=NOW)
    return Parcours.objects.select_related("current").get(slug=SLUG)


def follow(person: Person, parcours: Parcours) -> Enrolment:
    return enrolling.enrol(subject=person.subject, parcours=parcours, way=Way.OPEN, at=NOW)


def chapters(enrolment: Enrolment) -> list[Chapter]:
    """Those of the edition that is followed, in order."""
    found = Chapter.objects.filter(edition__uuid=enrolment.edition_id)
    return list(found.select_related("module", "edition").order_by("position"))


def try_exercises(enrolment: Enrolment, chapter: Chapter) -> None:
    """Each once, wrong: trying is enough to be done with a chapter."""
    for exercise in chapter.exercises.all():
        Attempt.objects.create(
            subject_id=enrolment.subject_id,
            enrolment=enrolment,
            exercise=exercise,
            code=exercise.code,
            number=1,
            answer={},
            points=0,
            out_of=1,
            attempted_at=NOW,
        )


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person.member)
    return client
