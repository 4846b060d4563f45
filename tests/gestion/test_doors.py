"""Who enters the back office, and which room opens to whom (P-003, P-080)."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from clairevoie.accounts.roles import GRANTS, Category, Role, State, permissions_of, readable
from clairevoie.config.backoffice.pages import PAGES
from clairevoie.privacy.backoffice import ReadOnlyAdmin
from clairevoie.privacy.models import LedgerEntry
from tests.architecture.addresses import addresses
from tests.cast import Person
from tests.gestion.conftest import SignIn, give_second_factor
from tests.promises import promise

STAFF = ("bob", "eve", "flora", "gaston", "helene")
ROOMS = [room for room in admin.site._registry.values() if isinstance(room, ReadOnlyAdmin)]

# Every room and page, and the roles it opens to. Written out, so that a grant by mistake shows.
OPEN_TO = {
    "personnes": {"eve", "flora", "helene"},
    "suspensions": {"eve", "helene"},
    "verrouillages": {"eve", "helene"},
    "gels": {"eve", "helene"},
    "incidents": {"eve", "helene"},
    "journal": {"eve", "helene"},
    "consentements": {"helene"},
    "textes-de-consentement": {"eve", "helene"},
    "messages": {"eve", "helene"},
    "envois": {"eve", "helene"},
    "audience": {"eve", "helene"},
    "traceurs": {"eve", "gaston", "helene"},
    "destinataires": {"eve", "gaston", "helene"},
    "choix-de-cookies": {"eve", "helene"},
    "oppositions": {"eve", "flora", "helene"},
    "conservation": {"eve", "helene"},
    "politique": {"eve", "gaston", "helene"},
    "parcours": {"bob", "eve"},
    "editions": {"bob", "eve"},
    "paquets": {"bob", "eve"},
    "sessions": {"eve", "flora"},
    "inscriptions": {"eve", "flora"},
    "demandes-d-inscription": {"eve", "flora"},
    "certificats": {"eve"},
    "enquetes": {"bob", "eve", "helene"},
    "avis": {"eve", "helene"},
    "avis-parcours": {"eve", "helene"},
    "lettres": {"eve", "helene"},
    "themes": {"eve", "helene"},
    "imports": {"eve", "helene"},
}

# What all the staff share: the way in, the words of a script, the samples of the design.
OPEN_TO_STAFF = {"entrer", "textes.js", "composants"}


def _url(room: str) -> str:
    return f"/gestion/{room}/"


def test_every_room_and_page_stands_in_the_table() -> None:
    pages = {page.path.strip("/") for page in PAGES if not page.changes}
    rooms = {room.room for room in ROOMS}

    missing = (pages | rooms) - set(OPEN_TO)

    assert not missing, f"say in OPEN_TO who may enter {missing}"


@pytest.mark.django_db
@promise("P-003", "P-080")
@pytest.mark.parametrize("name", STAFF)
@pytest.mark.parametrize("room", OPEN_TO)
def test_a_room_opens_to_its_roles_and_refuses_the_others(
    name: str, room: str, at_work: SignIn, request: pytest.FixtureRequest
) -> None:
    client = at_work(request.getfixturevalue(name))

    answer = client.get(_url(room))

    assert answer.status_code == (200 if name in OPEN_TO[room] else 403)


@pytest.mark.django_db
@promise("P-003")
@pytest.mark.parametrize("name", STAFF)
def test_every_other_address_of_the_back_office_is_refused(
    name: str, at_work: SignIn, request: pytest.FixtureRequest
) -> None:
    """Deny by default: what somebody adds under a room is shut to whom the room is shut."""
    client = at_work(request.getfixturevalue(name))
    shut = [
        address.sample
        for address in addresses()
        if address.sample.startswith("/gestion/")
        and address.sample.split("/")[2] not in ("", *OPEN_TO_STAFF)
        and name not in OPEN_TO.get(address.sample.split("/")[2], set())
    ]

    answers = {
        path: {client.get(path).status_code, client.post(path).status_code} for path in shut
    }

    assert {path: told for path, told in answers.items() if not told <= {403, 405}} == {}


@pytest.mark.django_db
@pytest.mark.parametrize("room", OPEN_TO)
def test_a_stranger_is_sent_to_sign_in(room: str, client: Client) -> None:
    answer = client.get(_url(room))

    assert answer.status_code == 302
    assert answer["Location"].startswith("/connexion/?next=/gestion/")


@pytest.mark.django_db
@pytest.mark.parametrize("room", ["", *(f"{room}/" for room in OPEN_TO)])
def test_a_learner_is_refused_even_with_a_second_factor(
    room: str, alice: Person, at_work: SignIn
) -> None:
    assert at_work(alice).get(f"/gestion/{room}").status_code == 403


@pytest.mark.django_db
@promise("P-080")
@pytest.mark.parametrize("name", STAFF)
def test_staff_without_a_second_factor_is_sent_to_set_one_up(
    name: str, client: Client, request: pytest.FixtureRequest
) -> None:
    client.force_login(request.getfixturevalue(name).member)

    answer = client.get("/gestion/")

    assert answer.status_code == 302
    assert answer["Location"] == reverse("accounts:second-factor-needed")


@pytest.mark.django_db
def test_the_site_itself_asks_for_the_second_factor(eve: Person, client: Client) -> None:
    client.force_login(eve.member)
    request = client.get("/gestion/").wsgi_request

    before = admin.site.has_permission(request)
    give_second_factor(eve)

    assert not before
    assert admin.site.has_permission(request)


@pytest.mark.django_db
@pytest.mark.parametrize("name", STAFF)
@pytest.mark.parametrize(
    "deed", ["suspendre", "verrouiller", "geler", "role", "exporter", "effacer"]
)
def test_a_deed_opens_to_those_it_is_granted_to(
    name: str, deed: str, alice: Person, at_work: SignIn, request: pytest.FixtureRequest
) -> None:
    allowed = {
        "suspendre": {"eve"},
        "role": {"eve"},
        "verrouiller": {"eve", "helene"},
        "geler": {"eve", "helene"},
        "exporter": {"helene"},
        "effacer": {"helene"},
    }
    person: Person = request.getfixturevalue(name)

    answer = at_work(person).get(f"/gestion/personnes/{alice.subject.uuid}/{deed}/")

    assert answer.status_code == (200 if name in allowed[deed] else 403)


@pytest.mark.django_db
@promise("P-003")
def test_a_refusal_is_written_down_with_who_tried_and_what(
    alice: Person, gaston: Person, at_work: SignIn
) -> None:
    answer = at_work(gaston).get(f"/gestion/personnes/{alice.subject.uuid}/")

    (refused,) = LedgerEntry.objects.filter(executor="gestion.refused")
    assert answer.status_code == 403
    assert refused.facts == {
        "author": str(gaston.subject.uuid),
        "page": "privacy_datasubject_change",
        "record": str(alice.subject.uuid),
    }


@pytest.mark.django_db
def test_the_whole_chain_is_verified_by_post_alone(eve: Person, at_work: SignIn) -> None:
    client = at_work(eve)

    read, done = (
        client.get("/gestion/journal/verifier/"),
        client.post("/gestion/journal/verifier/"),
    )

    assert (read.status_code, done.status_code) == (405, 302)


@promise("P-003")
def test_nothing_is_granted_beyond_the_written_roles() -> None:
    assert permissions_of("learner") == frozenset()
    assert permissions_of("root") == frozenset()
    assert readable("root", State.ACTIVE) == frozenset()
    assert set(GRANTS) == set(Role)


@promise("P-003")
@pytest.mark.parametrize("role", Role)
def test_nobody_reads_anything_of_locked_data(role: Role) -> None:
    assert readable(role, State.RESTRICTED) == frozenset()


@promise("P-003")
@pytest.mark.parametrize("role", Role)
def test_of_a_dormant_person_the_identity_is_the_most_one_reads(role: Role) -> None:
    assert readable(role, State.DORMANT) <= {Category.IDENTITY}


@pytest.mark.django_db
def test_no_page_of_third_parties_is_left_open(eve: Person, at_work: SignIn) -> None:
    client = at_work(eve)
    doors = ("auth/group/", "login/", "password_change/", "account/emailaddress/", "search/?s=a")

    answers = {door: client.get(f"/gestion/{door}").status_code for door in doors}

    assert set(answers.values()) == {404}


@pytest.mark.django_db
@promise("P-080")
def test_a_suspended_administrator_is_out_at_once(
    eve: Person, helene: Person, at_work: SignIn
) -> None:
    client = at_work(eve)
    eve.member.is_active = False
    eve.member.save()

    answer = client.get("/gestion/")

    assert answer.status_code == 302
    assert not eve.member.get_all_permissions()
