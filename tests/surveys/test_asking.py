"""One invitation, one reminder at most, and none to whoever objected."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from clairevoie import privacy
from clairevoie.messaging.models import Message
from clairevoie.privacy.models import DataSubject
from clairevoie.surveys import actions
from clairevoie.surveys.links import link_of
from clairevoie.surveys.models import Invitation, Survey
from clairevoie.surveys.steps import remind_of_open_surveys
from tests.cast import NOW, TODAY, Person
from tests.promises import promise
from tests.surveys.scene import Invite

A_WEEK_LATER = NOW + timedelta(days=7)


def written(template: str) -> list[int]:
    """Whom a message of this template was written to."""
    return list(
        Message.including_restricted.filter(template=template).values_list("subject", flat=True)
    )


def everybody() -> Any:
    return DataSubject.objects.all()


def test_everybody_is_asked_once_however_often_one_invites(
    survey: Survey, alice: Person, charlie: Person
) -> None:
    first = actions.invite(survey=survey, people=everybody(), at=NOW)
    second = actions.invite(survey=survey, people=everybody(), at=NOW)

    assert (first, second) == (2, 0)
    assert sorted(written("surveys/invitation")) == [alice.subject.pk, charlie.subject.pk]


def test_the_message_holds_the_link_of_its_reader_and_the_way_out(
    invite: Invite, alice: Person
) -> None:
    invitation = invite(alice)

    message = Message.objects.get(subject=alice.subject)
    for text in (message.text, message.html):
        assert link_of(invitation) in text
        assert "/desinscription/" in text
        assert "20 décembre 2026" in text


def test_whoever_objected_or_is_restricted_is_not_asked(
    survey: Survey, alice: Person, charlie: Person
) -> None:
    privacy.object_to(alice.subject, activity="satisfaction", source="mon-compte", at=NOW)
    privacy.restrict(charlie.subject, ground="accuracy", on=date(2026, 11, 22))

    asked = actions.invite(survey=survey, people=everybody(), at=NOW)

    assert asked == 0
    assert not Invitation.including_restricted.exists()


@promise("P-031")
def test_one_reminder_leaves_after_a_week_and_never_a_second(
    invite: Invite, alice: Person
) -> None:
    invite(alice)

    before = remind_of_open_surveys(A_WEEK_LATER - timedelta(days=1))
    first = remind_of_open_surveys(A_WEEK_LATER)
    second = remind_of_open_surveys(A_WEEK_LATER + timedelta(days=7))

    assert (before, first, second) == (0, 1, 0)
    assert written("surveys/reminder") == [alice.subject.pk]


@promise("P-031")
def test_whoever_opted_out_is_not_reminded(invite: Invite, alice: Person) -> None:
    invitation = invite(alice)
    actions.stop_asking(invitation=invitation, at=NOW)

    reminded = remind_of_open_surveys(A_WEEK_LATER)

    assert reminded == 0
    assert written("surveys/reminder") == []


def test_whoever_answered_is_not_reminded(invite: Invite, alice: Person) -> None:
    actions.answer(invitation=invite(alice), score=9, review="", at=NOW)

    assert remind_of_open_surveys(A_WEEK_LATER) == 0


def test_a_closed_survey_reminds_nobody(invite: Invite, survey: Survey, alice: Person) -> None:
    invite(alice)

    assert actions.remind(survey=survey, at=NOW + timedelta(days=60)) == 0


def test_inviting_many_costs_no_query_for_each(
    survey: Survey, django_assert_max_num_queries: Any
) -> None:
    DataSubject.objects.bulk_create(DataSubject(last_use=TODAY) for _ in range(200))

    with django_assert_max_num_queries(20):
        asked = actions.invite(survey=survey, people=everybody(), at=NOW)

    assert asked == 200


def test_one_session_has_one_survey(survey: Survey) -> None:
    with pytest.raises(actions.AlreadyAsked):
        actions.open_survey(
            training=survey.training, ended_on=survey.ended_on, closes_on=survey.closes_on, at=NOW
        )
