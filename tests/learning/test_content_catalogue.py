"""What may be learned here: the catalogue, each parcours, and the files of their pages."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from clairevoie.learning.actions.importing import import_parcours
from clairevoie.learning.actions.publishing import take_offline
from clairevoie.learning.models import File, Parcours
from tests.cast import NOW, Person
from tests.learning import folder

pytestmark = pytest.mark.django_db


def offered(slug: str, *, publish: bool = True, **sheet: str) -> Parcours:
    """A parcours whose sheet says this instead."""
    files = folder.sources()
    text = files["parcours.toml"].decode()
    for line in text.splitlines():
        name = line.split(" = ", 1)[0]
        if name in sheet:
            text = text.replace(line, f"{name} = {sheet[name]}")
    folder.put(files, "parcours.toml", text)
    done = import_parcours(slug=slug, files=files, publish=publish, author=None, at=NOW)
    return done.parcours


def titles(client: Client, **asked: str) -> list[str]:
    response = client.get("/catalogue/", asked)
    assert response.status_code == 200
    return [offer.title for offer in response.context["page"]]


@pytest.fixture
def three(db: None) -> None:
    offered("a", title='"Écrire en Été"', price_cents="12050", level='"avancé"')
    offered("b", title='"Python et données"', topics='["Python", "Données"]')
    offered("c", title='"Brouillon"', publish=False)


def test_an_empty_catalogue_says_what_to_do(client: Client) -> None:
    page = client.get("/catalogue/")

    assert "Le catalogue se prépare" in page.content.decode()


def test_only_what_is_published_is_shown(client: Client, three: None) -> None:
    assert titles(client) == ["Python et données", "Écrire en Été"] or titles(client) == [
        "Écrire en Été",
        "Python et données",
    ]
    assert client.get("/parcours/c/").status_code == 404
    assert client.get("/parcours/inconnu/").status_code == 404


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"q": "ete"}, ["Écrire en Été"]),
        ({"q": "ÉCRIRE été"}, ["Écrire en Été"]),
        ({"q": "donnees python"}, ["Python et données"]),
        ({"q": "100%_"}, []),
        ({"sujet": "python"}, ["Python et données"]),
        ({"niveau": "avance"}, ["Écrire en Été"]),
        ({"prix": "gratuit"}, ["Python et données"]),
        ({"prix": "payant", "niveau": "avance"}, ["Écrire en Été"]),
        ({"duree": "longue"}, []),
        ({"duree": "moyenne", "prix": "payant"}, ["Écrire en Été"]),
    ],
)
def test_the_search_narrows(
    client: Client, three: None, asked: dict[str, str], found: list[str]
) -> None:
    assert titles(client, **asked) == found


def test_an_unknown_filter_is_said_and_typed_words_stay(client: Client, three: None) -> None:
    page = client.get("/catalogue/", {"niveau": "facile", "q": "bonjour"})

    assert page.status_code == 400
    assert "filtres" in page.content.decode()
    assert 'value="bonjour"' in page.content.decode()


def test_the_catalogue_costs_the_same_whatever_its_size(client: Client, three: None) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            client.get("/catalogue/")
        return len(asked)

    few = queries(), queries()
    for number in range(8):
        offered(f"de-plus-{number}", title=f'"De plus {number}"')
    many = queries(), queries()

    assert many == few == (5, 2), "the first reader of these editions, then any other"


def test_a_parcours_shows_its_whole_programme(client: Client, three: None) -> None:
    client.get("/parcours/b/")
    with CaptureQueriesContext(connection) as queries:
        page = client.get("/parcours/b/").content.decode()

    for words in ("Lire un tableau", "Savoir compter", "La médiane", "Décrire un tableau"):
        assert words in page
    assert "2\u00a0h\u00a050" in page
    assert "gratuit" in page
    assert "Ada Lovelace" in page
    assert len(queries) <= 6


def test_what_is_advised_before_is_linked_where_it_is_published(client: Client) -> None:
    offered("base", title='"La base"')
    offered("suite", title='"La suite"', prerequisites='[]\nrequires = ["base", "inconnu"]')

    page = client.get("/parcours/suite/").content.decode()

    assert 'href="/parcours/base/"' in page
    assert "inconnu" not in page


def test_a_withdrawn_parcours_leaves_the_catalogue(
    client: Client, three: None, eve: Person
) -> None:
    withdrawn = Parcours.objects.get(slug="b")

    take_offline(parcours=withdrawn, author=eve.subject.uuid, at=NOW)

    assert titles(client) == ["Écrire en Été"]
    assert client.get("/parcours/b/").status_code == 404


def test_machines_find_every_published_parcours(client: Client, three: None) -> None:
    sitemap = client.get("/sitemap.xml").content.decode()

    assert "/parcours/a/</loc>" in sitemap
    assert "/parcours/c/" not in sitemap
    assert "/catalogue/</loc>" in sitemap


def test_a_picture_is_served_for_ever_and_acts_on_nothing(client: Client, three: None) -> None:
    name = File.objects.get(form="png").name

    answer = client.get(f"/contenus/{name}")
    answer.close()

    assert answer.headers["Content-Type"] == "image/png"
    assert "immutable" in answer.headers["Cache-Control"]
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert client.get(f"/contenus/{'0' * 64}.png").status_code == 404
    assert client.get("/contenus/..%2f..%2fsecret.key").status_code == 404


def test_data_is_always_a_download(client: Client, three: None) -> None:
    answer = client.get(f"/contenus/{File.objects.get(form='csv').name}")
    answer.close()

    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("asked", "status", "got"),
    [
        ("bytes=0-3", 206, slice(0, 4)),
        ("bytes=4-", 206, slice(4, None)),
        ("bytes=-2", 206, slice(-2, None)),
        ("bytes=0-999999", 206, slice(0, None)),
        ("bytes=999999-", 416, None),
        (f"bytes={'9' * 5_000}-", 200, slice(0, None)),
        ("bytes=-", 416, None),
        ("lignes=0-3", 200, slice(0, None)),
    ],
)
def test_a_video_is_read_from_where_one_wants(
    client: Client, asked: str, status: int, got: Any
) -> None:
    video = b"\x00\x00\x00\x18ftypmp42" + bytes(range(40))
    files = folder.with_file("01-au-centre/videos/geste.mp4", video)
    chapter = files["01-au-centre/02-la-mediane.md"] + b"\n> [!VIDEO](videos/geste.mp4) Un geste\n"
    folder.put(files, "01-au-centre/02-la-mediane.md", chapter)
    import_parcours(slug="v", files=files, publish=True, author=None, at=NOW)
    name = File.objects.get(form="mp4").name

    answer = client.get(f"/contenus/{name}", headers={"range": asked})

    assert answer.status_code == status
    if got is not None:
        assert b"".join(answer.streaming_content) == video[got]  # type: ignore[attr-defined]
    answer.close()
