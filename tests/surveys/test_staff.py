"""Trainers and administrators open surveys, invite, and read figures; others do not enter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from clairevoie.surveys import actions
from clairevoie.surveys.models import Answer, Invitation, Survey
from tests.cast import NOW
from tests.gestion.conftest import press
from tests.surveys.scene import Invite, answers

if TYPE_CHECKING:
    from tests.cast import Person

LIST = "/gestion/enquetes/"


def at_work(person: Person) -> Client:
    """Signed in with a second factor."""
    Authenticator.objects.create(user=person.member, type=Authenticator.Type.TOTP, data={})
    client = Client()
    client.force_login(person.member)
    return client


@pytest.mark.parametrize("name", ["flora", "gaston"])
def test_who_has_no_business_with_surveys_does_not_enter(
    survey: Survey, name: str, request: pytest.FixtureRequest
) -> None:
    client = at_work(request.getfixturevalue(name))

    for path in (LIST, f"{LIST}{survey.slug}/", f"{LIST}ouvrir/", "/gestion/avis/"):
        assert client.get(path).status_code == 403


def test_a_trainer_opens_a_survey_and_invites_to_it(bob: Person, alice: Person) -> None:
    client = at_work(bob)

    opened = client.post(
        f"{LIST}ouvrir/",
        {"training": "Écrire du code", "ended_on": "2026-11-20", "closes_on": "2026-12-20"},
    )
    invited = client.post(f"{opened['Location']}inviter/", {"people": alice.canaries.email})

    assert (opened.status_code, invited.status_code) == (302, 302)
    assert Invitation.objects.get().subject == alice.subject


def test_a_line_that_names_nobody_is_said_and_nobody_is_invited(
    bob: Person, alice: Person, survey: Survey
) -> None:
    page = at_work(bob).post(
        f"{LIST}{survey.slug}/inviter/", {"people": f"{alice.canaries.pseudo}\ninconnu"}
    )

    assert page.status_code == 422
    assert "inconnu" in page.content.decode()
    assert not Invitation.objects.exists()


@pytest.mark.parametrize("closes_on", ["2026-11-21", "2026-02-30", "demain", ""])
def test_an_impossible_closing_day_is_refused(bob: Person, closes_on: str) -> None:
    page = at_work(bob).post(
        f"{LIST}ouvrir/", {"training": "X", "ended_on": "2026-11-20", "closes_on": closes_on}
    )

    assert page.status_code == 422
    assert not Survey.objects.exists()


def test_the_page_draws_figures_from_the_fifth_answer_on(bob: Person, survey: Survey) -> None:
    client, path = at_work(bob), f"{LIST}{survey.slug}/"
    answers(survey, 9, 9, 9, 9)
    Answer.objects.update(review="zzyx-avis")
    four = client.get(path).content.decode()

    answers(survey, 2)
    five = client.get(path).content.decode()

    assert "<svg" not in four.split("Réponses", 1)[1].split("Session", 1)[0]
    assert "zzyx-avis" not in four
    assert five.count("g-bar__fill") == 11
    assert "<b>60</b>" in five
    assert "zzyx-avis" in five


def test_the_page_costs_the_same_whatever_the_number_of_answers(
    bob: Person, survey: Survey, django_assert_max_num_queries: Any
) -> None:
    client = at_work(bob)
    answers(survey, *[10] * 200)

    with django_assert_max_num_queries(12):
        client.get(f"{LIST}{survey.slug}/")


def test_only_reviews_whose_author_agreed_are_there_to_be_read_again(
    eve: Person, alice: Person, invite: Invite
) -> None:
    client = at_work(eve)
    answer = actions.answer(invitation=invite(alice), score=9, review="zzyx-avis", at=NOW)
    private = client.get(f"/gestion/avis/{answer.uuid}/")

    actions.publish(answer=answer, text="J’accepte.", at=NOW)
    page = client.get(f"/gestion/avis/{answer.uuid}/").content.decode()
    press(client, f"/gestion/avis/{answer.uuid}/publier/")

    assert private.status_code == 404
    assert "zzyx-avis" in page
    assert not any(canary in page for canary in alice.canaries.all)
    answer.refresh_from_db()
    assert answer.moderation == Answer.Moderation.ACCEPTED
    assert answer.moderator == eve.subject.uuid


def test_words_that_changed_under_the_eyes_of_who_reads_them_are_read_again(
    eve: Person, alice: Person, invite: Invite
) -> None:
    invitation = invite(alice)
    answer = actions.answer(invitation=invitation, score=9, review="zzyx-avis", at=NOW)
    actions.publish(answer=answer, text="J’accepte.", at=NOW)
    client, page = at_work(eve), f"/gestion/avis/{answer.uuid}/publier/"
    as_read = client.get(page).context["mark"]
    actions.answer(invitation=invitation, score=1, review="zzyx-autre", at=NOW)

    refused = client.post(page, {"lu": as_read})

    assert refused.status_code == 422
    assert "zzyx-autre" in refused.content.decode()
    with pytest.raises(actions.ReviewChanged):
        actions.moderate(answer=answer, accepted=True, moderator=eve.subject.uuid, at=NOW)
    answer.refresh_from_db()
    assert answer.moderation == Answer.Moderation.PENDING


def test_a_trainer_does_not_decide_what_is_published(
    bob: Person, alice: Person, invite: Invite
) -> None:
    answer = actions.answer(invitation=invite(alice), score=9, review="zzyx-avis", at=NOW)
    actions.publish(answer=answer, text="J’accepte.", at=NOW)

    refused = at_work(bob).post(f"/gestion/avis/{answer.uuid}/publier/")

    assert refused.status_code == 403
