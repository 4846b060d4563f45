"""Under fifteen: the child's word from their mailbox, then a parent's; nothing in between."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.core.cache import cache
from django.test import Client

from clairevoie import consent, privacy
from clairevoie.consent import guardians
from clairevoie.consent.models import ParentalConsent
from clairevoie.messaging.models import Message
from clairevoie.newsletter import steps
from clairevoie.newsletter.actions import subscribing
from clairevoie.newsletter.links import confirmation_link
from clairevoie.newsletter.models import (
    Pending,
    Subscription,
    Topic,
    followed_by,
    is_subscribed,
    subscription_of,
)
from clairevoie.privacy import retention
from clairevoie.privacy.models import Consent, ContactPoint, DataSubject
from tests.cast import NOW, TODAY, Person
from tests.newsletter.scene import ADDRESS, asked
from tests.promises import promise

pytestmark = pytest.mark.django_db
MOTHER = "mere@exemple.fr"


@pytest.fixture(autouse=True)
def calm() -> None:
    """Counters of attempts start at nothing."""
    cache.clear()


def requested(topics: list[Topic], email: str = ADDRESS) -> Pending:
    asked(email, topics)
    return Pending.including_restricted.latest("id")


def path_of(pending: Pending) -> str:
    return urlsplit(confirmation_link(pending)).path


def waiting(topics: list[Topic], email: str = ADDRESS) -> tuple[Pending, ParentalConsent]:
    """A child asked for the letter, opened their mailbox, and gave a parent's address."""
    pending = requested(topics, email)
    subscribing.ask_a_parent(pending=pending, parent_email=MOTHER, at=NOW)
    return pending, ParentalConsent.including_restricted.get(subject=pending.subject)


@promise("P-013")
def test_a_childs_yes_waits_and_the_parent_is_written_to_once(
    visitor: Client, topics: list[Topic]
) -> None:
    pending = requested(topics)
    path = path_of(pending)
    offered = visitor.get(path).content.decode()

    answer = visitor.post(f"{path}parent/", {"parent_email": MOTHER}, follow=True)

    assert f"{path}parent/" in offered
    assert "vers votre parent" in answer.content.decode()
    [mail] = Message.including_restricted.filter(template="accounts/parent-asked")
    assert mail.subject_id == pending.subject_id
    assert not Consent.including_restricted.exists()
    assert not Subscription.including_restricted.exists()


def test_the_button_of_the_others_does_nothing_while_a_parent_is_asked(
    visitor: Client, topics: list[Topic]
) -> None:
    pending, _ = waiting(topics)

    answer = visitor.post(path_of(pending))

    assert answer.status_code == 422
    assert "attend la réponse" in answer.content.decode()
    assert not Subscription.including_restricted.exists()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Donnez l’adresse"),
        ("pas une adresse", "pas complète"),
        ("a@exemple.fr\nBcc: b@exemple.fr", "pas complète"),
        (ADDRESS, "celle-ci est la vôtre"),
        (ADDRESS.replace("@", "+parent@"), "celle-ci est la vôtre"),
    ],
)
def test_what_is_no_parents_address_is_told_beside_the_field(
    visitor: Client, topics: list[Topic], typed: str, sentence: str
) -> None:
    path = path_of(requested(topics))

    answer = visitor.post(f"{path}parent/", {"parent_email": typed})

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not ParentalConsent.including_restricted.exists()


@promise("P-016")
def test_a_parents_yes_begins_what_the_child_chose(visitor: Client, topics: list[Topic]) -> None:
    pending, question = waiting(topics[:1])

    visitor.post(f"/accord-parental/{guardians.parent_token(question)}/", {"answer": "yes"})

    assert is_subscribed(pending.subject)
    assert followed_by(pending.subject) == ["parcours"], "what was asked, and no other topic"
    [given] = Consent.including_restricted.all()
    assert given.source == "newsletter+parent"
    assert given.text == pending.text
    assert not Pending.including_restricted.exists()
    assert "confirmé" in visitor.get(path_of(pending)).content.decode()


def test_a_child_known_by_this_address_has_one_file_not_two(
    topics: list[Topic], alice: Person
) -> None:
    _, question = waiting(topics[1:], alice.canaries.email)

    guardians.confirm(question, at=NOW)

    assert is_subscribed(alice.subject)
    assert followed_by(alice.subject) == ["ateliers"]
    assert ParentalConsent.including_restricted.get().subject_id == alice.subject.pk


def test_of_two_questions_to_parents_the_answered_one_keeps_its_link(
    visitor: Client, topics: list[Topic], alice: Person
) -> None:
    guardians.ask_parent(
        alice.subject, activity="newsletter", parent_email=MOTHER, source="mon-compte", at=NOW
    )
    pending = requested(topics, alice.canaries.email)
    subscribing.ask_a_parent(pending=pending, parent_email="pere@exemple.fr", at=NOW)
    question = ParentalConsent.including_restricted.get(subject=pending.subject)
    link = f"/accord-parental/{guardians.parent_token(question)}/"
    visitor.post(link, {"answer": "yes"})

    answer = visitor.post(link, {"answer": "no"})

    assert answer.status_code == 200
    assert not is_subscribed(alice.subject)
    assert subscription_of(alice.subject) is None


def test_a_parents_no_erases_the_request_and_the_childs_address(
    visitor: Client, topics: list[Topic], alice: Person
) -> None:
    before = DataSubject.objects.count()
    pending, question = waiting(topics)

    visitor.post(f"/accord-parental/{guardians.parent_token(question)}/", {"answer": "no"})

    assert not Pending.including_restricted.exists()
    assert not ContactPoint.objects.filter(raw=ADDRESS).exists()
    assert DataSubject.objects.count() == before, "the child's, and nobody else's"
    assert visitor.get(path_of(pending)).status_code == 404


def test_a_parents_no_to_a_member_leaves_the_member(topics: list[Topic], alice: Person) -> None:
    question = guardians.ask_parent(
        alice.subject, activity="newsletter", parent_email=MOTHER, source="mon-compte", at=NOW
    )

    guardians.refuse(question, at=NOW)

    assert DataSubject.objects.filter(pk=alice.subject.pk).exists()
    assert not privacy.may(alice.subject, "newsletter").allowed


def test_thirty_days_of_silence_erase_both_addresses_the_same_night(topics: list[Topic]) -> None:
    pending = requested(topics)
    Pending.including_restricted.update(asked_on=TODAY - timedelta(days=20))
    subscribing.ask_a_parent(pending=pending, parent_email=MOTHER, at=NOW)

    def night(days: int) -> None:
        steps.forget_unconfirmed(NOW + timedelta(days=days))
        retention.carry_out(retention.plan(TODAY + timedelta(days=days)))

    night(30)
    kept = (Pending.including_restricted.count(), ParentalConsent.including_restricted.count())
    night(31)

    assert kept == (1, 1)
    assert not Pending.including_restricted.exists()
    assert not ParentalConsent.including_restricted.exists()


def test_the_page_of_a_forged_link_asks_no_parent(visitor: Client, topics: list[Topic]) -> None:
    assert visitor.post("/newsletter/confirmer/x.y/parent/").status_code == 404


def test_my_account_says_that_a_parent_is_asked(
    client: Client, topics: list[Topic], alice: Person
) -> None:
    consent.guardians.ask_parent(
        alice.subject, activity="newsletter", parent_email=MOTHER, source="mon-compte", at=NOW
    )
    client.force_login(alice.member)

    page = client.get("/mon-compte/lettre/").content.decode()

    assert "Un parent doit répondre" in page
    assert 'name="topics"' not in page
