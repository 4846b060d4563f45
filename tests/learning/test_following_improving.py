"""Where people stumble: figures of many, made anew each night without those who object (P-011)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from clairevoie import privacy
from clairevoie.learning.actions import improving
from clairevoie.learning.actions.importing import import_parcours
from clairevoie.learning.models import Attempt, Difficulty, Enrolment, Exercise
from clairevoie.learning.steps import rebuild_difficulties
from clairevoie.privacy.models import DataSubject
from tests.cast import NOW, TODAY, Person
from tests.gestion.conftest import give_second_factor
from tests.learning import folder
from tests.promises import promise

pytestmark = pytest.mark.django_db


@pytest.fixture
def exercise(db: None) -> Exercise:
    import_parcours(slug=folder.SLUG, files=folder.sources(), publish=True, author=None, at=NOW)
    return Exercise.objects.select_related("edition__parcours").get(code="moyenne-simple")


def tries(subject: DataSubject, exercise: Exercise, *points: int) -> None:
    """One answer after another."""
    enrolment = Enrolment.objects.create(
        subject=subject,
        parcours=exercise.edition.parcours,
        edition=exercise.edition,
        way="open",
        enrolled_at=NOW,
        last_at=NOW,
    )
    Attempt.objects.bulk_create(
        Attempt(
            subject=subject,
            enrolment=enrolment,
            exercise=exercise,
            code=exercise.code,
            number=number,
            answer=[],
            points=got,
            out_of=1,
            attempted_at=NOW,
        )
        for number, got in enumerate(points, start=1)
    )


def crowd(exercise: Exercise, number: int, *points: int) -> None:
    for _ in range(number):
        tries(DataSubject.objects.create(last_use=TODAY), exercise, *points)


def figures() -> list[tuple[int, int]]:
    return list(Difficulty.objects.values_list("people", "missed_percent"))


def test_first_tries_alone_are_counted_and_rounded(exercise: Exercise) -> None:
    crowd(exercise, 7, 0, 1)
    crowd(exercise, 3, 1, 0)

    improving.rebuild(on=TODAY)

    assert figures() == [(10, 70)]


def test_no_figure_tells_what_the_one_who_came_last_did(exercise: Exercise) -> None:
    crowd(exercise, 10, 0)
    seen = []

    for _ in range(5):
        crowd(exercise, 1, 1)
        improving.rebuild(on=TODAY)
        seen += figures()

    assert seen == [(10, 100)] * 4 + [(15, 70)]


@promise("P-011")
def test_whoever_objects_is_in_no_figure_from_that_night_on(
    exercise: Exercise, alice: Person, client: Client
) -> None:
    """Ten people are enough, nine are not: without Alice, nothing is left to show."""
    crowd(exercise, 9, 0)
    tries(alice.subject, exercise, 0)
    rebuild_difficulties(NOW)
    assert figures() == [(10, 100)]
    client.force_login(alice.member)

    client.post("/mon-compte/notifications/", {})
    rebuild_difficulties(NOW + timedelta(days=1))

    assert figures() == []
    privacy.lift_objection(alice.subject, activity="improvement", source="test", at=NOW)
    rebuild_difficulties(NOW + timedelta(days=2))
    assert figures() == [(10, 100)]


@promise("P-011")
def test_a_locked_person_is_in_no_figure(exercise: Exercise, alice: Person) -> None:
    crowd(exercise, 9, 0)
    tries(alice.subject, exercise, 0)
    DataSubject.objects.filter(pk=alice.subject.pk).update(restricted=True)

    assert improving.rebuild(on=TODAY) == 0


def test_trainers_read_where_to_write_more_clearly(
    exercise: Exercise, bob: Person, alice: Person, client: Client
) -> None:
    give_second_factor(bob)
    client.force_login(bob.member)
    assert "Rien à éclaircir" in client.get("/formation/difficultes/").content.decode()
    crowd(exercise, 12, 0)
    improving.rebuild(on=TODAY)

    page = client.get("/formation/difficultes/").content.decode()

    assert "Quelle est la moyenne" in page
    assert "La moyenne</a>" in page
    client.force_login(alice.member)
    assert client.get("/formation/difficultes/").status_code == 404
