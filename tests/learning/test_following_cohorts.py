"""Trainers see the learners of their own cohorts, and where each one is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from clairevoie.learning.actions.following import note_attempt
from clairevoie.learning.actions.importing import import_parcours
from clairevoie.learning.cohorts import Group, Place, page_of
from clairevoie.learning.models import (
    Attempt,
    Cohort,
    Enrolment,
    Exercise,
    Project,
    Submission,
    Teaching,
)
from clairevoie.lib import calendar
from clairevoie.privacy.models import DataSubject
from tests.cast import NOW, TODAY, Person
from tests.gestion.conftest import give_second_factor
from tests.learning import folder

pytestmark = pytest.mark.django_db

NOW_IN_TESTS = calendar.now()  # pages ask the clock


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


# --- The table ----------------------------------------------------------------------------------


def follows(person: Person, cohort: Cohort, *, quiet: int = 0, **more: Any) -> Enrolment:
    """Enrolled a month ago, last seen so many days ago."""
    edition = cohort.parcours.current
    assert edition is not None
    made: Enrolment = Enrolment.objects.create(
        subject=person.subject,
        parcours=cohort.parcours,
        edition=edition,
        cohort=cohort,
        way="open",
        enrolled_at=NOW_IN_TESTS - timedelta(days=30),
        last_at=NOW_IN_TESTS - timedelta(days=quiet),
        **more,
    )
    return made


def names(client: Client, **asked: str) -> list[str]:
    page = client.get("/formation/sessions/automne/", asked)
    assert page.status_code == 200
    return [learner.name.split()[0] for learner in page.context["page"].learners]


def test_an_empty_cohort_says_so(bob: Person, cohort: Cohort) -> None:
    page = at_work(bob).get("/formation/sessions/automne/").content.decode()

    assert "Personne ne suit encore cette session" in page
    assert "<table" not in page


def test_whoever_is_quiet_for_fourteen_days_or_stuck_is_to_be_helped(
    cohort: Cohort, request: pytest.FixtureRequest
) -> None:
    person = request.getfixturevalue
    follows(person("alice"), cohort, quiet=20)
    follows(person("charlie"), cohort, quiet=1, stuck_on="moyenne-simple", stuck_at=NOW)
    follows(person("flora"), cohort, quiet=3)
    follows(person("helene"), cohort, quiet=40, finished_at=NOW)
    client = at_work(person("bob"))

    assert names(client) == ["Alice-Zzyxprenom", "Charlie-Zzyxprenom"]
    assert names(client, liste="en-cours") == [
        *("Alice-Zzyxprenom", "Flora-Zzyxprenom", "Charlie-Zzyxprenom"),
    ]
    assert names(client, liste="termine") == ["Hélène-Zzyxprenom"]
    page = client.get("/formation/sessions/automne/").content.decode()
    assert "20 jours sans activité" in page
    assert "La moyenne</a>" in page, "the lesson of the exercise is named and linked"


def test_a_locked_person_is_out_of_the_table(bob: Person, cohort: Cohort, alice: Person) -> None:
    follows(alice, cohort, quiet=20)
    DataSubject.objects.filter(pk=alice.subject.pk).update(restricted=True)

    assert names(at_work(bob)) == []


def test_pages_follow_each_other_without_losing_anybody(
    bob: Person, cohort: Cohort, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those who wait since the same instant too, and from the quiet to the stuck."""
    template = follows(alice, cohort, quiet=20)
    waiting = [20, 20, 20, 18, 1, 1, 0]
    for days in waiting:
        Enrolment.objects.create(
            subject=DataSubject.objects.create(last_use=TODAY),
            parcours=cohort.parcours,
            edition=template.edition,
            cohort=cohort,
            way="open",
            enrolled_at=template.enrolled_at,
            last_at=template.last_at + timedelta(days=20 - days),
            stuck_on="mot" if days < 14 else "",
            stuck_at=NOW if days < 14 else None,
        )
    monkeypatch.setattr("clairevoie.learning.cohorts.A_PAGE", 3)
    seen, after = [], None
    for _ in range(4):
        page = page_of(cohort, Group.TO_HELP, after=after, at=NOW_IN_TESTS)
        seen += [learner.last_on for learner in page.learners]
        after = Place.read(str(page.after)) if page.after else None
        if after is None:
            break

    assert len(seen) == len(waiting) + 1
    assert seen == sorted(seen)


@pytest.mark.parametrize(
    "asked",
    [
        {"liste": "tous"},
        {"apres": "hier"},
        {"apres": "9-9"},
        {"apres": "00010101T000000.000000+2359-1"},
        {"apres": "99991231T235959.000000-2359-1"},
    ],
)
def test_an_address_nobody_gave_leads_nowhere(
    asked: dict[str, str], bob: Person, cohort: Cohort
) -> None:
    assert at_work(bob).get("/formation/sessions/automne/", asked).status_code == 404


def test_the_table_costs_the_same_whatever_its_length(
    bob: Person, cohort: Cohort, alice: Person, charlie: Person, flora: Person
) -> None:
    follows(alice, cohort, quiet=20, stuck_on="mot", stuck_at=NOW)
    client = at_work(bob)
    client.get("/formation/sessions/automne/")
    with CaptureQueriesContext(connection) as one:
        client.get("/formation/sessions/automne/")
    follows(charlie, cohort, quiet=20, stuck_on="trous", stuck_at=NOW)
    follows(flora, cohort, quiet=2, stuck_on="rang", stuck_at=NOW)
    with CaptureQueriesContext(connection) as three:
        client.get("/formation/sessions/automne/")

    assert len(three) == len(one) <= 14


def test_three_misses_of_an_exercise_are_noted_until_it_is_right(
    cohort: Cohort, alice: Person
) -> None:
    enrolment = follows(alice, cohort)
    exercise = Exercise.objects.get(code="moyenne-simple")

    def answers(number: int, *, points: int) -> str:
        attempt = Attempt.objects.create(
            subject=alice.subject,
            enrolment=enrolment,
            exercise=exercise,
            code=exercise.code,
            number=number,
            answer=[],
            points=points,
            out_of=1,
            attempted_at=NOW,
        )
        note_attempt(enrolment=enrolment, attempt=attempt, at=NOW)
        enrolment.refresh_from_db()
        return enrolment.stuck_on

    assert [answers(number, points=0) for number in (1, 2, 3)] == ["", "", "moyenne-simple"]
    assert answers(4, points=1) == ""
    assert [answers(number, points=0) for number in (5, 6, 7)] == ["", "", ""]


def test_whoever_waits_for_a_correction_is_not_called_quiet(
    bob: Person, cohort: Cohort, alice: Person
) -> None:
    """It is the trainer's turn: the table leads to the queue."""
    Submission.objects.create(
        subject=alice.subject,
        enrolment=follows(alice, cohort, quiet=20),
        project=Project.objects.get(),
        title="Projet",
        number=1,
        submitted_at=NOW,
    )

    page = at_work(bob).get("/formation/sessions/automne/").content.decode()

    assert "Attend sa correction" in page
    assert "jours sans activité" not in page.split("</table>")[0]
