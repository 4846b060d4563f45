"""The pages: the learner's project, the trainer's queue, and the files behind them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from clairevoie.learning.actions import correcting, submitting
from clairevoie.learning.models import (
    Cohort,
    Document,
    Enrolment,
    Remark,
    Submission,
    Teaching,
    decided_at,
    waiting_at,
)
from clairevoie.privacy.models import DataSubject
from tests.cast import NOW, TODAY, Person
from tests.gestion.conftest import give_second_factor
from tests.learning import desk
from tests.learning.desk import HALF, PLACE, QUEUE, corrected, handed_in, upload

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.django_db

Signed = Callable[[Person], Client]
VERDICT = {"points-0": "2", "points-1": "3", "comment": "Reprenez la moyenne."}


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Pages ask the clock; what apps above do of an acceptance is theirs to test."""
    monkeypatch.setattr(correcting, "after_acceptance", [])
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def autumn(alice: Person, bob: Person) -> Cohort:
    desk.project()
    return desk.cohort(trainers=(bob,))


@pytest.fixture
def following(alice: Person, autumn: Cohort) -> Enrolment:
    return desk.enrolled(alice, cohort=autumn)


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person.member)
    if person.member.is_staff:
        give_second_factor(person)
    return client


# --- The learner's page -----------------------------------------------------------------------


def test_a_project_is_handed_in_from_its_page(alice: Person, following: Enrolment) -> None:
    client = signed_in(alice)

    empty = client.get(PLACE)
    answer = client.post(PLACE, {"words": "Voilà.", "documents": [upload(), upload("b.pdf")]})
    after = client.get(PLACE).content.decode()

    assert "Remettre votre projet" in empty.content.decode()
    assert (answer.status_code, answer["Location"]) == (302, f"{PLACE}#versions")
    assert Document.objects.count() == 2
    assert "attend sa correction" in after
    assert "Remettre une nouvelle version" not in after


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ([], "Choisissez au moins un fichier."),
        ([upload("rapport.pdf", b"<html>")], "Le contenu n’est pas celui"),
        ([upload("rapport.exe", b"MZ\0")], "est un programme"),
        ([upload("a.txt", b"a")], "n’accepte pas cette extension"),
        ([upload(".pdf")], "n’a pas de nom"),
        ([upload(f"{n}.pdf") for n in range(11)], "dix fichiers au plus"),
    ],
)
def test_a_refusal_is_tied_to_the_files_and_keeps_what_was_typed(
    files: list[SimpleUploadedFile], said: str, alice: Person, following: Enrolment
) -> None:
    for file in files:
        file.seek(0)

    answer = signed_in(alice).post(PLACE, {"words": "Mon mot à moi", "documents": files})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'href="#id_documents"' in page
    assert said in page
    assert "Mon mot à moi" in page
    assert not Submission.objects.exists()


def test_what_was_handed_in_from_another_window_is_said_and_no_word_is_lost(
    alice: Person, following: Enrolment
) -> None:
    handed_in(following)

    answer = signed_in(alice).post(PLACE, {"words": "Zzyx, en retard.", "documents": upload()})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "attend sa correction" in page
    assert "Zzyx, en retard." in page, "it may still be said"
    assert 'type="file"' not in page, "there is nothing to hand in"


def test_files_beyond_the_limit_are_dropped_as_they_come(
    alice: Person, following: Enrolment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(submitting, "largest_of", lambda _project: 100_000)
    files = [upload(), upload("gros.pdf", desk.PDF + bytes(300_000))]

    answer = signed_in(alice).post(PLACE, {"words": "Mon mot à moi", "documents": files})

    page = answer.content.decode()
    assert answer.status_code == 413
    assert "dépassent ensemble la taille" in page
    assert "Mon mot à moi" in page
    assert not Submission.objects.exists()


def multipart(filename: str, *, more: int = 0) -> bytes:
    return (
        b'--x\r\nContent-Disposition: form-data; name="words"\r\n\r\nMon mot\r\n--x\r\n'
        b'Content-Disposition: form-data; name="documents"; filename="'
        + filename.encode()
        + b'"\r\nContent-Type: application/pdf\r\n\r\n'
        + desk.PDF
        + bytes(more)
        + b"\r\n--x--\r\n"
    )


def test_a_path_in_a_name_never_reaches_us(alice: Person, following: Enrolment) -> None:
    body = multipart("../../etc/r.pdf")

    signed_in(alice).post(PLACE, data=body, content_type="multipart/form-data; boundary=x")

    assert Document.objects.get().name == "r.pdf"


def test_what_announces_gigabytes_is_answered_before_it_is_read(
    alice: Person, following: Enrolment
) -> None:
    answer = signed_in(alice).generic(
        "POST",
        PLACE,
        multipart("r.pdf", more=300_000),
        content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(3 * 1024**3),
    )

    assert answer.status_code == 413
    assert "Mon mot" in answer.content.decode()
    assert not Submission.objects.exists()


def test_a_forged_form_hands_nothing_in(alice: Person, following: Enrolment) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice.member)

    answer = client.post(PLACE, {"words": "", "documents": [upload()]})

    assert answer.status_code == 403
    assert not Submission.objects.exists()


def test_a_file_comes_back_as_it_was_to_its_learner_and_trainer_alone(
    alice: Person, bob: Person, charlie: Person, following: Enrolment, autumn: Cohort
) -> None:
    desk.enrolled(charlie, cohort=autumn)
    submission = handed_in(following, name="<b>.pdf")
    (document,) = submission.documents.all()
    hers = f"{PLACE}fichiers/{document.uuid}/"
    his = f"{QUEUE}{submission.uuid}/fichiers/{document.uuid}/"

    answer = signed_in(alice).get(hers)

    assert b"".join(answer) == desk.PDF
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"]
    assert b"".join(signed_in(bob).get(his)) == desk.PDF
    assert signed_in(charlie).get(hers).status_code == 404
    assert signed_in(desk.trainer("gaston")).get(his).status_code == 404


def test_the_page_of_a_parcours_one_does_not_follow_does_not_exist(
    charlie: Person, following: Enrolment
) -> None:
    client = signed_in(charlie)

    assert client.get(PLACE).status_code == 404
    assert client.post(PLACE, {"documents": [upload()]}).status_code == 404
    assert client.post(f"{PLACE}message/", {"text": "Moi !"}).status_code == 404
    assert Client().get(PLACE).status_code == 302


# --- The trainer's pages ----------------------------------------------------------------------


def test_a_trainer_reads_decides_and_the_learner_reads_it(
    alice: Person, bob: Person, following: Enrolment
) -> None:
    submission = handed_in(following)
    client = signed_in(bob)
    listed = client.get(QUEUE).content.decode()
    there = f"{QUEUE}{submission.uuid}/"

    shown = client.get(there).content.decode()
    answer = client.post(there, {**VERDICT, "verdict": "rework"})
    told = signed_in(alice).get(PLACE).content.decode()

    assert there in listed
    assert alice.member.full_name in listed
    assert "rapport.pdf" in shown
    assert (answer.status_code, answer["Location"]) == (302, QUEUE)
    assert "Reprenez la moyenne." in told
    assert "Remettre une nouvelle version" in told
    assert bob.member.full_name in told
    assert there in client.get(f"{QUEUE}?etat=corriges").content.decode()
    assert there not in client.get(QUEUE).content.decode()


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"points-0": "", "verdict": "accept"}, "points-0"),
        ({"points-1": "7", "verdict": "accept"}, "points-1"),
        ({"verdict": ""}, "verdict"),
        ({"comment": "", "verdict": "rework"}, "comment"),
    ],
)
def test_a_half_made_correction_is_told_where_and_kept(
    said: dict[str, str], field: str, bob: Person, following: Enrolment
) -> None:
    submission = handed_in(following)
    sent = {**VERDICT, **said}

    answer = signed_in(bob).post(f"{QUEUE}{submission.uuid}/", sent)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'href="#id_{field}"' in page
    assert sent["comment"] in page
    submission.refresh_from_db()
    assert submission.is_open


def test_whoever_decides_second_reads_that_it_was_decided(
    bob: Person, following: Enrolment, autumn: Cohort
) -> None:
    flora = desk.trainer("flora")
    Teaching.objects.create(subject=flora.subject, cohort=autumn, since=TODAY)
    submission = handed_in(following)
    corrected(submission, flora)

    answer = signed_in(bob).post(f"{QUEUE}{submission.uuid}/", {**VERDICT, "verdict": "accept"})

    assert answer.status_code == 409
    assert "vient de rendre sa décision" in answer.content.decode()
    assert VERDICT["comment"] in answer.content.decode(), "what was typed may still be said"


def test_whoever_asked_for_a_second_reading_is_given_no_form(
    bob: Person, following: Enrolment, autumn: Cohort
) -> None:
    flora = desk.trainer("flora")
    Teaching.objects.create(subject=flora.subject, cohort=autumn, since=TODAY)
    submission = handed_in(following)
    corrected(submission, bob, "second")
    page = f"{QUEUE}{submission.uuid}/"

    mine = signed_in(bob).get(page)
    forged = signed_in(bob).post(page, {**VERDICT, "verdict": "accept"})
    theirs = signed_in(flora).get(page)

    assert mine.context["form"] is None
    assert "Vous avez lu ce projet" in mine.content.decode()
    assert forged.status_code == 409
    assert theirs.context["form"] is not None


@pytest.mark.parametrize("name", ["alice", "eve", "flora", "helene"])
def test_the_queue_does_not_exist_for_whoever_is_no_trainer(
    name: str, following: Enrolment, request: pytest.FixtureRequest
) -> None:
    client = signed_in(request.getfixturevalue(name))

    assert client.get(QUEUE).status_code == 404


def test_another_trainer_finds_nothing_of_this_cohort(following: Enrolment) -> None:
    submission = handed_in(following)
    there = f"{QUEUE}{submission.uuid}/"
    gaston = desk.trainer("gaston")
    desk.cohort("hiver")
    client = signed_in(gaston)

    assert client.get(there).status_code == 404
    assert client.post(there, {**VERDICT, "verdict": "accept"}).status_code == 404
    assert client.post(f"{there}message/", {"text": "?"}).status_code == 404
    assert there not in client.get(QUEUE).content.decode()
    submission.refresh_from_db()
    assert submission.is_open


def test_both_sides_talk_on_their_page(alice: Person, bob: Person, following: Enrolment) -> None:
    submission = handed_in(following)

    hers = signed_in(alice).post(f"{PLACE}message/", {"text": "<i>Une question</i>"})
    his = signed_in(bob).post(f"{QUEUE}{submission.uuid}/message/", {"text": "Une réponse"})
    empty = signed_in(bob).post(f"{QUEUE}{submission.uuid}/message/", {"text": " "})

    assert (hers.status_code, his.status_code, empty.status_code) == (302, 302, 422)
    assert Remark.objects.count() == 2
    assert (
        "&lt;i&gt;Une question&lt;/i&gt;" in signed_in(bob).get(his["Location"]).content.decode()
    )
    assert "Une réponse" in signed_in(alice).get(PLACE).content.decode()


def test_locked_data_leave_the_queue(alice: Person, bob: Person, following: Enrolment) -> None:
    submission = handed_in(following)
    alice.subject.restricted = True
    alice.subject.save()
    client = signed_in(bob)

    assert str(submission.uuid) not in client.get(QUEUE).content.decode()
    assert client.get(f"{QUEUE}{submission.uuid}/").status_code == 404


# --- However long the queue -------------------------------------------------------------------


def strangers(cohort: Cohort, count: int) -> None:
    """So many people whose project waits, one a minute, in two sessions of the same parcours."""
    one = Submission.objects.select_related("project", "enrolment").order_by("id")[0]
    project, enrolment = one.project, one.enrolment
    people = DataSubject.objects.bulk_create(DataSubject(last_use=TODAY) for _ in range(count))
    enrolments = Enrolment.including_restricted.bulk_create(
        Enrolment(
            subject=person,
            parcours_id=enrolment.parcours_id,
            edition_id=enrolment.edition_id,
            cohort=cohort,
            way="open",
            enrolled_at=NOW,
            last_at=NOW,
        )
        for person in people
    )
    Submission.including_restricted.bulk_create(
        Submission(
            subject_id=one.subject_id,
            enrolment=one,
            project=project,
            title=project.title,
            number=1,
            desk=cohort.slug,
            submitted_at=NOW - timedelta(minutes=number),
        )
        for number, one in enumerate(enrolments, start=1)
    )


def test_a_page_of_the_queue_costs_the_same_whatever_waits(
    bob: Person, following: Enrolment, autumn: Cohort
) -> None:
    handed_in(following)
    client, counted = signed_in(bob), []
    client.get(QUEUE)
    winter = desk.cohort("hiver", trainers=(bob,))

    for more in (1, 60):
        strangers(winter if more == 1 else autumn, more)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(QUEUE)
        counted.append(len(queries))

    assert counted[0] == counted[1] <= 8


def test_the_pages_follow_each_other_without_losing_or_repeating_anybody(
    bob: Person, following: Enrolment, autumn: Cohort
) -> None:
    handed_in(following)
    strangers(autumn, 12)
    strangers(desk.cohort("hiver", trainers=(bob,)), 12)
    desks = ["automne", "hiver"]
    expected = list(Submission.objects.order_by("submitted_at", "id"))

    found: list[Submission] = []
    while page := list(waiting_at(desks, after=found[-1] if found else None, most=7)):
        found += page

    assert found == expected
    assert (
        list(waiting_at(["hiver"], after=None, most=1))
        == [one for one in expected if one.desk == "hiver"][:1]
    )
    assert not waiting_at([], after=None, most=7).exists()


def test_decided_ones_follow_each_other_the_latest_first(
    bob: Person, following: Enrolment
) -> None:
    for minute in range(5):
        at = NOW + timedelta(minutes=minute)
        corrected(handed_in(following, at=at), bob, "rework", points=HALF, at=at)

    first = list(decided_at(["automne"], after=None, most=3))
    rest = list(decided_at(["automne"], after=first[-1], most=3))

    assert [one.number for one in (*first, *rest)] == [5, 4, 3, 2, 1]


def test_each_desk_is_read_by_one_range_of_its_index(following: Enrolment) -> None:
    submission = handed_in(following)
    waiting = waiting_at(["automne", "~lire-des-chiffres"], after=submission, most=26)

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")  # six rows are read whole otherwise
    plan = waiting.explain()

    assert plan.count("submission_waiting_at") == 2
    assert "SCAN learning_submission" not in plan
    assert "Seq Scan on learning_submission" not in plan
