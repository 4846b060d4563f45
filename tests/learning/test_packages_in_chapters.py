"""A chapter plays what another tool made: brought with its sources, played before it is done."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from django.core.files.storage import storages
from django.test import Client, override_settings

from clairevoie.learning.actions import playing, reading
from clairevoie.learning.actions.exporting import sources_of
from clairevoie.learning.actions.importing import import_parcours
from clairevoie.learning.checks import packages_are_apart
from clairevoie.learning.content.packages import Item
from clairevoie.learning.content.parcours import read_parcours
from clairevoie.learning.content.problems import ContentRefused
from clairevoie.learning.models import Chapter, Completion, Enrolment, Package, PackageResult
from clairevoie.learning.playing import key_to
from clairevoie.learning.reports import Report
from tests.cast import NOW
from tests.learning.folder import SLUG, sources
from tests.learning.learner import chapters, follow, import_one, signed_in
from tests.learning.scorm import launching, package, unzipped

if TYPE_CHECKING:
    from tests.cast import Person

MODULE = "01-au-centre"
CHAPTER = f"{MODULE}/02-la-mediane.md"
LESSON = f"/apprendre/{SLUG}/au-centre/la-mediane/"
Status = PackageResult.Status


def playing_sources(path: str = "paquets/tri", **more: bytes) -> dict[str, bytes]:
    """The small parcours, whose second chapter plays the folder ``tri``."""
    files = dict(sources())
    files[CHAPTER] = files[CHAPTER].replace(
        b"minutes = 30\n", f'minutes = 30\npackage = "{path}"\n'.encode()
    )
    return files | more


def folder(manifest: str = "") -> dict[str, bytes]:
    files = unzipped(package(manifest=manifest))
    return {f"{MODULE}/paquets/tri/{name}": content for name, content in files.items()}


# --- Bringing it with the sources ---------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("zipped", [False, True])
def test_a_folder_or_an_archive_comes_with_its_chapter_and_goes_back_as_it_was(
    *, zipped: bool
) -> None:
    path = "paquets/tri.zip" if zipped else "paquets/tri"
    given = {f"{MODULE}/{path}": package()} if zipped else folder()
    files = playing_sources(path) | given

    parcours = import_one(files)
    again = import_parcours(slug=SLUG, files=files, publish=True, author=None, at=NOW)
    assert parcours.current is not None
    back = dict(sources_of(parcours.current))

    placed = Package.objects.get()
    assert (placed.title, placed.placed) == ("Les gestes du tri", True)
    assert storages["content"].exists(placed.file_name)
    assert not again.new
    assert {name: back[name] for name in given} == given


@pytest.mark.parametrize(
    ("files", "path", "said"),
    [
        (playing_sources(), CHAPTER, "Nommez une archive SCORM"),
        (playing_sources("../../tri.zip"), CHAPTER, "Nommez une archive SCORM"),
        ({**sources(), **folder()}, f"{MODULE}/paquets/tri", "Aucun chapitre ne joue"),
        (
            {**playing_sources("paquets/tri.zip"), f"{MODULE}/paquets/tri.zip": b"PK"},
            f"{MODULE}/paquets/tri.zip",
            "n’est pas une archive zip",
        ),
        (
            {**playing_sources(), **folder(manifest=launching("absent.html"))},
            f"{MODULE}/paquets/tri/imsmanifest.xml",
            "n’est pas un fichier de cette archive",
        ),
    ],
)
def test_what_cannot_be_played_is_refused_where_it_stands(
    files: dict[str, bytes], path: str, said: str
) -> None:
    with pytest.raises(ContentRefused) as refused:
        read_parcours(SLUG, files)

    assert [problem.path for problem in refused.value.problems] == [path]
    assert said in refused.value.problems[0].said


# --- Playing it counts --------------------------------------------------------------------------


@pytest.fixture
def enrolment(alice: Person) -> Enrolment:
    return follow(alice, import_one(playing_sources() | folder()))


@pytest.fixture
def lesson(enrolment: Enrolment) -> Chapter:
    return chapters(enrolment)[1]


def play(enrolment: Enrolment, status: Status) -> None:
    placed = Package.objects.get()
    report = Report(status=status, points=None, state={})
    item = Item(**placed.items[0])
    playing.keep(enrolment=enrolment, package=placed, item=item, report=report, at=NOW)


def test_a_chapter_is_done_once_its_package_was_played_to_its_end(
    alice: Person, enrolment: Enrolment, lesson: Chapter
) -> None:
    client = signed_in(alice)
    played = f"/apprendre/{SLUG}/paquets/{Package.objects.get().uuid}/1/"

    page = client.get(LESSON).content.decode()
    never = client.post(LESSON)
    play(enrolment, Status.BEGUN)
    begun = client.post(LESSON)
    play(enrolment, Status.COMPLETED)
    done = client.post(LESSON)

    assert played in page
    assert played not in client.get(f"/apprendre/{SLUG}/").content.decode(), "in its chapter alone"
    assert f'href="{LESSON}#fin"' in client.get(played).content.decode()
    assert (never.status_code, begun.status_code, done.status_code) == (422, 422, 302)
    assert "Jouez d’abord le contenu" in begun.content.decode()
    assert Completion.objects.get().chapter == lesson


def test_trying_to_the_end_is_enough(enrolment: Enrolment, lesson: Chapter) -> None:
    play(enrolment, Status.FAILED)

    reading.complete(enrolment=enrolment, chapter=lesson, at=NOW)

    assert Completion.objects.exists()


def test_a_package_that_is_no_longer_offered_asks_for_nothing(
    alice: Person, enrolment: Enrolment
) -> None:
    playing.offer(package=Package.objects.get(), offered=False, author=uuid4(), at=NOW)

    client = signed_in(alice)

    assert "a-jouer" not in client.get(LESSON).content.decode()
    assert client.post(LESSON).status_code == 302


# --- At an address of its own -------------------------------------------------------------------


@pytest.mark.django_db
def test_frames_share_an_origin_only_where_nothing_else_is_served(
    client: Client, enrolment: Enrolment
) -> None:
    page = f"/paquets/{key_to(Package.objects.get())}/pages/trier.html"

    apart = client.get(page, headers={"host": "paquets.localhost:8000"})
    ours = client.get(page, headers={"host": "localhost:8000"})
    elsewhere = client.get("/connexion/", headers={"host": "paquets.localhost:8000"})

    assert "allow-same-origin" in apart["Content-Security-Policy"]
    assert "connect-src http://paquets.localhost:8000/paquets/" in apart["Content-Security-Policy"]
    assert "allow-same-origin" not in ours["Content-Security-Policy"]
    assert elsewhere.status_code == 404
    assert not elsewhere.cookies


@pytest.mark.parametrize(
    ("host", "origin", "sandbox"),
    [
        ("127.0.0.1:8000", "http://paquets.localhost:8000", " allow-same-origin"),
        ("testserver", "null", ""),
    ],
)
def test_the_page_frames_that_address_else_a_frame_alone(
    alice: Person, enrolment: Enrolment, host: str, origin: str, sandbox: str
) -> None:
    page = f"/apprendre/{SLUG}/paquets/{Package.objects.get().uuid}/1/"

    played = signed_in(alice).get(page, headers={"host": host})

    html, framed = played.content.decode(), origin if origin != "null" else "'self'"
    assert f'data-origin="{origin}"' in html
    assert f'sandbox="allow-scripts allow-forms allow-modals{sandbox}"' in html
    assert f"frame-src {framed};" in f"{played['Content-Security-Policy']};"


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("", []),
        ("https://exemple-paquets.fr", []),
        ("https://paquets.exemple.fr", ["learning.W001"]),
        ("https://formation.exemple.fr:8443", ["learning.E001"]),
        ("http://exemple-paquets.fr", ["learning.E001"]),
        ("paquets", ["learning.E001"]),
    ],
)
def test_an_instance_does_not_start_with_packages_on_its_own_host(
    address: str, told: list[str]
) -> None:
    with override_settings(SITE_URL="https://formation.exemple.fr", PACKAGES_URL=address):
        assert [message.id for message in packages_are_apart()] == told
