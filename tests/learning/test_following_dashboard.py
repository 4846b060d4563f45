"""« Mes formations »: how far, how regularly, for how long yet, and what comes next."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from clairevoie import privacy
from clairevoie.learning.actions.enrolling import enrol
from clairevoie.learning.actions.importing import import_parcours
from clairevoie.learning.dashboard import Dashboard, dashboard_of
from clairevoie.learning.models import (
    Attempt,
    Chapter,
    Completion,
    Enrolment,
    Exercise,
    Parcours,
    Project,
    Submission,
)
from clairevoie.lib.calendar import PARIS
from tests.cast import NOW, TODAY, Person
from tests.learning import folder
from tests.promises import promise

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 11, 16)  # of the week of TODAY, a Sunday


def offered(slug: str = folder.SLUG, **sheet: str) -> Parcours:
    files = folder.sources()
    text = files["parcours.toml"].decode()
    for line in text.splitlines():
        name = line.split(" = ", 1)[0]
        if name in sheet:
            text = text.replace(line, f"{name} = {sheet[name]}")
    folder.put(files, "parcours.toml", text)
    return import_parcours(slug=slug, files=files, publish=True, author=None, at=NOW).parcours


def follows(person: Person, parcours: Parcours) -> Enrolment:
    return enrol(subject=person.subject, parcours=parcours, way="open", at=NOW)


def completes(enrolment: Enrolment, at: datetime = NOW, *, chapters: int = 1) -> None:
    """The first ones."""
    of_theirs = Chapter.objects.filter(edition__uuid=enrolment.edition_id).order_by("position")
    for chapter in of_theirs.select_related("module")[:chapters]:
        Completion.objects.get_or_create(
            enrolment=enrolment,
            chapter=chapter,
            defaults={
                "subject": enrolment.subject,
                "place": f"{chapter.module.slug}/{chapter.slug}",
                "completed_at": at,
            },
        )


def answers(enrolment: Enrolment, at: datetime) -> None:
    exercise = Exercise.objects.get(edition__uuid=enrolment.edition_id, code="moyenne-simple")
    Attempt.objects.create(
        subject=enrolment.subject,
        enrolment=enrolment,
        exercise=exercise,
        code=exercise.code,
        number=Attempt.objects.filter(enrolment=enrolment).count() + 1,
        answer=[],
        points=0,
        out_of=1,
        attempted_at=at,
    )


def hands_in(enrolment: Enrolment, state: str) -> None:
    Submission.objects.update_or_create(
        enrolment=enrolment,
        project=Project.objects.get(edition__uuid=enrolment.edition_id),
        number=1,
        defaults={
            "subject": enrolment.subject,
            "title": "Projet",
            "state": state,
            "submitted_at": NOW,
            "decided_at": NOW if state == "accepted" else None,
        },
    )


def seen(person: Person, on: date = TODAY) -> Dashboard:
    return dashboard_of(person.subject, on=on)


@promise("P-024")
def test_progress_is_counted_and_dated_for_the_learner_alone(
    alice: Person, charlie: Person, client: Client
) -> None:
    """One chapter of three, and no project of one: a quarter."""
    completes(follows(alice, offered()))
    client.force_login(alice.member)
    page = client.get("/mon-compte/formations/").content.decode()
    client.force_login(charlie.member)
    others = client.get("/mon-compte/formations/").content.decode()

    assert "25\u00a0%" in page
    assert '<time datetime="2026-11-22">' in page
    assert "Lire des chiffres" not in others
    assert client.get(f"/apprendre/{folder.SLUG}/").status_code == 404
    written = io.BytesIO()
    privacy.export(alice.subject, to=written, at=NOW)
    with zipfile.ZipFile(written) as pack:
        text = "".join(pack.read(n).decode() for n in pack.namelist() if n.endswith(".json"))
    assert "au-centre/la-moyenne" in text


def test_a_visitor_is_sent_to_sign_in_and_a_newcomer_to_the_catalogue(
    alice: Person, client: Client
) -> None:
    assert client.get("/mon-compte/formations/").status_code == 302
    client.force_login(alice.member)

    assert 'href="/catalogue/"' in client.get("/mon-compte/formations/").content.decode()


def test_time_left_and_the_next_step_follow_what_is_done(alice: Person) -> None:
    enrolment = follows(alice, offered())
    [one] = seen(alice).under_way
    assert one.next is not None
    assert (one.minutes_left, one.next.place) == (170, "au-centre/la-moyenne")

    completes(enrolment, chapters=3)
    [one] = seen(alice).under_way
    assert one.next is not None
    assert (one.progress.percent, one.minutes_left, one.next.is_project) == (75, 90, True)

    hands_in(enrolment, "waiting")
    [one] = seen(alice).under_way
    assert one.next is None
    assert one.waiting is not None
    assert one.progress.percent == 75, "a project counts once it is accepted"
    assert one.minutes_left == 0, "it is the trainer's turn"

    hands_in(enrolment, "rework")
    [one] = seen(alice).under_way
    assert one.next is not None

    hands_in(enrolment, "accepted")
    [one] = seen(alice).under_way
    assert (one.progress.percent, one.minutes_left, one.next) == (100, 0, None)


def test_what_was_read_last_comes_first_be_it_in_the_same_hour(alice: Person) -> None:
    first, second = follows(alice, offered("un")), follows(alice, offered("deux"))
    for enrolment, seconds in ((first, 2), (second, 1)):
        at = NOW + timedelta(seconds=seconds)
        Enrolment.objects.filter(pk=enrolment.pk).update(last_at=at)

    assert [one.parcours for one in seen(alice).under_way] == ["un", "deux"]


def test_what_is_finished_stands_apart_and_what_was_left_nowhere(alice: Person) -> None:
    done, left = follows(alice, offered()), follows(alice, offered("autre"))
    Enrolment.objects.filter(pk=done.pk).update(finished_at=NOW)
    Enrolment.objects.filter(pk=left.pk).update(left_at=NOW)

    shown = seen(alice)

    assert not shown.under_way
    assert [one.finished_on for one in shown.finished] == [TODAY]


@pytest.mark.parametrize(
    ("weeks_ago", "streak"),
    [([], 0), ([0], 1), ([1], 1), ([2], 0), ([0, 1, 2, 4], 3), ([1, 2], 2), ([0, 2, 3], 1)],
)
def test_a_streak_is_of_weeks_in_a_row_and_this_one_is_not_over(
    weeks_ago: list[int], streak: int, alice: Person
) -> None:
    enrolment = follows(alice, offered())
    for back in weeks_ago:
        answers(enrolment, NOW - timedelta(weeks=back))

    assert seen(alice).streak.weeks == streak


def test_weeks_begin_on_monday_at_midnight_in_paris(alice: Person) -> None:
    """Sunday 23:30 in Paris and Monday 00:30, two weeks; by UTC they would be one."""
    enrolment = follows(alice, offered())
    answers(enrolment, datetime(2026, 11, 15, 23, 30, tzinfo=PARIS))
    completes(enrolment, datetime(2026, 11, 16, 0, 30, tzinfo=PARIS))

    found = seen(alice, on=MONDAY).streak

    assert (found.weeks, found.last[-3:], found.goes_on) == (2, (False, True, True), True)


def test_the_dashboard_costs_the_same_whatever_one_follows(alice: Person, client: Client) -> None:
    client.force_login(alice.member)
    client.get("/mon-compte/formations/")
    first = follows(alice, offered())
    with CaptureQueriesContext(connection) as cold:
        client.get("/mon-compte/formations/")
    completes(first, chapters=3)
    hands_in(first, "accepted")
    for slug in ("b", "c", "d"):
        completes(follows(alice, offered(slug)), chapters=2)
    client.get("/mon-compte/formations/")
    with CaptureQueriesContext(connection) as many:
        client.get("/mon-compte/formations/")

    assert len(cold) <= 8, "the first reader of an edition too"
    assert len(many) == 2, "the session, and the rest"


# --- The order of the catalogue (P-012) ---------------------------------------------------------


def order(client: Client) -> list[str]:
    return [offer.slug for offer in client.get("/catalogue/").context["page"]]


@pytest.fixture
def four(db: None) -> dict[str, Parcours]:
    return {
        "base": offered("base", title='"C base"', topics='["Données"]'),
        "loin": offered("loin", title='"A loin"', topics='["Cuisine"]'),
        "proche": offered("proche", title='"B proche"', topics='["Données"]'),
        "suite": offered(
            *("suite",),
            title='"D suite"',
            topics='["Chant"]',
            prerequisites='[]\nrequires = ["base"]',
        ),
    }


def test_what_follows_comes_first_then_what_is_akin_and_what_is_known_last(
    alice: Person, client: Client, four: dict[str, Parcours]
) -> None:
    everybodys = order(client)
    client.force_login(alice.member)
    assert order(client) == everybodys == ["loin", "proche", "base", "suite"]

    enrolment = follows(alice, four["base"])
    assert order(client) == ["proche", "loin", "suite", "base"]

    Enrolment.objects.filter(pk=enrolment.pk).update(finished_at=NOW)
    assert order(client) == ["suite", "proche", "loin", "base"]
    assert "Dans un ordre pensé pour vous" in client.get("/catalogue/").content.decode()


@promise("P-012")
def test_an_order_is_never_another_readers(
    alice: Person, charlie: Person, four: dict[str, Parcours]
) -> None:
    follows(alice, four["base"])
    follows(charlie, four["loin"])
    readers = [Client(), Client(), Client()]
    for reader, person in zip(readers, (alice, charlie), strict=False):
        reader.force_login(person.member)

    for _ in range(2):
        assert [order(reader) for reader in readers] == [
            ["proche", "loin", "suite", "base"],
            ["proche", "base", "suite", "loin"],
            ["loin", "proche", "base", "suite"],
        ]
    everybodys = readers[2].get("/catalogue/").content.decode()
    assert "Dans un ordre pensé pour vous" not in everybodys


@promise("P-012")
def test_switched_off_the_order_is_everybodys_and_nothing_that_was_followed_is_read(
    alice: Person, client: Client, four: dict[str, Parcours]
) -> None:
    everybodys = order(client)
    follows(alice, four["base"])
    client.force_login(alice.member)
    client.post("/mon-compte/formations/recommandations/", {"wanted": ""})

    with CaptureQueriesContext(connection) as queries:
        found = order(client)

    history = ("enrolment", "completion", "attempt", "submission", "rating", "motivation")
    read = [
        query["sql"] for query in queries if any(f"learning_{t}" in query["sql"] for t in history)
    ]
    assert found == everybodys
    assert read == []
    client.post("/mon-compte/formations/recommandations/", {"wanted": "1"})
    assert order(client) != everybodys
