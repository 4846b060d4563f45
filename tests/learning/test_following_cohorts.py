"""Trainers see the learners of their own cohorts, and where each one is."""

from __future__ import annotations

import pytest
from django.test import Client

from clairevoie.learning.actions.importing import import_parcours
from clairevoie.learning.models import Cohort, Teaching
from tests.cast import NOW, TODAY, Person
from tests.gestion.conftest import give_second_factor
from tests.learning import folder

pytestmark = pytest.mark.django_db


@pytest.fixture
def cohort(bob: Person) -> Cohort:
    """Bob teaches it."""
    done = import_parcours(
        slug=folder.SLUG, files=folder.sources(), publish=True, author=None, at=NOW
    )
    made = Cohort.objects.create(
        slug="automne", parcours=done.parcours, name="Automne", starts_on=TODAY
    )
    Teaching.objects.create(subject=bob.subject, cohort=made, since=TODAY)
    return made


def at_work(person: Person) -> Client:
    give_second_factor(person)
    client = Client()
    client.force_login(person.member)
    return client


def test_a_trainer_finds_the_cohorts_they_teach(bob: Person, cohort: Cohort) -> None:
    client = at_work(bob)

    assert "/formation/sessions/automne/" in client.get("/formation/").content.decode()
    assert client.get("/formation/sessions/automne/").status_code == 200
    assert client.get("/formation/sessions/inconnue/").status_code == 404


def test_a_trainer_without_a_second_factor_is_asked_for_one(bob: Person, cohort: Cohort) -> None:
    client = Client()
    client.force_login(bob.member)

    answer = client.get("/formation/sessions/automne/")

    assert answer.status_code == 302
    assert answer["Location"].startswith("/mon-compte/securite/")


@pytest.mark.parametrize("name", ["alice", "eve", "flora", "helene"])
def test_a_cohort_does_not_exist_for_whoever_does_not_teach_it(
    name: str, cohort: Cohort, request: pytest.FixtureRequest
) -> None:
    client = at_work(request.getfixturevalue(name))

    assert client.get("/formation/sessions/automne/").status_code == 404
    assert client.get("/formation/").status_code == 404


def test_another_trainer_finds_nothing(charlie: Person, cohort: Cohort) -> None:
    charlie.member.role = "trainer"
    charlie.member.save()
    client = at_work(charlie)

    assert "automne" not in client.get("/formation/").content.decode()
    assert client.get("/formation/sessions/automne/").status_code == 404


def test_a_stranger_is_sent_to_sign_in(cohort: Cohort, client: Client) -> None:
    answer = client.get("/formation/sessions/automne/")

    assert answer.status_code == 302
    assert answer["Location"].startswith("/connexion/?next=/formation/")
