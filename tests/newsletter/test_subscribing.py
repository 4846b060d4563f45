"""Asked for on the page, confirmed from the mailbox; nothing before, nobody else's."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from clairevoie import messaging, policy, privacy
from clairevoie.messaging.models import Message
from clairevoie.newsletter import steps
from clairevoie.newsletter.actions import subscribing
from clairevoie.newsletter.links import confirmation_link, preferences_link
from clairevoie.newsletter.models import (
    Interest,
    Pending,
    Subscription,
    Topic,
    followed_by,
    is_subscribed,
)
from clairevoie.privacy.models import Consent, ContactPoint, DataSubject, Tombstone
from tests.cast import NOW, TODAY, Person
from tests.newsletter.scene import ADDRESS, asked, confirmed, subscribed
from tests.promises import promise

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def calm() -> None:
    """Counters of attempts start at nothing."""
    cache.clear()


def form(offered: list[Topic], **more: Any) -> dict[str, Any]:
    return {"email": ADDRESS, "topics": [t.slug for t in offered], "agreed": "on", **more}


def mails() -> list[str]:
    return list(Message.including_restricted.order_by("id").values_list("template", flat=True))


# --- The page -----------------------------------------------------------------------------------


@promise("P-016")
def test_no_box_is_ticked_beforehand_and_the_words_are_the_policys(
    visitor: Client, topics: list[Topic]
) -> None:
    page = visitor.get("/newsletter/").content.decode()

    assert " checked" not in page
    assert policy.current().activities["newsletter"].consent["fr"] in page
    assert 'data-activity="newsletter"' in page


def test_asking_writes_one_mail_and_subscribes_nobody(
    visitor: Client, topics: list[Topic]
) -> None:
    answer = visitor.post("/newsletter/", form(topics))

    assert answer.status_code == 302
    assert answer["Location"] == "/newsletter/demande/"
    assert mails() == ["newsletter/confirm"]
    assert not Subscription.including_restricted.exists()
    assert not Consent.including_restricted.exists()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"email": "pas une adresse"}, "pas complète"),
        ({"email": "a@exemple.fr\nBcc: b@exemple.fr"}, "pas complète"),
        ({"email": ""}, "Donnez l’adresse"),
        ({"topics": []}, "au moins un thème"),
        ({"topics": ["inconnu"]}, "inconnu"),
        ({"agreed": ""}, "Cochez cette case"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_what_was_typed_stays(
    visitor: Client, topics: list[Topic], wrong: dict[str, Any], sentence: str
) -> None:
    answer = visitor.post("/newsletter/", form(topics, **wrong))
    page = answer.content.decode()

    assert answer.status_code == 422
    assert sentence in page
    assert mails() == []
    if "email" not in wrong:
        assert f'value="{ADDRESS}"' in page


def test_the_answer_is_the_same_whoever_owns_the_address(
    visitor: Client, topics: list[Topic], alice: Person, charlie: Person
) -> None:
    subscribed(alice, topics)
    pages = []

    for address in (ADDRESS, alice.canaries.email, charlie.canaries.email):
        answer = visitor.post("/newsletter/", form(topics, email=address), follow=True)
        pages.append((answer.redirect_chain, answer.content))

    assert pages[0] == pages[1] == pages[2]


def test_a_subscriber_is_told_by_mail_that_they_are_one(
    topics: list[Topic], alice: Person
) -> None:
    subscribed(alice, topics)

    asked(alice.canaries.email, topics)

    assert mails() == ["newsletter/confirm", "newsletter/already"]
    assert not Pending.including_restricted.exists()


def test_nobody_fills_the_mailbox_of_somebody_else(visitor: Client, topics: list[Topic]) -> None:
    answers = [visitor.post("/newsletter/", form(topics)).status_code for _ in range(5)]

    assert set(answers) == {302}, "the page never tells"
    assert len(mails()) == 3


def test_one_place_asks_ten_times_an_hour(visitor: Client, topics: list[Topic]) -> None:
    answers = [
        visitor.post("/newsletter/", form(topics, email=f"lecteur{n}@exemple.fr")).status_code
        for n in range(11)
    ]

    assert answers == [302] * 10 + [429]


def test_without_a_topic_the_page_says_to_come_back(visitor: Client) -> None:
    page = visitor.get("/newsletter/").content.decode()

    assert "pas encore de thème" in page
    assert '<form class="form"' not in page


# --- The confirmation ---------------------------------------------------------------------------


@promise("P-016")
def test_confirming_gives_the_consent_with_its_proof(visitor: Client, topics: list[Topic]) -> None:
    asked(ADDRESS, topics[:1])
    link = confirmation_link(Pending.including_restricted.get())

    shown = visitor.get(link)
    before = Consent.including_restricted.count()
    done = visitor.post(link, follow=True)

    consent = Consent.including_restricted.get()
    subscription = Subscription.including_restricted.get()
    assert (shown.status_code, before) == (200, 0), "opening a link confirms nothing"
    assert "Votre abonnement est confirmé" in done.content.decode()
    assert consent.text == policy.current().activities["newsletter"].consent["fr"]
    assert (consent.given, consent.source) == (True, "newsletter")
    assert is_subscribed(subscription.subject)
    assert followed_by(subscription.subject) == ["parcours"]


def test_a_link_used_twice_says_kindly_that_it_is_done(
    visitor: Client, topics: list[Topic]
) -> None:
    asked(ADDRESS, topics)
    link = confirmation_link(Pending.including_restricted.get())
    visitor.post(link)

    again = visitor.post(link)

    assert again.status_code == 200
    assert "Votre abonnement est confirmé" in again.content.decode()
    assert Consent.including_restricted.count() == 1


@pytest.mark.parametrize("token", ["x", "0" * 32, "0" * 32 + ".forged", "é" * 40, "a" * 500])
def test_a_forged_link_opens_nothing(visitor: Client, topics: list[Topic], token: str) -> None:
    for page in ("confirmer", "preferences"):
        assert visitor.get(f"/newsletter/{page}/{token}/").status_code == 404


def test_what_a_stranger_typed_is_attached_to_nobody_before_its_owner_confirms(
    topics: list[Topic], alice: Person
) -> None:
    asked(alice.canaries.email, topics)

    pending = Pending.including_restricted.get()
    assert pending.subject != alice.subject
    assert not is_subscribed(alice.subject)


def test_a_member_who_confirms_has_one_file_not_two(topics: list[Topic], alice: Person) -> None:
    subscribed(alice, topics)

    assert is_subscribed(alice.subject)
    assert DataSubject.objects.count() == 1
    assert ContactPoint.objects.filter(normalised=alice.canaries.email).count() == 1


def test_whose_mailbox_was_full_one_day_confirms_again(topics: list[Topic]) -> None:
    confirmed(ADDRESS, topics)
    messaging.suppress(kind="email", raw=ADDRESS, purpose="unreachable", because="bounce", at=NOW)

    asked(ADDRESS, topics)
    subscribing.confirm(pending=Pending.including_restricted.get(), at=NOW)

    assert mails() == ["newsletter/confirm"] * 2
    assert messaging.suppressed([("email", ADDRESS)], "newsletter") == set()
    assert Subscription.including_restricted.count() == 1


def test_pressing_the_button_twice_at_once_confirms_once(
    visitor: Client, topics: list[Topic], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked(ADDRESS, topics)
    pending = Pending.including_restricted.select_related("subject").get()
    link = confirmation_link(pending)
    subscribing.confirm(pending=pending, at=NOW)
    # What the slower of two requests had read before the faster one was done.
    monkeypatch.setattr(
        "clairevoie.newsletter.views.subscribers.request_behind", lambda _token: pending
    )

    answer = visitor.post(link)

    assert answer.status_code == 302
    assert Consent.including_restricted.count() == 1


def test_asking_again_replaces_the_topics_and_keeps_one_request(topics: list[Topic]) -> None:
    asked(ADDRESS, topics)
    asked(ADDRESS.upper(), topics[1:])

    assert Pending.including_restricted.get().topics == "ateliers"
    assert mails() == ["newsletter/confirm"] * 2


@promise("P-016")
def test_a_request_that_nobody_confirms_is_gone_after_thirty_days(topics: list[Topic]) -> None:
    asked(ADDRESS, topics)
    last_day, purge_day = NOW + timedelta(days=30), NOW + timedelta(days=31)

    kept = steps.forget_unconfirmed(last_day)
    gone = steps.forget_unconfirmed(purge_day)

    assert (kept, gone) == (0, 1)
    assert (TODAY, purge_day.date()) == (date(2026, 11, 22), date(2026, 12, 23))
    assert not Pending.including_restricted.exists()
    assert not ContactPoint.objects.exists(), "the address goes with the request"
    assert Tombstone.objects.count() == 1


# --- Choosing and stopping ----------------------------------------------------------------------


def test_topics_are_chosen_without_an_account(visitor: Client, topics: list[Topic]) -> None:
    subscription = confirmed(ADDRESS, topics)
    link = preferences_link(subscription)

    page = visitor.get(link).content.decode()
    saved = visitor.post(link, {"topics": ["ateliers"]}, follow=True)

    assert page.count(" checked") == 2
    assert saved.status_code == 200
    assert followed_by(subscription.subject) == ["ateliers"]


def test_topics_are_not_kept_for_whoever_has_no_address_any_more(
    visitor: Client, topics: list[Topic]
) -> None:
    subscription = confirmed(ADDRESS, topics)
    ContactPoint.objects.filter(subject=subscription.subject).delete()

    answer = visitor.post(preferences_link(subscription), {"topics": ["parcours"]})

    assert answer.status_code == 422
    assert "pas d’adresse e-mail vérifiée" in answer.content.decode()


def test_the_link_that_stops_a_letter_opens_the_topics_too(
    visitor: Client, topics: list[Topic]
) -> None:
    subscription = confirmed(ADDRESS, topics)
    token = messaging.unsubscribe_url(subscription.subject, "newsletter").split("/")[-2]

    stop = visitor.get(f"/desinscription/{token}/")
    page = visitor.get(f"/newsletter/preferences/{token}/")

    assert f"/newsletter/preferences/{token}/" in stop.content.decode()
    assert page.status_code == 200


@promise("P-100")
def test_one_click_stops_everything_and_is_remembered(
    visitor: Client, topics: list[Topic]
) -> None:
    subscription = confirmed(ADDRESS, topics)

    answer = visitor.post(preferences_link(subscription), {"stop": "1"})

    assert answer["Location"] == "/newsletter/arret/"
    assert not is_subscribed(subscription.subject)
    assert not Interest.including_restricted.exists()
    assert messaging.suppressed([("email", ADDRESS)], "newsletter") == {("email", ADDRESS)}


def test_whoever_stopped_comes_back_by_confirming_again(topics: list[Topic]) -> None:
    first = confirmed(ADDRESS, topics)
    subscribing.stop(subject=first.subject, source="lettre", at=NOW)

    again = confirmed(ADDRESS, topics)

    assert is_subscribed(again.subject)
    assert messaging.suppressed([("email", ADDRESS)], "newsletter") == set()


def test_a_withdrawal_made_elsewhere_empties_the_choices_in_the_night(
    topics: list[Topic],
) -> None:
    subscription = confirmed(ADDRESS, topics)
    privacy.withdraw_consent(
        subscription.subject, activity="newsletter", source="mon-compte", at=NOW
    )

    gone = steps.forget_stopped(NOW)

    assert gone == 1
    assert not Subscription.including_restricted.exists()
    assert not Interest.including_restricted.exists()


def test_a_member_subscribes_and_stops_in_my_account(
    client: Client, topics: list[Topic], alice: Person
) -> None:
    client.force_login(alice.member)

    offered = client.get("/mon-compte/lettre/").content.decode()
    client.post("/mon-compte/lettre/", {"topics": ["parcours"], "agreed": "on"})
    then = is_subscribed(alice.subject)
    client.post("/mon-compte/lettre/", {"stop": "1"})

    assert " checked" not in offered
    assert then
    assert not is_subscribed(alice.subject)


def test_a_member_who_ticks_nothing_is_not_subscribed(
    client: Client, topics: list[Topic], alice: Person
) -> None:
    client.force_login(alice.member)

    answer = client.post("/mon-compte/lettre/", {"topics": ["parcours"]})

    assert answer.status_code == 422
    assert not is_subscribed(alice.subject)


def test_charlie_opens_nothing_of_alice(
    client: Client, topics: list[Topic], alice: Person, charlie: Person
) -> None:
    subscribed(alice, topics)
    client.force_login(charlie.member)

    page = client.get("/mon-compte/lettre/").content.decode()
    client.post("/mon-compte/lettre/", {"stop": "1"})

    assert alice.canaries.email not in page
    assert is_subscribed(alice.subject)


# --- The box of « Inscription » -----------------------------------------------------------------

ACCOUNT = {
    "last_name": "Lecteur",
    "email": ADDRESS,
    "password1": "Claire-voie, 4 lattes de chêne",
    "terms": "on",
}


@promise("P-016")
def test_an_account_is_opened_without_the_letter(visitor: Client, topics: list[Topic]) -> None:
    page = visitor.get("/inscription/").content.decode()
    answer = visitor.post("/inscription/", ACCOUNT)

    assert 'name="offer_newsletter"' in page
    assert " checked" not in page
    assert answer.status_code == 302
    assert not Pending.including_restricted.exists()
    assert "newsletter/confirm" not in mails()


@promise("P-016")
def test_the_box_ticked_at_sign_up_asks_the_mailbox(visitor: Client, topics: list[Topic]) -> None:
    visitor.post("/inscription/", {**ACCOUNT, "offer_newsletter": "on"})

    pending = Pending.including_restricted.get()
    assert (pending.source, pending.topics) == ("inscription", "parcours ateliers")
    assert "newsletter/confirm" in mails()
    assert not Consent.including_restricted.exists()


def test_a_letter_needs_an_address_and_an_account_does_not(
    visitor: Client, topics: list[Topic]
) -> None:
    by_phone = {**ACCOUNT, "email": "", "phone": "06 12 34 56 78"}

    refused = visitor.post("/inscription/", {**by_phone, "offer_newsletter": "on"})
    taken = visitor.post("/inscription/", by_phone)

    assert refused.status_code == 400
    assert "décochez cette case" in refused.content.decode()
    assert taken.status_code == 302


def test_without_a_topic_there_is_no_box(visitor: Client) -> None:
    assert "offer_newsletter" not in visitor.get("/inscription/").content.decode()
