"""What staff read about people, and the trace each reading leaves."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from clairevoie import privacy
from clairevoie.accounts.models import Member
from clairevoie.privacy.models import DataSubject, LedgerEntry
from tests.cast import NOW, TODAY, Person
from tests.gestion.conftest import SignIn
from tests.promises import promise

LIST = "/gestion/personnes/"


def _page(person: Person) -> str:
    return f"{LIST}{person.subject.uuid}/"


def _reads() -> list[LedgerEntry]:
    return list(LedgerEntry.objects.filter(executor="gestion.read"))


def _many_people(count: int) -> None:
    for number in range(count):
        subject = DataSubject.objects.create(last_use=TODAY)
        Member.objects.create(subject=subject, last_name=f"Personne {number}")


def _queries(client: Client, url: str) -> int:
    client.get(url)  # whatever is read once a process
    with CaptureQueriesContext(
        connection,
    ) as caught:
        assert client.get(url).status_code == 200
    return len(caught)


@pytest.mark.django_db
@promise("P-003", "P-080")
def test_reading_a_person_is_written_down_with_who_read(
    alice: Person, eve: Person, at_work: SignIn
) -> None:
    answer = at_work(eve).get(_page(alice))

    (read,) = _reads()
    assert answer.status_code == 200
    assert read.subject == alice.subject.uuid
    assert read.facts["author"] == str(eve.subject.uuid)
    assert not [c for c in alice.canaries.all if c in str(read.facts)]


@pytest.mark.django_db
def test_lists_are_not_written_down(alice: Person, eve: Person, at_work: SignIn) -> None:
    at_work(eve).get(LIST)

    assert not _reads()


@pytest.mark.django_db
def test_a_page_that_does_not_exist_is_not_found(eve: Person, at_work: SignIn) -> None:
    client = at_work(eve)

    unknown = client.get(f"{LIST}7f9c24e8-3b12-4c6e-9a50-0f3f5a1c2d4e/")
    malformed = client.get(f"{LIST}1/")

    assert (unknown.status_code, malformed.status_code) == (404, 404)


@pytest.mark.django_db
def test_internal_numbers_stay_inside(alice: Person, eve: Person, at_work: SignIn) -> None:
    shown = at_work(eve).get(LIST).content.decode()

    assert f"{LIST}{alice.subject.uuid}/" in shown
    assert f"{LIST}{alice.subject.pk}/" not in shown


@pytest.mark.django_db
@promise("P-020")
@pytest.mark.parametrize("search", ["{phone}", "06 12 34 11 11"])
def test_an_advisor_neither_reads_nor_finds_a_number_given_for_signing_in(
    search: str, alice: Person, flora: Person, at_work: SignIn
) -> None:
    client = at_work(flora)

    page = client.get(_page(alice)).content.decode()
    found = client.get(LIST, {"q": search.format(phone=alice.canaries.phone)}).content.decode()

    assert alice.canaries.last_name in page
    assert alice.canaries.phone not in page
    assert alice.canaries.last_name not in found


@pytest.mark.django_db
@promise("P-020")
def test_an_advisor_reads_a_number_given_to_be_called(
    dora: Person, flora: Person, at_work: SignIn
) -> None:
    privacy.give_consent(
        dora.subject, activity="qualification-calls", text="Oui.", source="test", at=NOW
    )

    page = at_work(flora).get(_page(dora)).content.decode()

    assert dora.canaries.phone in page


@pytest.mark.django_db
def test_an_administrator_finds_a_person_by_any_identifier(
    alice: Person, charlie: Person, eve: Person, at_work: SignIn
) -> None:
    client, who = at_work(eve), alice.canaries
    words = (who.email, who.phone, who.pseudo, who.last_name[:9], str(alice.subject.uuid))

    for word in words:
        shown = client.get(LIST, {"q": word}).content.decode()
        assert who.last_name in shown, word
        assert charlie.canaries.last_name not in shown, word


@pytest.mark.django_db
def test_a_locked_person_shows_a_banner_and_nothing_else(
    alice: Person, helene: Person, at_work: SignIn
) -> None:
    privacy.restrict(alice.subject, ground="accuracy", on=TODAY)
    client = at_work(helene)

    page, found = client.get(_page(alice)), client.get(LIST, {"q": alice.canaries.email})

    for answer in (page, found):
        shown = answer.content.decode()
        assert "Données verrouillées" in shown
        assert not [c for c in alice.canaries.all[:3] if c in shown]
    assert alice.canaries.email not in page.content.decode()


@pytest.mark.django_db
def test_an_advisor_does_not_even_see_that_a_locked_person_exists(
    alice: Person, flora: Person, at_work: SignIn
) -> None:
    privacy.restrict(alice.subject, ground="accuracy", on=TODAY)
    client = at_work(flora)

    assert client.get(_page(alice)).status_code == 404
    assert "verrouillées" not in client.get(LIST).content.decode().lower()


@pytest.mark.django_db
def test_of_a_dormant_person_only_the_identity_shows(
    alice: Person, eve: Person, at_work: SignIn
) -> None:
    DataSubject.objects.filter(pk=alice.subject.pk).update(dormant_since=TODAY)

    shown = at_work(eve).get(_page(alice)).content.decode()

    who = alice.canaries
    assert all(value in shown for value in (who.last_name, who.pseudo, who.email))
    assert not [value for value in (who.phone, who.street, who.town) if value in shown]


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["", "?etat=active", "?role=learner", "?q=Personne"])
def test_the_list_costs_the_same_for_three_people_and_for_forty(
    query: str, eve: Person, at_work: SignIn
) -> None:
    client = at_work(eve)
    _many_people(3)
    few = _queries(client, LIST + query)
    _many_people(37)

    assert _queries(client, LIST + query) == few <= 12


@pytest.mark.django_db
@pytest.mark.parametrize("room", ["suspensions", "verrouillages", "gels", "journal", "incidents"])
def test_other_lists_cost_the_same_whatever_they_hold(
    room: str, eve: Person, alice: Person, charlie: Person, at_work: SignIn
) -> None:
    def measure_taken(person: Person) -> None:
        privacy.hold(person.subject, reason="contrôle", on=TODAY)
        privacy.suspend(
            person.subject,
            author=eve.subject.uuid,
            reason_code="fraude",
            reason="r",
            appeal="a",
            on=TODAY,
        )
        privacy.restrict(person.subject, ground="claims", on=TODAY)
        privacy.report_unauthorised_use(
            subject=person.subject, contact="", description="d", at=NOW
        )

    client = at_work(eve)
    measure_taken(alice)
    few = _queries(client, f"/gestion/{room}/")
    measure_taken(charlie)

    assert _queries(client, f"/gestion/{room}/") == few <= 12


@pytest.mark.django_db
def test_a_list_counts_no_further_than_it_must(eve: Person, at_work: SignIn) -> None:
    client = at_work(eve)
    client.get(LIST)

    with CaptureQueriesContext(connection) as caught:
        client.get(LIST)

    counts = [q["sql"] for q in caught if "COUNT(*)" in q["sql"].upper()]
    assert counts
    assert all("LIMIT" in sql for sql in counts)
