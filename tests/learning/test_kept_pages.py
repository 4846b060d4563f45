"""What a process keeps of the public pages of parcours is never another reader's, nor outdated."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from clairevoie import privacy
from clairevoie.learning.actions import counting, reviewing
from clairevoie.learning.actions.importing import import_parcours
from clairevoie.learning.actions.publishing import take_offline
from clairevoie.learning.models import Parcours
from tests.cast import NOW, Person
from tests.learning import folder
from tests.learning.rated import follow, night, published, rated, rated_by_strangers

SLUG = folder.SLUG
PAGE = f"/parcours/{SLUG}/"

pytestmark = pytest.mark.django_db


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person.member)
    return client


def html(client: Client, address: str, language: str = "fr") -> str:
    answer = client.get(address, headers={"accept-language": language})
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def parcours() -> Parcours:
    return published()


def test_the_way_in_is_each_readers_own(parcours: Parcours, alice: Person, bob: Person) -> None:
    follow(alice.subject)
    readers = [signed_in(alice), Client(), signed_in(bob), signed_in(alice), Client()]

    pages = [html(client, PAGE) for client in readers]

    ways = ("Continuer ce parcours", 'action="' + PAGE + 'suivre/"', "Créer le mien")
    assert [[way in page for way in ways] for page in pages] == [
        [True, False, False],
        [False, False, True],
        [False, True, False],
        [True, False, False],
        [False, False, True],
    ]
    assert all(alice.canaries.pseudo not in page for page in pages[1:3])


def test_each_reader_has_a_form_token_of_their_own(
    parcours: Parcours, alice: Person, bob: Person
) -> None:
    tokens = set()
    for person in (alice, bob):
        client = Client(enforce_csrf_checks=True)
        client.force_login(person.member)
        way_in = html(client, PAGE).partition("suivre/")[2]
        token = way_in.partition('csrfmiddlewaretoken" value="')[2].partition('"')[0]
        tokens.add(token)

        assert client.post(PAGE + "suivre/").status_code == 403
        assert client.post(PAGE + "suivre/", {"csrfmiddlewaretoken": token}).status_code == 302

    assert len(tokens) == 2


@pytest.mark.parametrize("address", [PAGE, "/catalogue/"])
def test_a_language_never_meets_the_other(parcours: Parcours, address: str) -> None:
    pages = [html(Client(), address, language) for language in ("fr", "en", "fr", "en")]

    said = [("Durée" in page, "Duration" in page) for page in pages]
    assert said == [(True, False), (False, True)] * 2
    assert pages[:2] == pages[2:]


def test_a_new_edition_and_a_withdrawal_are_seen_at_once(parcours: Parcours, eve: Person) -> None:
    before = html(Client(), PAGE) + html(Client(), "/catalogue/")
    assert parcours.current is not None
    files = folder.sources()
    sheet = files["parcours.toml"].decode().replace(parcours.current.title, "Tout autre chose")
    folder.put(files, "parcours.toml", sheet)

    import_parcours(slug=SLUG, files=files, publish=True, author=None, at=NOW)

    assert "Tout autre chose" not in before
    assert "Tout autre chose" in html(Client(), PAGE)
    assert "Tout autre chose" in html(Client(), "/catalogue/")
    parcours.refresh_from_db()
    take_offline(parcours=parcours, author=eve.subject.uuid, at=NOW)
    assert "Tout autre chose" not in html(Client(), "/catalogue/")
    assert Client().get(PAGE).status_code == 404


def test_the_day_of_publication_is_the_one_of_today(parcours: Parcours) -> None:
    first = html(Client(), PAGE)
    Parcours.objects.filter(pk=parcours.pk).update(published_at=NOW + timedelta(days=3))

    second = html(Client(), PAGE)

    assert first != second


def test_figures_are_those_in_force(parcours: Parcours) -> None:
    without = html(Client(), PAGE) + html(Client(), "/catalogue/")
    rated_by_strangers(4, 4, 4, 4, 4)
    counting.count(at=night())
    first = html(Client(), PAGE), html(Client(), "/catalogue/")
    rated_by_strangers(1, 1, 1, 1, 1)
    counting.count(at=night(2))

    second = html(Client(), PAGE), html(Client(), "/catalogue/")

    assert "Satisfaction</dt>" not in without
    assert all("4 / 5" in page for page in first)
    assert all("2,5 / 5" in page and "4 / 5" not in page for page in second)


def test_a_review_leaves_with_its_consent(parcours: Parcours, alice: Person, eve: Person) -> None:
    given = rated(alice, 5, "Un avis que j’ai écrit moi-même.")
    reviewing.publish(rating=given, text=str(reviewing.PUBLICATION_WORDS), at=NOW)
    reviewing.moderate(rating=given, accepted=True, moderator=eve.subject.uuid, at=NOW)
    shown = html(Client(), PAGE)

    privacy.withdraw_consent(alice.subject, activity="testimonials", source="test", at=night())

    assert "moi-même" in shown
    assert "moi-même" not in html(Client(), PAGE)


def test_what_somebody_looks_for_stays_theirs(parcours: Parcours) -> None:
    looked = html(Client(), "/catalogue/?q=ma+maladie")

    nothing_asked = html(Client(), "/catalogue/")

    assert 'value="ma maladie"' in looked
    assert "maladie" not in nothing_asked
    assert "Tout revoir" not in nothing_asked
