"""« Consentements » of « Mon compte »: one click to give, one to take back, every word shown."""

from __future__ import annotations

import json
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client

from clairevoie import consent, messaging, policy, privacy
from clairevoie.accounts.actions.consenting import refuse_prospecting
from clairevoie.accounts.templatetags.consents import where
from clairevoie.consent import signing
from clairevoie.privacy.models import Consent, Objection
from tests.cast import NOW, Person
from tests.consent.changing import OwnPolicy
from tests.promises import promise

pytestmark = pytest.mark.django_db

PAGE = "/mon-compte/consentements/"
ASKED = "testimonials"


@pytest.fixture
def page(client: Client, alice: Person) -> Client:
    """Alice's browser."""
    client.force_login(alice.member)
    return client


def read(client: Client, **query: int) -> str:
    answer = client.get(PAGE, query)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def press(client: Client, verb: str, activity: str = ASKED, **more: str) -> int:
    data = {"activity": activity, **more}
    if verb == "donner" and "read" not in more:
        data["read"] = consent.words(activity, language="fr").digest
    return client.post(f"{PAGE}{verb}/", data).status_code


def says(activity: str = ASKED) -> str:
    return policy.current().activities[activity].consent["fr"]


# --- Giving and taking back ------------------------------------------------------------------


@promise("P-100")
def test_one_click_gives_and_one_takes_back(page: Client, alice: Person) -> None:
    assert says() in read(page)

    press(page, "donner")
    given = privacy.may(alice.subject, ASKED).allowed
    press(page, "retirer")

    assert given
    assert not privacy.may(alice.subject, ASKED).allowed


@promise("P-100")
def test_the_page_lists_every_consent_with_text_date_place_and_version(page: Client) -> None:
    press(page, "donner")

    shown = read(page)

    assert says() in shown
    assert "dans « Mon compte »".replace("« ", "«\u00a0").replace(" »", "\u00a0»") in shown
    assert "en vigueur" in shown
    assert "version 1, notice 1" in shown


@pytest.mark.parametrize("source", ["learning.ratings", "import: ancien site", "surveys.link"])
def test_the_place_is_said_in_words_wherever_the_act_was_made(source: str) -> None:
    assert str(where(source)) != source
    assert "." not in str(where(source))


def test_a_page_where_nothing_was_agreed_says_so_and_what_could_be(page: Client) -> None:
    shown = read(page)

    assert "Vous n’avez rien accepté" in shown
    assert says() in shown
    assert "Chaque geste" not in shown


def test_words_that_changed_meanwhile_are_shown_again_before_anything(
    page: Client, alice: Person
) -> None:
    press(page, "donner", read="0" * 64)

    assert not Consent.including_restricted.exists()
    assert "relisez" in read(page)


@pytest.mark.parametrize("activity", ["account", "resale", "", "x" * 5000])
def test_what_is_no_consent_cannot_be_given(page: Client, activity: str) -> None:
    assert press(page, "donner", activity, read="0" * 64) == 404
    assert press(page, "retirer", activity) == 302
    assert not Consent.including_restricted.exists()


@pytest.mark.parametrize("verb", ["donner", "retirer", "prospection"])
def test_reading_an_address_changes_nothing_and_strangers_are_sent_to_sign_in(
    page: Client, verb: str
) -> None:
    assert page.get(f"{PAGE}{verb}/").status_code == 405
    page.logout()
    assert page.post(f"{PAGE}{verb}/").status_code == 302
    assert not Consent.including_restricted.exists()


def test_whoever_agrees_again_may_be_written_to_again(page: Client, alice: Person) -> None:
    email = alice.canaries.email
    messaging.suppress(
        kind="email", raw=email, purpose="newsletter", because="link", at=NOW, source="lien"
    )

    press(page, "donner", "newsletter")

    assert not messaging.suppressed([("email", email)], "newsletter")


# --- What changed ------------------------------------------------------------------------------


def test_what_is_to_be_given_again_shows_both_texts_and_what_changed(
    page: Client, changing: OwnPolicy
) -> None:
    press(page, "donner")
    before = says()
    changing.say(
        ASKED,
        consent='{ fr = "J’accepte la publication et la vente de mes témoignages." }',
        purposes='["Faire connaître les parcours", "Vendre des affiches"]',
    )

    shown = read(page)

    assert "à redonner" in shown
    assert before in shown
    assert says() in shown
    assert "Vendre des affiches" in shown
    press(page, "donner")
    assert "à redonner" not in read(page)


# --- Long lists --------------------------------------------------------------------------------


def test_two_hundred_acts_are_pages_that_cost_what_one_costs(
    page: Client, alice: Person, django_assert_max_num_queries: pytest.FixtureRequest
) -> None:
    press(page, "donner")
    with django_assert_max_num_queries(15) as few:  # type: ignore[operator]
        read(page)
    for hour in range(100):
        at = NOW - timedelta(hours=200 - 2 * hour)
        consent.give(alice.subject, activity=ASKED, source="mon-compte", at=at)
        consent.withdraw(alice.subject, activity=ASKED, source="mon-compte", at=at)

    with django_assert_max_num_queries(len(few)):  # type: ignore[operator]
        shown = read(page)

    assert "Page 1 sur 11" in shown
    assert "Page 11 sur 11" in read(page, page=11)
    assert "Page 11 sur 11" in read(page, page=999)


# --- Receipts ----------------------------------------------------------------------------------


def test_the_receipt_downloads_and_is_genuine(page: Client, alice: Person) -> None:
    press(page, "donner")
    number = Consent.including_restricted.get().pk

    answer = page.get(f"{PAGE}{number}/recu.json")

    assert answer.headers["Content-Type"] == "application/ld+json"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="recu-testi')
    document = signing.verify(answer.content, signing.published_keys())
    assert document["dpv:hasDataSubject"]["dpv:hasIdentifier"] == str(alice.subject.uuid)
    assert json.loads(answer.content)["proof"]["cryptosuite"] == "eddsa-jcs-2022"


def test_charlie_does_not_get_the_receipt_of_alice(
    page: Client, alice: Person, charlie: Person
) -> None:
    press(page, "donner")
    number = Consent.including_restricted.get().pk
    page.force_login(charlie.member)

    assert page.get(f"{PAGE}{number}/recu.json").status_code == 404
    assert says() in read(page)  # what he could agree to
    assert "en vigueur" not in read(page)


def test_a_withdrawal_has_no_receipt_of_its_own(page: Client) -> None:
    press(page, "donner")
    press(page, "retirer")
    last = Consent.including_restricted.order_by("id").last()

    assert last is not None
    assert page.get(f"{PAGE}{last.pk}/recu.json").status_code == 404


# --- Objections --------------------------------------------------------------------------------


def test_an_objection_in_force_is_shown_and_a_lifted_one_is_not(
    page: Client, alice: Person
) -> None:
    privacy.object_to(alice.subject, activity="satisfaction", source="lien", at=NOW)
    opposed = read(page)

    privacy.lift_objection(alice.subject, activity="satisfaction", source="lien", at=NOW)

    assert "Opposition depuis le 22 novembre 2026" in opposed
    assert "Opposition depuis" not in read(page)


@promise("P-102")
def test_objecting_to_prospecting_stops_every_channel_at_once_without_a_reason(
    page: Client, alice: Person
) -> None:
    prospecting = [a.code for a in policy.current().activities.values() if a.prospecting]
    for activity in prospecting:
        consent.give(alice.subject, activity=activity, source="test", at=NOW)
    before = [privacy.may(alice.subject, activity).allowed for activity in prospecting]

    page.post(f"{PAGE}prospection/")

    assert set(prospecting) >= {"newsletter", "prospecting", "qualification-calls"}
    assert before == [True] * len(prospecting)
    for activity in prospecting:
        assert not privacy.may(alice.subject, activity).allowed
    contacts = [("email", alice.canaries.email), ("phone", alice.canaries.phone)]
    assert messaging.suppressed(contacts, "prospecting") == set(contacts)


@promise("P-102")
def test_objecting_twice_is_one_act_and_only_the_person_comes_back_on_it(
    page: Client, alice: Person
) -> None:
    page.post(f"{PAGE}prospection/")
    page.post(f"{PAGE}prospection/")

    raised = Objection.including_restricted.filter(raised=True)
    assert raised.filter(activity="prospecting").count() == 1
    assert not privacy.may(alice.subject, "prospecting").allowed
    consent.give(alice.subject, activity="prospecting", source="formulaire", at=NOW)
    assert privacy.may(alice.subject, "prospecting").allowed


@promise("P-102")
def test_a_prospect_without_an_account_objects_as_well(dora: Person) -> None:
    consent.give(dora.subject, activity="prospecting", source="contact", at=NOW)

    stopped = refuse_prospecting(subject=dora.subject, source="contact", at=NOW)

    assert "prospecting" in stopped
    assert not privacy.may(dora.subject, "prospecting").allowed
    assert messaging.suppressed([("phone", dora.canaries.phone)], "prospecting")
