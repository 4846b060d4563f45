"""Following a parcours: beginning, reading, finishing; and who may not."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clairevoie import privacy
from clairevoie.learning.actions import enrolling, reading
from clairevoie.learning.models import (
    Completion,
    Enrolment,
    Module,
    Parcours,
    Project,
    Submission,
)
from clairevoie.learning.outline import outline_of
from clairevoie.learning.progress import progress_from, progress_of
from tests.cast import NOW, TODAY
from tests.learning.folder import SLUG, sources
from tests.learning.learner import chapters, follow, import_one, signed_in, try_exercises
from tests.promises import promise

if TYPE_CHECKING:
    from django.test import Client

    from tests.cast import Person

pytestmark = pytest.mark.django_db

HERE = f"/apprendre/{SLUG}/"
MEDIAN = f"{HERE}au-centre/la-mediane/"
MEAN = f"{HERE}au-centre/la-moyenne/"


RANGE = f"{HERE}autour/l-etendue/"


def another_edition() -> dict[str, bytes]:
    """One chapter gone, two new ones."""
    files = sources()
    text = files.pop("02-autour/01-l-etendue.md")
    return {**files, "02-autour/01-la-variance.md": text, "02-autour/02-l-ecart.md": text}


@pytest.fixture
def parcours(db: None) -> Parcours:
    return import_one(sources())


def test_alice_begins_reads_and_completes(alice: Person, parcours: Parcours) -> None:
    client = signed_in(alice)

    begun = client.post(f"/parcours/{SLUG}/suivre/")
    page = client.get(MEDIAN)
    done = client.post(MEDIAN)

    assert begun["Location"] == HERE
    assert page.status_code == 200
    assert "La moitié au-dessus" in page.content.decode()
    assert done["Location"] == f"{HERE}autour/l-etendue/"
    enrolment = Enrolment.objects.get(subject=alice.subject)
    assert enrolment.last_place == "au-centre/la-mediane"
    assert progress_of([enrolment])[enrolment.pk].done == 1


@promise("P-024")
def test_progress_and_its_date_are_shown_to_the_learner_alone(
    alice: Person, charlie: Person, parcours: Parcours
) -> None:
    enrolment = follow(alice, parcours)
    reading.complete(enrolment=enrolment, chapter=chapters(enrolment)[1], at=NOW)

    hers = signed_in(alice).get(HERE).content.decode()
    his = [signed_in(charlie).get(address).status_code for address in (HERE, MEDIAN, MEAN)]

    assert "25\u00a0%" in hers  # one of three chapters and a project
    assert '<time datetime="2026-11-22">' in hers
    assert his == [404, 404, 404]


def test_a_stranger_completes_nothing(alice: Person, charlie: Person, parcours: Parcours) -> None:
    follow(alice, parcours)

    answer = signed_in(charlie).post(MEDIAN)

    assert answer.status_code == 404
    assert not Completion.objects.exists()


def test_a_visitor_is_sent_to_sign_in(client: Client, parcours: Parcours) -> None:
    assert client.get(MEDIAN)["Location"] == f"/connexion/?next={MEDIAN}"


def test_a_chapter_waits_for_its_exercises(alice: Person, parcours: Parcours) -> None:
    enrolment = follow(alice, parcours)
    first = chapters(enrolment)[0]

    refused = signed_in(alice).post(MEAN)
    try_exercises(enrolment, first)
    reading.complete(enrolment=enrolment, chapter=first, at=NOW)

    assert refused.status_code == 422
    assert "Essayez d’abord chaque exercice" in refused.content.decode()
    assert progress_of([enrolment])[enrolment.pk].done == 1


def test_what_one_began_does_not_change_when_another_edition_comes(
    alice: Person, charlie: Person, parcours: Parcours
) -> None:
    hers = follow(alice, parcours)
    reading.complete(enrolment=hers, chapter=chapters(hers)[2], at=NOW)

    his = follow(charlie, import_one(another_edition()))
    page = signed_in(alice).get(RANGE)

    assert page.status_code == 200
    assert "La moitié au-dessus" in page.content.decode()
    assert signed_in(charlie).get(RANGE).status_code == 404
    progress = progress_of([hers, his])
    assert (progress[hers.pk].percent, progress[his.pk].percent) == (25, 0)
    assert (progress[hers.pk].total, progress[his.pk].total) == (4, 5)
    with pytest.raises(reading.NotInThisEdition):
        reading.complete(enrolment=his, chapter=chapters(hers)[2], at=NOW)


def test_progress_is_never_above_one_hundred_percent(alice: Person, parcours: Parcours) -> None:
    enrolment = follow(alice, parcours)
    for chapter in chapters(enrolment):
        try_exercises(enrolment, chapter)
        reading.complete(enrolment=enrolment, chapter=chapter, at=NOW)
        reading.complete(enrolment=enrolment, chapter=chapter, at=NOW)

    almost = progress_of([enrolment])[enrolment.pk]
    _accept_projects(enrolment)
    reading.finish_if_done(enrolment=enrolment, at=NOW)
    finished = progress_of([enrolment])[enrolment.pk]

    assert (almost.percent, almost.finished) == (75, False)
    assert (finished.percent, finished.finished) == (100, True)
    assert enrolment.finished_at == NOW
    assert "Parcours terminé." in signed_in(alice).get(HERE).content.decode()
    assert progress_from(done=9, total=4).percent == 100


def _accept_projects(enrolment: Enrolment) -> None:
    for step in outline_of(enrolment.edition_id).steps:
        if step.is_project:
            Submission.objects.create(
                subject_id=enrolment.subject_id,
                enrolment=enrolment,
                project_id=step.number,
                title=step.title,
                number=1,
                state=Submission.State.ACCEPTED,
                submitted_at=NOW,
                decided_at=NOW,
            )


def test_a_page_is_noted_at_most_once_an_hour(alice: Person, parcours: Parcours) -> None:
    enrolment = follow(alice, parcours)
    first, second, *_ = chapters(enrolment)

    written = [
        reading.read(enrolment=enrolment, chapter=chapter, at=NOW + timedelta(minutes=minutes))
        for chapter, minutes in ((first, 0), (first, 59), (first, 61), (second, 62))
    ]

    assert written == [True, False, True, True]
    assert Enrolment.objects.get().last_place == "au-centre/la-mediane"


def test_one_takes_up_where_one_left(alice: Person, parcours: Parcours) -> None:
    client = signed_in(alice)
    client.post(f"/parcours/{SLUG}/suivre/")

    new = client.get(HERE).content.decode()
    client.get(MEDIAN)
    left = client.get(HERE).content.decode()
    client.post(MEDIAN)
    done = client.get(HERE).content.decode()

    assert f'class="button" href="{MEAN}"' in new
    assert f'class="button" href="{MEDIAN}"' in left
    assert f'class="button" href="{MEAN}"' in done  # the first that is left


def test_what_waits_for_a_trainer_is_not_to_be_taken_up(alice: Person, parcours: Parcours) -> None:
    enrolment = follow(alice, parcours)
    for chapter in chapters(enrolment):
        try_exercises(enrolment, chapter)
        reading.complete(enrolment=enrolment, chapter=chapter, at=NOW)
    project = Project.objects.get()
    Submission.objects.create(
        subject=alice.subject, enrolment=enrolment, project=project, number=1, submitted_at=NOW
    )

    page = signed_in(alice).get(HERE).content.decode()

    assert "Vous avez tout remis." in page
    assert "En attente de correction" in page
    assert "à corriger" in page
    assert 'class="button" href="/apprendre' not in page


def test_whoever_leaves_and_comes_back_finds_their_progress(
    alice: Person, parcours: Parcours
) -> None:
    client = signed_in(alice)
    enrolment = follow(alice, parcours)
    reading.complete(enrolment=enrolment, chapter=chapters(enrolment)[1], at=NOW)

    client.post(f"{HERE}quitter/")
    gone = client.get(HERE).status_code
    again = follow(alice, import_one(another_edition()))

    assert gone == 404
    assert (again.pk, again.edition_id) == (enrolment.pk, enrolment.edition_id)
    assert "25\u00a0%" in client.get(HERE).content.decode()


def test_the_keyboard_goes_from_page_to_page(alice: Person, parcours: Parcours) -> None:
    follow(alice, parcours)

    page = signed_in(alice).get(MEDIAN).content.decode()

    assert f'<link rel="prev" href="{MEAN}">' in page
    assert f'<link rel="next" href="{HERE}autour/l-etendue/">' in page
    assert f'rel="next" href="{HERE}autour/l-etendue/"><span' in page


@pytest.mark.parametrize("modules", [1, 12])
def test_pages_ask_at_most_eight_queries_whatever_the_size(alice: Person, modules: int) -> None:
    files = sources()
    for number in range(3, 3 + modules):
        for path in ("module.toml", "projet.md"):
            files[f"{number:02}-suite-{number}/{path}"] = files[f"02-autour/{path}"]
        for chapter in range(1, 7):
            text = files["02-autour/01-l-etendue.md"]
            files[f"{number:02}-suite-{number}/{chapter:02}-page-{chapter}.md"] = text
    enrolment = follow(alice, import_one(files))
    for each in chapters(enrolment)[1:]:
        reading.complete(enrolment=enrolment, chapter=each, at=NOW)
    try_exercises(enrolment, chapters(enrolment)[0])
    client = signed_in(alice)

    for address in (HERE, MEAN, MEDIAN):
        client.get(address)  # this process meets the edition, and the visit is noted
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200

        assert len(queries) <= 8, [query["sql"][:90] for query in queries]


def test_enrolments_go_with_the_person(alice: Person, charlie: Person, parcours: Parcours) -> None:
    for person in (alice, charlie):
        enrolment = follow(person, parcours)
        try_exercises(enrolment, chapters(enrolment)[0])
        reading.complete(enrolment=enrolment, chapter=chapters(enrolment)[0], at=NOW)

    privacy.erase(alice.subject, because="request", on=TODAY)

    assert set(Enrolment.including_restricted.values_list("subject", flat=True)) == {
        charlie.subject.pk
    }
    assert Completion.including_restricted.count() == 1
    assert Module.objects.exists()


def test_a_locked_person_begins_nothing(alice: Person, parcours: Parcours) -> None:
    privacy.restrict(alice.subject, ground="accuracy", on=TODAY)

    with pytest.raises(enrolling.TrainingRefused):
        follow(alice, parcours)


def test_a_locked_person_reads_and_nothing_is_written(alice: Person, parcours: Parcours) -> None:
    enrolment = follow(alice, parcours)
    chapter = chapters(enrolment)[0]
    try_exercises(enrolment, chapter)
    privacy.restrict(alice.subject, ground="accuracy", on=TODAY)
    client, address = signed_in(alice), f"/apprendre/{SLUG}/{reading.place_of(chapter)}/"

    page = client.get(address)
    refused = client.post(address)

    assert (page.status_code, refused.status_code) == (200, 422)
    assert "verrouillage" in refused.content.decode()
    assert not Completion.including_restricted.exists()
    assert not Enrolment.including_restricted.get(pk=enrolment.pk).last_place


def test_what_was_left_in_another_window_is_done_no_more(
    alice: Person, parcours: Parcours
) -> None:
    """Between the door, which let her in, and the action."""
    enrolment = follow(alice, parcours)
    chapter = chapters(enrolment)[0]
    enrolling.leave(enrolment=Enrolment.objects.get(pk=enrolment.pk), at=NOW)

    with pytest.raises(reading.NotInThisEdition):
        reading.complete(enrolment=enrolment, chapter=chapter, at=NOW)
