"""The indicator of motivation: a published formula, seen by two, gone with an objection."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from clairevoie import privacy
from clairevoie.accounts.roles import Role, permissions_of
from clairevoie.learning.actions import motivating
from clairevoie.learning.actions.importing import import_parcours
from clairevoie.learning.models import (
    Candidacy,
    Chapter,
    Completion,
    Enrolment,
    Motivation,
    Parcours,
)
from clairevoie.learning.motivation import Facts, level_of
from clairevoie.learning.steps import compute_motivation
from clairevoie.lib.calendar import paris_midnight
from clairevoie.privacy.models import DataSubject
from tests.architecture.source import SOURCE, dotted, modules, nothing
from tests.cast import NOW, TODAY, Person
from tests.learning import folder
from tests.promises import promise

NOON = timedelta(hours=12)


@pytest.fixture
def parcours(db: None) -> Parcours:
    return import_parcours(
        slug=folder.SLUG, files=folder.sources(), publish=True, author=None, at=NOW
    ).parcours


def follows(person: Person, parcours: Parcours, *, days: int = 40, **more: object) -> Enrolment:
    """Began so many days ago."""
    began = NOW - timedelta(days=days)
    made: Enrolment = Enrolment.objects.create(
        subject=person.subject,
        parcours=parcours,
        edition=parcours.current,
        way="open",
        enrolled_at=began,
        last_at=began,
        **more,
    )
    return made


def completes(enrolment: Enrolment, *days_ago: int) -> None:
    """One chapter on each of these days."""
    for chapter, days in zip(Chapter.objects.order_by("position"), days_ago, strict=False):
        Completion.objects.create(
            subject=enrolment.subject,
            enrolment=enrolment,
            chapter=chapter,
            place=str(chapter.pk),
            completed_at=paris_midnight(TODAY - timedelta(days=days)) + NOON,
        )


def levels(on: date = TODAY) -> dict[int, str]:
    motivating.compute(on=on)
    return dict(Motivation.objects.values_list("subject", "level"))


@promise("P-025")
@pytest.mark.parametrize(
    ("weeks", "active", "level"),
    [
        *((0, 0, None), (1, 0, "low"), (1, 1, "high"), (2, 1, "steady"), (3, 1, "low")),
        *((3, 2, "steady"), (4, 0, "low"), (4, 1, "low"), (4, 2, "steady"), (4, 4, "high")),
    ],
)
def test_the_formula_is_the_one_that_is_published(
    weeks: int, active: int, level: str | None
) -> None:
    assert level_of(Facts(weeks=weeks, active=active, chapters=9, answers=9)) == level


@pytest.mark.django_db
def test_weeks_are_counted_back_from_midnight_in_paris(parcours: Parcours, alice: Person) -> None:
    """The day of the computation is not over: it waits for the next night."""
    enrolment = follows(alice, parcours)
    completes(enrolment, 0, 7, 28)  # today; the last day of the second week; of the fourth

    assert levels() == {alice.subject.pk: "steady"}
    kept = Motivation.objects.get()
    assert kept.because == {"weeks": 4, "active": 2, "chapters": 2, "answers": 0}
    assert levels(TODAY + timedelta(days=1)) == {alice.subject.pk: "steady"}
    kept.refresh_from_db()
    assert kept.because["chapters"] == 2, "today's chapter came in, that of the 25th left"


@pytest.mark.django_db
def test_nothing_is_said_of_a_first_week_nor_of_whoever_finished_or_left(
    parcours: Parcours, alice: Person, charlie: Person, flora: Person
) -> None:
    follows(alice, parcours, days=5)
    done = follows(charlie, parcours)
    follows(flora, parcours, left_at=NOW)
    assert levels() == {charlie.subject.pk: "low"}

    done.finished_at = NOW
    done.save()

    assert levels(TODAY + timedelta(days=1)) == {}


@pytest.mark.django_db
@promise("P-025")
def test_an_objection_deletes_the_indicator_at_once_and_the_night_leaves_it_so(
    parcours: Parcours, alice: Person, charlie: Person, client: Client
) -> None:
    follows(alice, parcours)
    follows(charlie, parcours)
    motivating.compute(on=TODAY)
    client.force_login(alice.member)

    answer = client.post("/mon-compte/formations/motivation/", {"wanted": ""})

    assert answer.status_code == 302
    assert set(Motivation.objects.values_list("subject", flat=True)) == {charlie.subject.pk}
    compute_motivation(NOW + timedelta(days=1))
    assert set(Motivation.objects.values_list("subject", flat=True)) == {charlie.subject.pk}
    client.post("/mon-compte/formations/motivation/", {"wanted": "1"})
    assert set(levels()) == {alice.subject.pk, charlie.subject.pk}


@pytest.mark.django_db
@promise("P-025")
@pytest.mark.parametrize("door", ["preferences", "engine"])
def test_whatever_the_door_of_the_objection(
    door: str, parcours: Parcours, alice: Person, client: Client
) -> None:
    follows(alice, parcours)
    motivating.compute(on=TODAY)

    if door == "engine":
        privacy.object_to(alice.subject, activity="motivation", source="courrier", at=NOW)
    else:
        client.force_login(alice.member)
        client.post("/mon-compte/notifications/", {})

    assert not Motivation.objects.exists()


@pytest.mark.django_db
def test_the_data_of_a_locked_person_stay_as_they_are(parcours: Parcours, alice: Person) -> None:
    enrolment = follows(alice, parcours)
    motivating.compute(on=TODAY)
    DataSubject.objects.filter(pk=alice.subject.pk).update(restricted=True)
    completes(enrolment, 3)

    motivating.compute(on=TODAY + timedelta(days=1))

    kept = Motivation.including_restricted.get()
    assert (kept.computed_on, kept.because["active"]) == (TODAY, 0)


@pytest.mark.django_db
def test_a_night_costs_the_same_for_one_and_for_many(
    parcours: Parcours, alice: Person, charlie: Person, flora: Person
) -> None:
    completes(follows(alice, parcours), 3)
    with CaptureQueriesContext(connection) as one:
        motivating.compute(on=TODAY)
    completes(follows(charlie, parcours), 3)
    follows(flora, parcours)
    with CaptureQueriesContext(connection) as three:
        motivating.compute(on=TODAY)

    assert len(one) == len(three)


# --- Never an input of a decision (RGPD, art. 22; F-10) -----------------------------------------

READ_IT = {
    "learning/models/__init__.py",  # the table
    "learning/models/ratings.py",
    "learning/privacy.py",  # its declaration
    "learning/motivation.py",  # the formula
    "learning/actions/motivating.py",  # the night
    "learning/steps.py",
    "learning/urls.py",
    "learning/apps.py",
    "learning/cohorts.py",  # its two readers: the trainers of the cohort,
    "learning/dashboard.py",  # and the learner
    "learning/views/dashboard.py",
    "accounts/actions/preferences.py",  # its switch
}


def _mentions() -> Iterable[str]:
    """Modules of ours that import, query or name the indicator."""
    for module in modules():
        for node in ast.walk(module.tree):
            words = [dotted(node)] if isinstance(node, ast.Attribute) else []
            if isinstance(node, ast.ImportFrom):
                words += [node.module or "", *(alias.name for alias in node.names)]
            elif isinstance(node, ast.Name):
                words.append(node.id)
            elif isinstance(node, ast.keyword):
                words.append(node.arg or "")
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                words += [node.value] if len(node.value.split()) == 1 else []
            if any("motivation" in word.lower() or "motivating" in word for word in words):
                yield str(module.path.relative_to(SOURCE))


@promise("P-025")
def test_nobody_reads_it_but_to_show_it() -> None:
    readers = set(_mentions())

    nothing(
        sorted(readers - READ_IT),
        mend="no decision may read the indicator; say in READ_IT whom it is shown to",
    )
    assert {"learning/cohorts.py", "learning/dashboard.py"} <= readers


@promise("P-025")
def test_no_permission_opens_it_and_no_room_of_the_back_office_shows_it() -> None:
    granted = {permission for role in Role for permission in permissions_of(role)}

    assert not {permission for permission in granted if "motivation" in permission}


@pytest.mark.django_db
@promise("P-025")
@pytest.mark.parametrize("decision", ["refused", "accepted"])
def test_the_database_refuses_a_decision_that_nobody_took(
    decision: str, parcours: Parcours, alice: Person
) -> None:
    asked = Candidacy.objects.create(
        subject=alice.subject, parcours=parcours, way="application", asked_on=TODAY
    )

    with pytest.raises(IntegrityError), transaction.atomic():
        Candidacy.objects.filter(pk=asked.pk).update(
            decision=decision, reason="prérequis", decided_on=TODAY
        )

    asked.refresh_from_db()
    assert asked.decision == ""
