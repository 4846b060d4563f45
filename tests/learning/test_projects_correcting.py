"""A project is handed in, read, given back, accepted once; who may not."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connections

from clairevoie import privacy
from clairevoie.learning.actions import correcting, submitting, talking
from clairevoie.learning.actions.importing import import_parcours
from clairevoie.learning.documents import DocumentRefused
from clairevoie.learning.models import (
    Cohort,
    Correction,
    Document,
    Enrolment,
    Project,
    Remark,
    Submission,
    Teaching,
    private_folder,
)
from clairevoie.messaging.models import Message
from clairevoie.privacy.models import LedgerEntry
from clairevoie.privacy.reminders import reminders
from tests.cast import NOW, Person
from tests.learning import desk
from tests.learning.desk import HALF, corrected, handed_in
from tests.learning.folder import SLUG, replaced

pytestmark = pytest.mark.django_db

Accepted = list[tuple[UUID, UUID]]


@pytest.fixture
def autumn(alice: Person, bob: Person) -> Cohort:
    desk.project()
    return desk.cohort(trainers=(bob,))


@pytest.fixture
def following(alice: Person, autumn: Cohort) -> Enrolment:
    return desk.enrolled(alice, cohort=autumn)


@pytest.fixture(autouse=True)
def accepted(monkeypatch: pytest.MonkeyPatch) -> Accepted:
    """What the apps above are told, in the transaction of the acceptance."""
    told: Accepted = []

    def note(*, submission: Submission, corrector: UUID, at: datetime) -> None:
        told.append((submission.uuid, corrector))

    monkeypatch.setattr(correcting, "after_acceptance", [note])
    return told


def letters(person: Person) -> list[str]:
    return list(
        Message.including_restricted.of(person.subject)
        .order_by("id")
        .values_list("template", flat=True)
    )


# --- Handing in ---------------------------------------------------------------------------------


def test_a_version_is_kept_with_its_files_under_names_that_say_nothing(
    following: Enrolment,
) -> None:
    submission = handed_in(following, name="Alice Zzyx.pdf")

    (document,) = submission.documents.all()
    assert (submission.number, submission.state, submission.desk) == (1, "waiting", "automne")
    assert document.name == "Alice Zzyx.pdf"
    assert document.file.name == f"projects/{document.uuid}"
    with document.file.open("rb") as stored:
        assert stored.read() == desk.PDF
    assert LedgerEntry.objects.filter(executor="learning.submit").count() == 1


def test_one_version_at_a_time_and_none_after_it_was_accepted(
    bob: Person, following: Enrolment
) -> None:
    first = handed_in(following)

    with pytest.raises(submitting.StillWaiting):
        handed_in(following)
    corrected(first, bob, "rework", points=HALF)
    second = handed_in(following)
    corrected(second, bob)

    assert second.number == 2
    with pytest.raises(submitting.AlreadyAccepted):
        handed_in(following)


def test_what_is_refused_leaves_no_file_behind(following: Enrolment) -> None:
    with pytest.raises(DocumentRefused):
        handed_in(following, name="faux.pdf", content=b"<html>")
    handed_in(following)
    before = private_folder().listdir("projects")
    with pytest.raises(submitting.StillWaiting):
        handed_in(following)

    assert private_folder().listdir("projects") == before
    assert Document.objects.count() == 1


def test_a_file_whose_row_was_never_written_is_swept(following: Enrolment) -> None:
    (kept,) = handed_in(following).documents.all()
    with private_folder().open("projects/orphelin", "wb") as orphan:
        orphan.write(b"x")
    real = datetime.now(tz=NOW.tzinfo)

    at_once = submitting.sweep_documents(at=real)
    later = submitting.sweep_documents(at=real + timedelta(hours=2))

    assert at_once == 0
    assert later >= 1
    assert private_folder().exists(str(kept.file.name))
    assert not private_folder().exists("projects/orphelin")


def test_locked_data_take_nothing_more(alice: Person, following: Enrolment) -> None:
    alice.subject.restricted = True
    alice.subject.save()

    with pytest.raises(submitting.HandingInRefused):
        handed_in(following)


# --- Correcting ---------------------------------------------------------------------------------


def test_a_project_comes_back_then_is_accepted_and_the_learner_is_told(
    alice: Person, bob: Person, following: Enrolment, accepted: Accepted
) -> None:
    first = handed_in(following)

    corrected(first, bob, "rework", points=HALF, comment="La moyenne est fausse.")
    second = handed_in(following)
    corrected(second, bob)

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == ("rework", "accepted")
    assert letters(alice) == ["learning/project-rework", "learning/project-accepted"]
    assert accepted == [(second.uuid, bob.subject.uuid)]
    (correction,) = Correction.objects.filter(submission=second)
    assert correction.points[0] == {
        "criterion": "La moyenne est juste",
        "points": 4,
        "out_of": 4,
    }
    (line,) = LedgerEntry.objects.filter(executor="learning.correct", facts__verdict="accept")
    assert line.facts["author"] == str(bob.subject.uuid)


def test_if_what_follows_an_acceptance_fails_nothing_was_accepted(
    bob: Person, following: Enrolment
) -> None:
    def fail(**_told: Any) -> None:
        raise RuntimeError

    submission = handed_in(following)
    correcting.after_acceptance.append(fail)
    with pytest.raises(RuntimeError):
        corrected(submission, bob)

    submission.refresh_from_db()
    assert submission.is_open
    assert not Correction.objects.exists()


def test_a_second_reader_decides_and_the_first_one_cannot(
    alice: Person, bob: Person, autumn: Cohort, following: Enrolment, accepted: Accepted
) -> None:
    submission = handed_in(following)
    with pytest.raises(correcting.NobodyElse):
        corrected(submission, bob, "second")
    flora = desk.trainer("flora")
    Teaching.objects.create(subject=flora.subject, cohort=autumn, since=NOW.date())

    corrected(submission, bob, "second")

    submission.refresh_from_db()
    assert submission.state == "second"
    assert letters(alice) == []
    with pytest.raises(correcting.AlreadyRead):
        corrected(submission, bob)
    with pytest.raises(correcting.AlreadySecond):
        corrected(submission, flora, "second")
    corrected(submission, flora)
    assert accepted == [(submission.uuid, flora.subject.uuid)]


def test_whoever_does_not_teach_the_cohort_corrects_nothing(
    alice: Person, following: Enrolment
) -> None:
    submission = handed_in(following)
    gaston = desk.trainer("gaston")
    desk.cohort("hiver", trainers=(gaston,))

    for stranger in (gaston, alice):
        with pytest.raises(correcting.NotYours):
            corrected(submission, stranger)


def test_who_learns_without_a_cohort_is_read_by_the_trainers_of_the_parcours(
    bob: Person, alice: Person, autumn: Cohort
) -> None:
    alone = desk.enrolled(alice, cohort=None)

    corrected(handed_in(alone), bob)

    assert Submission.objects.get().is_accepted


def test_nobody_corrects_their_own_project(bob: Person, autumn: Cohort) -> None:
    own = desk.enrolled(bob, cohort=autumn)

    with pytest.raises(correcting.YourOwnProject):
        corrected(handed_in(own), bob)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"points": (5, 6)}, correcting.PointsRefused),
        ({"points": (4,)}, correcting.PointsRefused),
        ({"points": (-1, 0)}, correcting.PointsRefused),
        ({"verdict": "rework", "comment": "  "}, correcting.WordsMissing),
    ],
)
def test_a_correction_is_whole(
    said: dict[str, Any], why: type[Exception], bob: Person, following: Enrolment
) -> None:
    submission = handed_in(following)

    with pytest.raises(why):
        corrected(submission, bob, **said)


@pytest.mark.django_db(transaction=True)
def test_two_trainers_at_the_same_instant_make_one_acceptance(
    alice: Person, bob: Person, following: Enrolment, autumn: Cohort, accepted: Accepted
) -> None:
    flora = desk.trainer("flora")
    Teaching.objects.create(subject=flora.subject, cohort=autumn, since=NOW.date())
    submission = handed_in(following)
    together, told = threading.Barrier(2), []

    def decide(trainer: Person) -> None:
        together.wait()
        try:
            corrected(submission, trainer)
            told.append("accepted")
        except correcting.AlreadyDecided:
            told.append("already")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=decide, args=[one]) for one in (bob, flora)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(told) == ["accepted", "already"]
    assert len(accepted) == 1
    assert letters(alice) == ["learning/project-accepted"]
    assert Correction.objects.count() == 1


# --- Talking, leaving -------------------------------------------------------------------------


def test_each_side_is_told_of_what_the_other_says_once_in_a_row(
    alice: Person, bob: Person, following: Enrolment
) -> None:
    submission = handed_in(following)

    for minutes, (author, text) in enumerate(
        ((alice, "Puis-je rendre un carnet ?"), (alice, "Un .ipynb."), (bob, "Oui."))
    ):
        at = NOW + timedelta(minutes=minutes)
        talking.say(submission=submission, author=author.subject, text=text, at=at)

    assert letters(bob) == ["learning/project-question"]
    assert letters(alice) == ["learning/project-remark"]
    assert [remark.by_learner for remark in Remark.objects.order_by("id")] == [True, True, False]
    with pytest.raises(talking.NothingSaid):
        talking.say(submission=submission, author=bob.subject, text="\n", at=NOW)


def test_a_stranger_says_nothing(charlie: Person, following: Enrolment) -> None:
    submission = handed_in(following)

    with pytest.raises(correcting.NotYours):
        talking.say(submission=submission, author=charlie.subject, text="Moi !", at=NOW)


def test_files_leave_with_the_person(alice: Person, bob: Person, following: Enrolment) -> None:
    (document,) = handed_in(following).documents.all()
    corrected(Submission.objects.get(), bob)

    privacy.erase(alice.subject, because="asked", on=NOW.date())
    privacy.outbox.deliver(at=NOW)

    assert not private_folder().exists(str(document.file.name))
    assert not Submission.including_restricted.exists()
    assert not Correction.including_restricted.exists()


def test_the_same_project_of_another_edition_is_refused(following: Enrolment) -> None:
    files = replaced("02-autour/projet.md", "décrivez-le", "décrivez-le bien")
    edition = import_parcours(slug=SLUG, files=files, publish=True, author=None, at=NOW).edition
    other = Project.objects.select_related("edition").get(edition=edition)

    with pytest.raises(submitting.NotOfThisParcours):
        submitting.submit(enrolment=following, project=other, words="", files=[], at=NOW)


def test_a_project_that_nobody_would_read_is_said_to_who_opens_sessions(
    alice: Person, bob: Person
) -> None:
    desk.project()
    alone = [each.what for each in reminders(on=NOW.date())]
    autumn = desk.cohort(trainers=(bob,))
    desk.enrolled(alice, cohort=autumn)
    taught = reminders(on=NOW.date())
    spring = desk.cohort("printemps")
    Enrolment.objects.update(cohort=spring)
    [left] = reminders(on=NOW.date())

    assert ["Lire des chiffres" in said for said in alone] == [True]
    assert taught == []
    assert "Printemps" in left.what
    assert (left.permission, left.page) == ("learning.gather", "admin:learning_cohort_changelist")
