"""Answering from the link of a mail: without an account, without JavaScript."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from clairevoie import privacy
from clairevoie.surveys import actions
from clairevoie.surveys.links import link_of, token_of
from clairevoie.surveys.models import Answer
from tests.cast import NOW, TODAY, Person
from tests.surveys.scene import Invite

REVIEW = "Un parcours clair, zzyx-avis."


def test_the_page_asks_and_says_why_without_any_account(
    invite: Invite, alice: Person, client: Client
) -> None:
    page = client.get(link_of(invite(alice)))

    assert page.status_code == 200
    text = page.content.decode()
    assert "Recommanderiez-vous" in text
    assert 'data-activity="satisfaction"' in text  # the notice of GDPR art. 13
    assert alice.canaries.last_name not in text
    assert "no-store" in page["Cache-Control"]


def test_opening_the_page_records_nothing(invite: Invite, alice: Person, client: Client) -> None:
    invitation = invite(alice)
    alice.subject.refresh_from_db()
    before = alice.subject.last_contact

    client.get(link_of(invitation))
    client.get(link_of(invitation, "stop"))

    alice.subject.refresh_from_db()
    assert alice.subject.last_contact == before
    assert privacy.may(alice.subject, "satisfaction").allowed
    assert not Answer.objects.exists()


def test_an_answer_is_kept_shown_and_counts_as_a_contact(
    invite: Invite, alice: Person, client: Client
) -> None:
    link = link_of(invite(alice))

    page = client.post(link, {"score": "9", "review": REVIEW}, follow=True)

    (given,) = Answer.objects.all()
    assert (given.subject, given.score, given.review) == (alice.subject, 9, REVIEW)
    assert REVIEW in page.content.decode()
    alice.subject.refresh_from_db()
    assert alice.subject.last_contact == TODAY


def test_an_answer_may_be_changed_and_stays_one(
    invite: Invite, alice: Person, client: Client
) -> None:
    link = link_of(invite(alice))
    client.post(link, {"score": "9", "review": REVIEW})

    client.post(link, {"score": "3", "review": ""})

    (given,) = Answer.objects.all()
    assert (given.score, given.review) == (3, "")


@pytest.mark.parametrize("score", ["", "11", "-1", "neuf"])
def test_a_score_off_the_scale_is_refused_and_said(
    invite: Invite, alice: Person, client: Client, score: str
) -> None:
    page = client.post(link_of(invite(alice)), {"score": score, "review": REVIEW})

    assert page.status_code == 422
    assert REVIEW in page.content.decode()
    assert not Answer.objects.exists()


@pytest.mark.parametrize("token", ["", "x", "0" * 32, "0" * 32 + ".signature", "../../gestion"])
def test_a_forged_link_opens_nothing(db: None, client: Client, token: str) -> None:
    for page in ("", "merci/", "retirer/", "arreter/"):
        assert client.get(f"/avis/{token}/{page}").status_code == 404


def test_a_link_signed_for_another_number_opens_nothing(
    invite: Invite, alice: Person, charlie: Person, client: Client
) -> None:
    number, signature = token_of(invite(alice)).split(".")
    other = token_of(invite(charlie)).split(".")[0]

    assert client.get(f"/avis/{number}.{signature}/").status_code == 200
    assert client.get(f"/avis/{other}.{signature}/").status_code == 404


def test_a_closed_survey_says_so_and_takes_no_answer(
    invite: Invite, alice: Person, client: Client
) -> None:
    link = link_of(invite(alice))

    with time_machine.travel(NOW + timedelta(days=29)):
        late = client.get(link), client.post(link, {"score": "9"})

    assert [page.status_code for page in late] == [410, 410]
    assert not Answer.objects.exists()


def test_after_the_closing_an_answer_can_still_be_taken_back(
    invite: Invite, alice: Person, client: Client
) -> None:
    invitation = invite(alice)
    client.post(link_of(invitation), {"score": "9", "review": REVIEW})

    with time_machine.travel(NOW + timedelta(days=29)):
        assert client.get(link_of(invitation)).url.endswith("/merci/")  # type: ignore[attr-defined]
        client.post(link_of(invitation, "withdraw"))

    assert not Answer.objects.exists()


def test_a_restricted_person_is_told_that_nothing_was_recorded(
    invite: Invite, alice: Person, client: Client
) -> None:
    link = link_of(invite(alice))
    privacy.restrict(alice.subject, ground="accuracy", on=TODAY)

    page = client.post(link, {"score": "9"})

    assert page.status_code == 422
    assert "n’a pas été enregistrée" in page.content.decode()
    assert not Answer.including_restricted.exists()


def test_one_button_stops_surveys_and_another_brings_them_back(
    invite: Invite, alice: Person, client: Client
) -> None:
    invitation = invite(alice)

    stopped = client.post(link_of(invitation, "stop"), follow=True)
    refused = privacy.may(alice.subject, actions.ASKING)
    client.post(link_of(invitation, "resume"))

    assert "Vous ne recevrez plus" in stopped.content.decode()
    assert not refused.allowed
    assert privacy.may(alice.subject, actions.ASKING).allowed


def test_a_link_dies_with_the_person(invite: Invite, alice: Person, client: Client) -> None:
    link = link_of(invite(alice))
    privacy.erase(alice.subject, because="demande", on=TODAY)

    assert client.get(link).status_code == 404
