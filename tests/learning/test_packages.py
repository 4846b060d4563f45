"""SCORM packages: checked when they are brought, confined when they play, scores kept."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from clairevoie.learning import reports
from clairevoie.learning.actions import enrolling, playing
from clairevoie.learning.actions.importing import import_parcours
from clairevoie.learning.content import folders
from clairevoie.learning.content.packages import read_package
from clairevoie.learning.content.problems import ContentRefused
from clairevoie.learning.models import Enrolment, Package, PackageResult, Parcours, Way
from clairevoie.learning.playing import KEY_LASTS, key_to
from tests.cast import NOW
from tests.gestion.conftest import give_second_factor
from tests.learning.folder import SLUG, sources
from tests.learning.scorm import launching, package

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries
    from time_machine import TimeMachineFixture

    from tests.cast import Person

PASSED = {
    "cmi.core.lesson_status": "passed",
    "cmi.core.score.raw": "17",
    "cmi.core.score.max": "20",
    "cmi.suspend_data": "page 2",
    "cmi.interactions.0.learner_response": "sa réponse",
}


# --- Bringing one -------------------------------------------------------------------------------


def test_a_manifest_of_either_standard_says_what_is_launched() -> None:
    old, new = read_package(package()), read_package(package(standard="2004"))

    assert (old.title, old.standard) == ("Les gestes du tri", "1.2")
    assert [item.href for item in old.items] == ["pages/trier.html"]
    assert (new.title, new.standard) == ("Deux pas", "2004")
    assert [(item.title, item.href) for item in new.items] == [
        ("Le premier", "pages/trier.html?pas=1"),
        ("Le second", "pages/trier.html?pas=2"),
    ]


@pytest.mark.parametrize(
    "archive",
    [
        b"PK no zip",
        package(manifest="<manifest/>"),
        package(manifest="<manifest"),
        package(manifest=launching("../../secrets.html")),
        package(manifest=launching("https://ailleurs.example/trier.html")),
        package(manifest=launching("//ailleurs.example/trier.html")),
        package(manifest=launching("javascript:alert(1)")),
        package(manifest=launching("pages/absent.html")),
        package(manifest='<!DOCTYPE m [<!ENTITY a "aa">]><manifest>&a;</manifest>'),
        package(manifest="<a>" * 5_000 + "</a>" * 5_000),
        package(more={"../../etc/passwd": b"x"}),
    ],
)
def test_a_package_that_is_not_one_is_refused(archive: bytes) -> None:
    with pytest.raises(ContentRefused):
        read_package(archive)


def test_a_package_that_grows_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders, "LARGEST_UNZIPPED", 1_000_000)

    with pytest.raises(ContentRefused):
        read_package(package(more={"bombe.bin": b"\0" * 2_000_000}))


@pytest.mark.django_db
def test_a_package_is_brought_once(parcours: Parcours) -> None:
    playing.bring(parcours=parcours, archive=package(), author=uuid4(), at=NOW)

    with pytest.raises(playing.AlreadyBrought):
        playing.bring(parcours=parcours, archive=package(), author=uuid4(), at=NOW)


# --- Reading what it reports --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "status", "points"),
    [
        (PASSED, "passed", 85),
        ({"cmi.core.lesson_status": "incomplete"}, "begun", None),
        ({"cmi.core.lesson_status": "failed", "cmi.core.score.raw": 30}, "failed", 30),
        ({"cmi.completion_status": "completed", "cmi.score.scaled": "0.4"}, "completed", 40),
        ({"cmi.completion_status": "completed", "cmi.success_status": "failed"}, "failed", None),
        ({"cmi.core.score.raw": "1e400"}, "begun", None),
        ({"cmi.score.scaled": "-3"}, "begun", 0),
        ({"cmi.score.raw": "9000"}, "begun", 100),
        ({"cmi.score.raw": "5", "cmi.score.min": "8", "cmi.score.max": "8"}, "begun", None),
        ({}, "begun", None),
    ],
)
def test_a_report_is_read_on_a_scale_of_a_hundred(
    said: dict[str, object], status: str, points: int | None
) -> None:
    report = reports.read_report(said)

    assert (report.status, report.points) == (status, points)


@pytest.mark.parametrize("said", [[], None, {"cmi.core.score.raw": {"a": 1}}, {"a": [1]}])
def test_a_report_of_another_shape_is_refused(said: object) -> None:
    with pytest.raises(reports.ReportRefused):
        reports.read_report(said)


def test_what_no_database_keeps_is_dropped_from_a_report() -> None:
    said = {"cmi.objectives.0\0.id": "a\ud800b", "cmi.suspend_data": "\0c"}

    state = reports.read_report(said).state

    assert state == {"cmi.objectives.0.id": "ab", "cmi.suspend_data": "c"}


def test_only_what_is_needed_to_resume_is_kept() -> None:
    state = reports.read_report({**PASSED, "cmi.core.student_name": "Alice"}).state

    assert state.keys() == PASSED.keys() - {"cmi.interactions.0.learner_response"}


# --- Playing it ---------------------------------------------------------------------------------


@pytest.fixture
def parcours(db: None) -> Parcours:
    import_parcours(slug=SLUG, files=sources(), publish=True, author=None, at=NOW)
    return Parcours.objects.select_related("current").get(slug=SLUG)


@pytest.fixture
def enrolment(alice: Person, parcours: Parcours) -> Enrolment:
    """Alice follows it; Charlie does not."""
    return enrolling.enrol(subject=alice.subject, parcours=parcours, way=Way.OPEN, at=NOW)


@pytest.fixture
def brought(parcours: Parcours) -> Package:
    return playing.bring(parcours=parcours, archive=package(), author=uuid4(), at=NOW)


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person.member)
    return client


def page_of(brought: Package, rank: int = 1) -> str:
    return f"/apprendre/{SLUG}/paquets/{brought.uuid}/{rank}/"


def report(client: Client, brought: Package, said: object) -> tuple[int, str]:
    body = said if isinstance(said, str) else json.dumps(said)
    answer = client.post(page_of(brought), body, content_type="application/json")
    return answer.status_code, answer.json()["said"] if answer.status_code != 404 else ""


def test_alice_plays_and_her_best_score_stays(
    alice: Person, enrolment: Enrolment, brought: Package
) -> None:
    client = signed_in(alice)

    listed = client.get(f"/apprendre/{SLUG}/").content.decode()
    first = report(client, brought, PASSED)
    worse = {"cmi.core.lesson_status": "failed", "cmi.core.score.raw": "10"}
    second = report(client, brought, worse)
    played = client.get(page_of(brought))

    assert page_of(brought) in listed
    assert first == second == (200, "Enregistré\u00a0: réussi, 85 sur 100.")
    result = PackageResult.objects.get(enrolment=enrolment)
    assert (result.status, result.points) == ("passed", 85)
    assert result.state["cmi.core.lesson_status"] == "failed", "where it resumes"
    assert 'sandbox="allow-scripts allow-forms allow-modals"' in played.content.decode()
    assert "frame-src 'self'" in played["Content-Security-Policy"]


def test_what_cannot_be_read_is_refused_and_changes_nothing(
    alice: Person, enrolment: Enrolment, brought: Package
) -> None:
    client = signed_in(alice)

    answers = [
        report(client, brought, said)
        for said in ("{", "[]", "[" * 50_000, {"cmi.suspend_data": "x" * 100_001})
    ]

    assert {status for status, _said in answers} == {422}
    assert all("résultat illisible" in said for _status, said in answers)
    assert not PackageResult.objects.exists()


def test_nobody_plays_what_they_do_not_follow_or_what_is_withdrawn(
    alice: Person, charlie: Person, enrolment: Enrolment, brought: Package
) -> None:
    strangers = report(signed_in(charlie), brought, PASSED)
    beyond = signed_in(alice).get(page_of(brought, rank=2))
    playing.offer(package=brought, offered=False, author=uuid4(), at=NOW)
    withdrawn = signed_in(alice).get(page_of(brought))

    assert strangers == (404, "")
    assert beyond.status_code == withdrawn.status_code == 404
    assert Client().get(page_of(brought))["Location"].startswith("/connexion/")


# --- Its files ----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_page_of_a_package_is_confined_wherever_it_is_opened(
    client: Client, brought: Package, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    root = f"/paquets/{key_to(brought)}/"

    with django_assert_num_queries(0):
        page = client.get(f"{root}pages/trier.html")
        style = client.get(f"{root}pages/trier.css")
        runtime = client.get(f"{root}~clairevoie/scorm12.min.js")

    policy = page["Content-Security-Policy"]
    assert policy.startswith("sandbox allow-scripts allow-forms allow-modals; default-src 'none'")
    assert "allow-same-origin" not in policy
    assert f"connect-src http://testserver{root};" in policy
    assert "X-Frame-Options" not in page
    assert not page.cookies
    html = page.content.decode()
    assert html.index("../~clairevoie/start.js") < html.index("const said")
    assert style["Content-Type"] == "text/css"
    assert style["Content-Security-Policy"] == policy
    assert runtime.status_code == 200


@pytest.mark.django_db
def test_files_open_to_the_holder_of_a_key_for_twelve_hours(
    client: Client, brought: Package, time_machine: TimeMachineFixture
) -> None:
    time_machine.move_to(NOW)
    key = key_to(brought)

    missing = [
        client.get(f"/paquets/{key}/{path}").status_code
        for path in ("absent.html", "../settings.py", "~clairevoie/../playing.py", "pages/")
    ]
    forged = client.get(f"/paquets/{key[:-1]}x/pages/trier.html").status_code
    time_machine.move_to(NOW + KEY_LASTS * 1.01)
    late = client.get(f"/paquets/{key}/pages/trier.html").status_code

    assert {*missing, forged, late} == {404}


# --- The room of the back office ----------------------------------------------------------------


def test_bob_brings_a_package_and_is_told_what_is_wrong_with_another(
    bob: Person, parcours: Parcours
) -> None:
    give_second_factor(bob)
    client = signed_in(bob)

    def send(content: bytes) -> Any:
        sent = {"parcours": SLUG, "archive": SimpleUploadedFile("tri.zip", content)}
        return client.post("/gestion/paquets/importer/", sent)

    refused, done, again = send(b"no zip"), send(package()), send(package())

    assert (refused.status_code, done.status_code, again.status_code) == (422, 302, 422)
    assert "n’est pas une archive zip" in refused.content.decode()
    assert "déjà dans ce parcours" in again.content.decode()
    brought = Package.objects.get()
    room = client.get(f"/gestion/paquets/{brought.uuid}/").content.decode()
    assert "ne jouera pas ici" in room, "« testserver » has no address apart"
    client.post(f"/gestion/paquets/{brought.uuid}/retirer/")
    assert not Package.objects.get().offered
