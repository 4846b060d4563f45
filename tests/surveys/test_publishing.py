"""A review is private; its author alone opens it, and closes it at once."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from clairevoie import privacy
from clairevoie.privacy.models import Consent
from clairevoie.surveys import actions
from clairevoie.surveys.links import link_of
from clairevoie.surveys.models import Answer, published_reviews
from tests.cast import NOW, TODAY, Person
from tests.promises import promise
from tests.surveys.scene import Invite

REVIEW = "Un parcours clair, zzyx-avis."
WORDS = "J’accepte."


def reviewed(invite: Invite, person: Person) -> Answer:
    return actions.answer(invitation=invite(person), score=9, review=REVIEW, at=NOW)


def published(invite: Invite, person: Person) -> Answer:
    answer = reviewed(invite, person)
    actions.publish(answer=answer, text=WORDS, at=NOW)
    actions.moderate(answer=answer, accepted=True, moderator=uuid4(), at=NOW)
    return answer


def public_page(client: Client) -> str:
    return client.get("/satisfaction/").content.decode()


@promise("P-032", "P-023")
def test_a_review_without_consent_is_never_public(
    invite: Invite, alice: Person, client: Client
) -> None:
    answer = reviewed(invite, alice)
    actions.moderate(answer=answer, accepted=True, moderator=uuid4(), at=NOW)

    page = public_page(client)
    assert REVIEW not in page
    assert not any(canary in page for canary in alice.canaries.all)


@promise("P-032")
def test_a_published_review_shows_the_pseudo_and_both_dates_and_no_score(
    invite: Invite, alice: Person, client: Client
) -> None:
    published(invite, alice)

    page = public_page(client)
    assert REVIEW in page
    assert alice.canaries.pseudo in page
    assert "20\u00a0novembre 2026" in page
    assert "22\u00a0novembre 2026" in page
    assert not any(canary in page for canary in set(alice.canaries.all) - {alice.canaries.pseudo})


def test_a_review_waits_until_somebody_has_read_it_again(
    invite: Invite, alice: Person, client: Client
) -> None:
    answer = reviewed(invite, alice)
    actions.publish(answer=answer, text=WORDS, at=NOW)

    assert REVIEW not in public_page(client)


def test_a_changed_review_is_read_again(invite: Invite, alice: Person, client: Client) -> None:
    published(invite, alice)

    actions.answer(invitation=invite(alice), score=9, review="Autre chose.", at=NOW)

    assert "Autre chose." not in public_page(client)


def test_the_consent_keeps_the_very_words_shown(
    invite: Invite, alice: Person, client: Client
) -> None:
    answer = reviewed(invite, alice)
    invitation = invite(alice)
    page = client.get(link_of(invitation, "thanks")).content.decode()

    client.post(link_of(invitation, "publish"), {"agreed": "on"})

    (consent,) = Consent.objects.all()
    answer.refresh_from_db()
    assert answer.consent == consent
    assert consent.text in page
    assert "checked" not in page


def test_an_unticked_box_publishes_nothing(invite: Invite, alice: Person, client: Client) -> None:
    reviewed(invite, alice)

    page = client.post(link_of(invite(alice), "publish"), {})

    assert page.status_code == 422
    assert not Consent.objects.exists()


def test_a_score_alone_is_not_published(invite: Invite, alice: Person) -> None:
    answer = actions.answer(invitation=invite(alice), score=9, review="", at=NOW)

    with pytest.raises(actions.NothingToPublish):
        actions.publish(answer=answer, text=WORDS, at=NOW)


@promise("P-032")
def test_withdrawing_the_publication_takes_the_review_off_at_once(
    invite: Invite, alice: Person, client: Client
) -> None:
    published(invite, alice)

    client.post(link_of(invite(alice), "unpublish"))

    assert REVIEW not in public_page(client)
    assert not privacy.may(alice.subject, "testimonials").allowed


def test_a_consent_withdrawn_elsewhere_hides_it_even_when_given_again_for_another(
    invite: Invite, alice: Person, client: Client
) -> None:
    published(invite, alice)
    privacy.withdraw_consent(alice.subject, activity="testimonials", source="mon-compte", at=NOW)
    hidden = public_page(client)

    privacy.give_consent(
        alice.subject, activity="testimonials", text="Autre", source="autre", at=NOW
    )

    assert REVIEW not in hidden
    assert REVIEW not in public_page(client)


def test_a_restricted_author_is_not_shown(invite: Invite, alice: Person) -> None:
    published(invite, alice)
    privacy.restrict(alice.subject, ground="accuracy", on=TODAY)

    assert not published_reviews().exists()


@promise("P-032")
def test_the_review_goes_with_its_author(invite: Invite, alice: Person, client: Client) -> None:
    published(invite, alice)

    privacy.erase(alice.subject, because="demande", on=TODAY)

    assert REVIEW not in public_page(client)
    assert not Answer.including_restricted.exists()


def test_reading_reviews_costs_no_query_for_each(
    invite: Invite,
    alice: Person,
    charlie: Person,
    client: Client,
    django_assert_num_queries: Any,
) -> None:
    for person in (alice, charlie):
        published(invite, person)

    with django_assert_num_queries(3):
        page = public_page(client)

    assert page.count(REVIEW) == 2
