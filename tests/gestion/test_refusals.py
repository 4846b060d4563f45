"""Somebody writes or calls: a member of staff stops what they ask, and sees no address."""

from __future__ import annotations

import pytest

from clairevoie import messaging, privacy
from clairevoie.messaging.models import Suppression
from clairevoie.privacy.models import LedgerEntry
from tests.cast import NOW, Person
from tests.gestion.conftest import SignIn
from tests.promises import promise

pytestmark = pytest.mark.django_db
PAGE = "/gestion/oppositions/"


@promise("P-058")
def test_a_letter_is_obeyed_the_day_it_is_read(
    alice: Person, flora: Person, at_work: SignIn
) -> None:
    contact = ("email", alice.canaries.email)

    answer = at_work(flora).post(
        PAGE,
        {"contact": contact[1], "purpose": "information", "source": "lettre", "stop": ""},
        follow=True,
    )

    assert "C’est fait" in answer.content.decode()
    assert messaging.suppressed([contact], "information") == {contact}
    assert not privacy.may(alice.subject, "information").allowed
    assert {row.source for row in Suppression.objects.all()} == {"lettre"}
    line = LedgerEntry.objects.get(executor="messaging.unsubscribe")
    assert line.facts["author"] == str(flora.subject.uuid)
    assert line.subject == alice.subject.uuid


@promise("P-058")
def test_whoever_is_known_to_nobody_is_obeyed_too(flora: Person, at_work: SignIn) -> None:
    at_work(flora).post(PAGE, {"contact": "06 98 76 54 32", "purpose": "", "stop": ""})

    phone = ("phone", "+33698765432")
    assert messaging.suppressed([phone], "newsletter") == {phone}


def test_the_list_answers_for_an_address_and_shows_none(
    alice: Person, eve: Person, at_work: SignIn
) -> None:
    messaging.suppress(
        kind="email", raw=alice.canaries.email, purpose="newsletter", because="link", at=NOW
    )
    client = at_work(eve)

    listed = client.get(PAGE).content.decode()
    there = client.post(PAGE, {"contact": alice.canaries.email, "search": ""}).content.decode()
    absent = client.post(PAGE, {"contact": "nobody@exemple.fr", "search": ""}).content.decode()

    assert not any(canary in listed for canary in alice.canaries.all)
    assert "lien de désinscription" in there
    assert "rien n’est arrêté pour ce contact" in absent
    assert Suppression.objects.count() == 1


@pytest.mark.parametrize("typed", ["", "not an address", "alice@exemple.fr\nBcc: x@y.fr"])
def test_what_is_no_contact_is_said_at_its_field(eve: Person, at_work: SignIn, typed: str) -> None:
    answer = at_work(eve).post(PAGE, {"contact": typed, "stop": ""})

    assert answer.status_code == 422
    assert 'href="#id_contact"' in answer.content.decode()
    assert not Suppression.objects.exists()


def test_what_cannot_be_stopped_is_not_offered(eve: Person, at_work: SignIn) -> None:
    client = at_work(eve)

    page = client.get(PAGE).content.decode()
    forced = client.post(PAGE, {"contact": "a@exemple.fr", "purpose": "security", "stop": ""})

    assert 'value="security"' not in page
    assert forced.status_code == 422


def test_the_officer_reviews_the_list_and_an_advisor_does_not(
    alice: Person, flora: Person, helene: Person, at_work: SignIn
) -> None:
    messaging.suppress(
        kind="email", raw=alice.canaries.email, purpose="newsletter", because="link", at=NOW
    )
    Suppression.objects.update(reviewed_on="2024-01-01")

    refused = at_work(flora).post(f"{PAGE}revoir/")
    done = at_work(helene).post(f"{PAGE}revoir/", follow=True)

    assert refused.status_code == 403
    assert "trois ans de plus" in done.content.decode()
    assert Suppression.objects.get().reviewed_on.year > 2024


def test_the_page_costs_the_same_for_many_rows(
    eve: Person, at_work: SignIn, django_assert_max_num_queries: object
) -> None:
    messaging.suppress_many(
        [("email", f"a{number}@exemple.fr") for number in range(300)],
        purpose="newsletter",
        because="import",
        at=NOW,
    )
    client = at_work(eve)
    client.get(PAGE)

    with django_assert_max_num_queries(8):  # type: ignore[operator]
        client.get(PAGE)
