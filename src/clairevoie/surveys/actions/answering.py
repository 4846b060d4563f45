"""Giving an answer, changing it, taking it back."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from clairevoie import privacy
from clairevoie.lib.calendar import paris_date
from clairevoie.surveys.actions.asking import ASKING
from clairevoie.surveys.actions.publishing import withdraw_consent_unless_used
from clairevoie.surveys.models import Answer, Invitation, answer_behind


class SurveyClosed(Exception):
    """Cette enquête est close : elle n’accepte plus de réponse."""


class AnswerRefused(Exception):
    """Une opposition ou un verrouillage est en cours : votre réponse n’a pas été enregistrée."""


@transaction.atomic
def answer(*, invitation: Invitation, score: int, review: str, at: datetime) -> Answer:
    """Give an answer or change it. Raises :class:`SurveyClosed`, :class:`AnswerRefused`.

    A review that changes is read again before it is shown; an empty one is not published.
    """
    survey, subject, on = invitation.survey, invitation.subject, paris_date(at)
    if not survey.is_open(on=on):
        raise SurveyClosed
    if not privacy.may(subject, ASKING).allowed:
        raise AnswerRefused
    given = answer_behind(invitation) or Answer(survey=survey, subject=subject, answered_on=on)
    if given.review != review:
        given.moderation, given.moderated_on = Answer.Moderation.PENDING, None
    given.score, given.review = score, review
    unpublished, given.consent = given.consent, given.consent if review else None
    given.save()
    privacy.record_contact(subject, on=on)
    if unpublished and not review:
        withdraw_consent_unless_used(subject, at=at)
    privacy.ledger.append(
        executor="surveys.answer", at=at, subject=subject.uuid, facts={"survey": survey.slug}
    )
    return given


@transaction.atomic
def withdraw(*, answer: Answer, at: datetime) -> None:
    """The author takes their answer back: score, review and publication go at once."""
    published = answer.consent_id is not None
    answer.delete()
    if published:
        withdraw_consent_unless_used(answer.subject, at=at)
    privacy.ledger.append(
        executor="surveys.withdraw",
        at=at,
        subject=answer.subject.uuid,
        facts={"survey": answer.survey_id},
    )
