"""What the tests of surveys play with."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from clairevoie.privacy.models import DataSubject
from clairevoie.surveys import actions
from clairevoie.surveys.models import Answer, Invitation, Survey
from tests.cast import NOW, TODAY, Person

Invite = Callable[[Person], Invitation]


def opened() -> Survey:
    """A session that ended two days ago; a month to answer."""
    return actions.open_survey(
        training="La donnée sans peur",
        ended_on=date(2026, 11, 20),
        closes_on=date(2026, 12, 20),
        at=NOW,
    )


def invitation_of(person: Person, survey: Survey) -> Invitation:
    """Ask one person, once however often this is called."""
    people = DataSubject.objects.filter(pk=person.subject.pk)
    actions.invite(survey=survey, people=people, at=NOW)
    found: Invitation = Invitation.including_restricted.get(survey=survey, subject=person.subject)
    return found


def answers(survey: Survey, *scores: int) -> list[Answer]:
    """As many strangers as scores, each having answered."""
    strangers = DataSubject.objects.bulk_create(DataSubject(last_use=TODAY) for _ in scores)
    given = [
        Answer(survey=survey, subject=stranger, score=score, answered_on=TODAY)
        for stranger, score in zip(strangers, scores, strict=True)
    ]
    return list(Answer.objects.bulk_create(given))
