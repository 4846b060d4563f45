"""Following a parcours: beginning, reading, finishing; and who may not."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from clairevoie.learning.actions import enrolling, reading
from clairevoie.learning.actions.importing import import_parcours
from clairevoie.learning.models import Attempt, Chapter, Enrolment, Parcours, Way
from clairevoie.learning.progress import progress_of
from tests.cast import NOW
from tests.learning.folder import SLUG, sources

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

    from tests.cast import Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def parcours(db: None) -> Parcours:
    import_parcours(slug=SLUG, files=sources(), publish=True, author=None, at=NOW)
    return Parcours.objects.select_related("current").get(slug=SLUG)


def follow(person: Person, parcours: Parcours) -> Enrolment:
    return enrolling.enrol(subject=person.subject, parcours=parcours, way=Way.OPEN, at=NOW)


def chapters(enrolment: Enrolment) -> list[Chapter]:
    found = Chapter.objects.filter(edition__uuid=enrolment.edition_id)
    return list(found.select_related("module", "edition").order_by("position"))


def try_exercises(enrolment: Enrolment, chapter: Chapter) -> None:
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


def test_alice_begins_reads_and_completes(alice: Person, parcours: Parcours) -> None:
    client = signed_in(alice)

    begun = client.post(f"/parcours/{SLUG}/suivre/")
    page = client.get(f"/apprendre/{SLUG}/au-centre/la-mediane/")
    done = client.post(f"/apprendre/{SLUG}/au-centre/la-mediane/")

    assert begun["Location"] == f"/apprendre/{SLUG}/"
    assert page.status_code == 200
    assert "La moitié au-dessus" in page.content.decode()
    assert done["Location"] == f"/apprendre/{SLUG}/autour/l-etendue/"
    enrolment = Enrolment.objects.get(subject=alice.subject)
    assert enrolment.last_place == "au-centre/la-mediane"
    assert progress_of([enrolment])[enrolment.pk].done == 1


def test_a_chapter_waits_for_its_exercises(alice: Person, parcours: Parcours) -> None:
    enrolment = follow(alice, parcours)
    first = chapters(enrolment)[0]

    refused = signed_in(alice).post(f"/apprendre/{SLUG}/au-centre/la-moyenne/")
    try_exercises(enrolment, first)
    reading.complete(enrolment=enrolment, chapter=first, at=NOW + timedelta(hours=1))

    assert refused.status_code == 422
    assert "Essayez d’abord chaque exercice" in refused.content.decode()
    assert progress_of([enrolment])[enrolment.pk].done == 1
