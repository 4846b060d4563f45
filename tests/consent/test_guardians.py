"""Under fifteen, the child's word and a parent's together (LIL art. 45, F-39)."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import unescape

import pytest
from django.core.management import call_command
from django.test import Client

from clairevoie import consent, messaging, privacy
from clairevoie.consent import guardians
from clairevoie.consent.models import ParentalConsent
from clairevoie.lib.contact import NotAContact
from clairevoie.privacy import retention
from clairevoie.privacy.models import Consent, DataSubject
from tests.cast import NOW, TODAY, Person
from tests.consent.changing import OwnPolicy
from tests.promises import promise

pytestmark = pytest.mark.django_db

ASKED = "testimonials"
MOTHER = "Mere.Zzyx@exemple.fr"


@pytest.fixture
def page(client: Client, alice: Person) -> Client:
    """Alice's browser."""
    client.force_login(alice.member)
    return client


def ask(person: Person, email: str = MOTHER) -> ParentalConsent:
    return guardians.ask_parent(
        person.subject, activity=ASKED, parent_email=email, source="mon-compte", at=NOW
    )


def link(asked: ParentalConsent) -> str:
    return f"/accord-parental/{guardians.parent_token(asked)}/"


def allowed(person: Person) -> bool:
    return privacy.may(person.subject, ASKED).allowed


# --- The question -----------------------------------------------------------------------------


@promise("P-013")
def test_the_page_asks_fifteen_or_more_and_no_column_holds_a_birth_date(page: Client) -> None:
    shown = unescape(page.get("/mon-compte/consentements/").content.decode())

    assert "J’ai 15 ans ou plus et j’accepte" in shown
    assert "J’ai moins de 15 ans" in shown
    columns = {
        field.name
        for model in (DataSubject, Consent, ParentalConsent)
        for field in model._meta.concrete_fields
    }
    assert not [name for name in columns if "birth" in name or "age" in name.split("_")]


def test_a_childs_yes_waits_and_writes_to_the_parent_once(page: Client, alice: Person) -> None:
    answer = page.post(f"/mon-compte/consentements/parent/{ASKED}/", {"parent_email": MOTHER})

    assert answer.status_code == 302
    assert not allowed(alice)
    assert not Consent.including_restricted.exists()
    message = messaging.Message.including_restricted.get(template="accounts/parent-asked")
    assert message.subject_id == alice.subject.pk
    asked = ParentalConsent.including_restricted.get()
    assert asked.parent_email == MOTHER.lower()
    shown = unescape(page.get("/mon-compte/consentements/").content.decode())
    assert "attend un parent" in shown


@pytest.mark.parametrize(
    "typed", ["", "nobody", "a@b", "x@y.fr\nBcc: z@y.fr", "z" * 300 + "@y.fr"]
)
def test_what_is_no_address_is_told_beside_the_field(page: Client, typed: str) -> None:
    answer = page.post(f"/mon-compte/consentements/parent/{ASKED}/", {"parent_email": typed})

    assert answer.status_code == 422
    assert not ParentalConsent.including_restricted.exists()


def test_ones_own_address_is_not_a_parents(page: Client, alice: Person) -> None:
    own = alice.canaries.email.replace("@", "+maman@").upper()

    answer = page.post(f"/mon-compte/consentements/parent/{ASKED}/", {"parent_email": own})

    assert answer.status_code == 422
    assert "celle-ci est la vôtre" in unescape(answer.content.decode())
    assert not ParentalConsent.including_restricted.exists()


def test_what_is_no_consent_is_asked_of_no_parent(page: Client) -> None:
    assert page.get("/mon-compte/consentements/parent/account/").status_code == 404
    assert page.get("/mon-compte/consentements/parent/resale/").status_code == 404


def test_asking_again_ends_the_former_link(alice: Person, client: Client) -> None:
    former = link(ask(alice))

    ask(alice, "pere.zzyx@exemple.fr")

    assert client.get(former).status_code == 404
    assert ParentalConsent.including_restricted.count() == 1


# --- The parent's answer ------------------------------------------------------------------------


@promise("P-013")
def test_a_parents_yes_makes_the_consent_and_forgets_their_address(
    alice: Person, client: Client
) -> None:
    asked = ask(alice)
    address = link(asked)
    opened = client.get(address)
    nothing_yet = not allowed(alice)

    client.post(address, {"answer": "yes"})

    asked.refresh_from_db()
    assert opened.status_code == 200
    assert nothing_yet
    assert allowed(alice)
    assert asked.parent_email == ""
    assert asked.parent_proof == guardians.proof_of(MOTHER)
    given = Consent.including_restricted.get()
    assert given.source == "mon-compte+parent"
    assert given.text == asked.wording.text


def test_the_receipt_says_that_a_parent_agreed_too(alice: Person) -> None:
    given = guardians.confirm(ask(alice), at=NOW)

    receipt = consent.receipts.receipt_of(given)

    [act] = receipt["dpv:hasProcess"][0]["dpv:hasConsentStatus"]
    assert act["dpv:isIndicatedBy"] == ["urn:clairevoie:person", "urn:clairevoie:parent"]
    assert receipt["dpv:hasEntity"]["urn:clairevoie:parent"]["@type"] == [
        "dpv:ParentOfDataSubject"
    ]


def test_the_same_link_takes_it_back_and_nothing_is_kept_of_the_parent(
    alice: Person, client: Client
) -> None:
    address = link(ask(alice))
    client.post(address, {"answer": "yes"})
    agreed = allowed(alice)

    client.post(address, {"answer": "no"})

    assert agreed
    assert not allowed(alice)
    assert not ParentalConsent.including_restricted.exists()
    assert client.get(address).status_code == 404


def test_a_refusal_deletes_the_question(alice: Person, client: Client) -> None:
    address = link(ask(alice))

    answer = client.post(address, {"answer": "no"})

    assert answer.status_code == 200
    assert not ParentalConsent.including_restricted.exists()
    assert not Consent.including_restricted.exists()


@pytest.mark.parametrize("answer", ["", "maybe", "withdraw"])
def test_an_unknown_answer_changes_nothing(alice: Person, client: Client, answer: str) -> None:
    address = link(ask(alice))

    assert client.post(address, {"answer": answer}).status_code == 200

    assert not allowed(alice)
    assert ParentalConsent.including_restricted.get().waiting_since == TODAY


def test_yes_twice_is_one_consent(alice: Person, client: Client) -> None:
    address = link(ask(alice))
    client.post(address, {"answer": "yes"})

    client.post(address, {"answer": "yes"})

    assert Consent.including_restricted.count() == 1
    assert allowed(alice)


def test_a_yes_to_what_has_changed_since_is_none(
    alice: Person, client: Client, changing: OwnPolicy
) -> None:
    address = link(ask(alice))
    changing.say(ASKED, purposes='["Vendre des affiches"]')

    answer = client.post(address, {"answer": "yes"})

    assert answer.status_code == 409
    assert not Consent.including_restricted.exists()


@pytest.mark.parametrize("token", ["x", "a.b", "0" * 32, "é.ü", "%00"])
def test_a_forged_link_opens_nothing(alice: Person, client: Client, token: str) -> None:
    ask(alice)

    assert client.get(f"/accord-parental/{token}/").status_code == 404


# --- Thirty days --------------------------------------------------------------------------------


def test_after_thirty_days_the_link_is_dead_and_the_night_deletes_the_question(
    alice: Person,
) -> None:
    token = guardians.parent_token(ask(alice))
    last = TODAY + timedelta(days=30)

    guardians.behind_parent_token(token, on=last)
    retention.carry_out(retention.plan(last))
    kept = ParentalConsent.including_restricted.exists()
    with pytest.raises(guardians.UnknownParentLink):
        guardians.behind_parent_token(token, on=last + timedelta(days=1))
    retention.carry_out(retention.plan(last + timedelta(days=1)))

    assert kept
    assert not ParentalConsent.including_restricted.exists()


def test_a_confirmed_question_stays_as_long_as_the_child_does(alice: Person) -> None:
    asked = ask(alice)
    guardians.confirm(asked, at=NOW)

    retention.carry_out(retention.plan(TODAY + timedelta(days=200)))

    assert ParentalConsent.including_restricted.filter(pk=asked.pk).exists()


def test_the_address_of_a_parent_leaves_with_the_child(alice: Person) -> None:
    ask(alice)

    privacy.erase(alice.subject, because="test", on=date(2026, 11, 23))

    assert not ParentalConsent.including_restricted.exists()


def test_an_unknown_kind_of_address_is_refused_by_the_action_too(alice: Person) -> None:
    with pytest.raises(NotAContact):
        ask(alice, "not an address")


def test_the_export_says_who_gave_the_parents_address(alice: Person) -> None:
    ask(alice)

    [category] = [
        c for c in privacy.gather(alice.subject) if c.declaration.model is ParentalConsent
    ]
    [column] = [column for column in category.columns if column.name == "parent_email"]

    assert re.search("parent", column.source)
    call_command("check")
