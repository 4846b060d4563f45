"""Trainers bring, read again, publish and withdraw; nobody else does."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client

from clairevoie.learning.actions.importing import import_parcours
from clairevoie.learning.actions.publishing import (
    EditionWithdrawn,
    NotWaiting,
    put_online,
    withdraw,
)
from clairevoie.learning.models import Edition, Parcours
from clairevoie.privacy.models import LedgerEntry
from tests.cast import NOW, Person
from tests.gestion.conftest import give_second_factor
from tests.learning import folder
from tests.learning.learner import follow

pytestmark = pytest.mark.django_db


def at_work(person: Person) -> Client:
    give_second_factor(person)
    client = Client()
    client.force_login(person.member)
    return client


def edition() -> Edition:
    done = import_parcours(
        slug=folder.SLUG, files=folder.sources(), publish=False, author=None, at=NOW
    )
    return done.edition


def sent(client: Client, archive: bytes, **more: str) -> str:
    file = SimpleUploadedFile("parcours.zip", archive, "application/zip")
    answer = client.post("/gestion/parcours/importer/", {"archive": file, **more}, follow=True)
    return answer.content.decode()


def test_bob_brings_an_archive_and_publishes_it(bob: Person) -> None:
    client = at_work(bob)

    page = sent(client, folder.zipped(folder.sources()))

    assert "1 nouvelle édition importée" in page
    made = Edition.objects.get()
    assert not Parcours.objects.get().published
    client.post(f"/gestion/editions/{made.uuid}/publier/")
    assert Parcours.objects.get().published
    client.post(f"/gestion/parcours/{folder.SLUG}/retirer/")
    assert not Parcours.objects.get().published
    authors = LedgerEntry.objects.filter(executor__startswith="learning.")
    assert authors.count() == 3


def test_what_is_wrong_in_the_archive_is_told_on_the_page(bob: Person) -> None:
    broken = folder.replaced("01-au-centre/02-la-mediane.md", "minutes = 30", "minutes = 0")

    page = sent(at_work(bob), folder.zipped(broken))

    assert "01-au-centre/02-la-mediane.md:3" in page
    assert not Parcours.objects.exists()


def test_of_two_parcours_one_broken_none_comes(bob: Person) -> None:
    whole = {f"un/{path}": content for path, content in folder.sources().items()}
    broken = {f"zzz/{path}": content for path, content in folder.sources().items()}
    broken["zzz/parcours.toml"] = b"title = 1"

    sent(at_work(bob), folder.zipped({**whole, **broken}, slug="lot"))

    assert not Parcours.objects.exists()


def test_a_file_that_is_too_large_or_no_archive_is_said(bob: Person) -> None:
    client = at_work(bob)

    assert "zip lisible" in sent(client, b"bonjour")
    assert "50 Mo" in sent(client, b"\0" * (51 * 1024 * 1024))
    assert not Parcours.objects.exists()


def test_the_same_archive_again_is_nothing_new(bob: Person) -> None:
    edition()

    page = sent(at_work(bob), folder.zipped(folder.sources()))

    assert "Rien de nouveau" in page


def test_a_chapter_is_read_again_with_its_answers(bob: Person) -> None:
    made = edition()

    page = at_work(bob).get(f"/gestion/editions/apercu/{made.uuid}/1/").content.decode()

    assert "<math" in page
    assert "2016 / deux mille seize" in page
    assert "moyenne-simple" in page
    assert at_work(bob).get(f"/gestion/editions/apercu/{made.uuid}/9/").status_code == 404


def test_a_project_is_read_again_with_its_rubric(bob: Person) -> None:
    made = edition()
    client = at_work(bob)

    page = client.get(f"/gestion/editions/apercu/{made.uuid}/projet/2/").content.decode()

    assert "La moyenne est juste" in page
    assert "À 0,1 près." in page
    assert client.get(f"/gestion/editions/apercu/{made.uuid}/projet/1/").status_code == 404


@pytest.mark.parametrize("name", ["flora", "gaston", "helene"])
def test_other_staff_neither_read_nor_bring(name: str, request: pytest.FixtureRequest) -> None:
    made = edition()
    client = at_work(request.getfixturevalue(name))

    for path in (
        "/gestion/parcours/",
        "/gestion/parcours/importer/",
        f"/gestion/editions/{made.uuid}/",
        f"/gestion/editions/{made.uuid}/publier/",
        f"/gestion/editions/apercu/{made.uuid}/1/",
        f"/gestion/editions/apercu/{made.uuid}/projet/2/",
    ):
        assert client.get(path).status_code == 403, path


def test_learners_and_strangers_are_kept_out(charlie: Person) -> None:
    made = edition()
    learner, stranger = Client(), Client()
    learner.force_login(charlie.member)

    for path in ("/gestion/parcours/importer/", f"/gestion/editions/apercu/{made.uuid}/1/"):
        assert learner.get(path).status_code == 403
        assert stranger.get(path).status_code == 302


def test_the_rooms_list_what_there_is(bob: Person) -> None:
    made = edition()
    client = at_work(bob)

    assert "Lire des chiffres" in client.get("/gestion/editions/").content.decode()
    assert folder.SLUG in client.get("/gestion/parcours/").content.decode()
    page = client.get(f"/gestion/editions/{made.uuid}/").content.decode()
    assert f"/gestion/editions/apercu/{made.uuid}/1/" in page


# --- Taking back an edition that waits ----------------------------------------------------------


def _next_edition() -> Edition:
    files = folder.replaced("01-au-centre/02-la-mediane.md", "minutes = 30", "minutes = 40")
    done = import_parcours(slug=folder.SLUG, files=files, publish=False, author=None, at=NOW)
    return done.edition


def test_bob_takes_back_an_edition_that_waits(bob: Person) -> None:
    online, client = edition(), at_work(bob)
    put_online(edition=online, author=None, at=NOW)
    waiting = _next_edition()
    room = f"/gestion/editions/{waiting.uuid}/"

    listed = client.get("/gestion/editions/").content.decode()
    asked = client.get(f"{room}retirer/").content.decode()
    client.post(f"{room}retirer/")
    after = client.get(room).content.decode()

    assert "en attente" in listed
    assert "ne pourra plus être publiée" in asked
    assert "retirée" in after
    assert client.post(f"{room}publier/").status_code == 404
    assert client.get(f"{room}retirer/").status_code == 404
    assert client.get(f"/gestion/editions/{online.uuid}/retirer/").status_code == 404, "it is read"
    assert Parcours.objects.get().current == online
    assert LedgerEntry.objects.get(executor="learning.withdraw-edition").facts["edition"] == 2


def test_the_same_sources_brought_again_make_the_next_edition() -> None:
    withdraw(edition=edition(), author=None, at=NOW)

    again = edition()

    assert again.number == 2
    assert again.is_waiting
    with pytest.raises(EditionWithdrawn):
        put_online(edition=Edition.objects.get(number=1), author=None, at=NOW)


def test_what_is_read_or_followed_is_not_taken_back(alice: Person) -> None:
    first = edition()
    put_online(edition=first, author=None, at=NOW)
    second = _next_edition()
    put_online(edition=second, author=None, at=NOW)
    follow(alice, Parcours.objects.select_related("current").get())
    put_online(edition=first, author=None, at=NOW)

    for kept in (first, second):
        with pytest.raises(NotWaiting):
            withdraw(edition=kept, author=None, at=NOW)


def test_the_command_takes_back_by_number(capsys: pytest.CaptureFixture[str]) -> None:
    edition()

    with pytest.raises(CommandError, match="n’a pas d’édition 7"):
        call_command("content", "withdraw", folder.SLUG, "7")
    call_command("content", "withdraw", folder.SLUG, "1")
    with pytest.raises(CommandError, match="elle reste"):
        call_command("content", "withdraw", folder.SLUG, "1")

    assert "édition 1 retirée" in capsys.readouterr().out
