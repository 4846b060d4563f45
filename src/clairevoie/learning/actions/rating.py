"""Rating what one follows, changing it, taking it back."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from clairevoie import consent, privacy
from clairevoie.learning.actions.counting import hide_if_too_few
from clairevoie.learning.figures import SATISFACTION
from clairevoie.learning.models import Enrolment, Rating
from clairevoie.learning.units import units_of
from clairevoie.lib.calendar import paris_date
from clairevoie.privacy.models import DataSubject

RATING = "rating"  # the activity of the register
PUBLISHING = "testimonials"  # the same, for reviews; its basis is consent
_WRITTEN = ("score", "review", "consent", "moderation", "moderated_on")


class NotFollowing(Exception):
    """Vous ne suivez plus ce parcours : reprenez-le pour le noter."""


class UnknownUnit(Exception):
    """Ce que vous notez n’existe pas dans l’édition que vous suivez."""


class RatingRefused(Exception):
    """Une opposition ou un verrouillage est en cours : votre note n’a pas été enregistrée."""


@transaction.atomic
def rate(
    *, enrolment: Enrolment, unit: str, place: str, score: int, review: str, at: datetime
) -> Rating:
    """Rate one unit of the edition that is followed, or change what was said of it.

    Raises :class:`NotFollowing`, :class:`UnknownUnit`, :class:`RatingRefused`.
    """
    # Twice at once: one rating
    followed = Enrolment.including_restricted.select_for_update().get(pk=enrolment.pk)
    if followed.left_at is not None:
        raise NotFollowing
    if (unit, place) not in units_of(followed.edition_id):
        raise UnknownUnit
    names = {"parcours_id": followed.parcours_id, "unit": unit, "place": place}
    mine = Rating.including_restricted.select_for_update().filter(
        subject=enrolment.subject_id, **names
    )
    given = mine.first() or Rating(subject=enrolment.subject, answered_on=paris_date(at), **names)
    return _write(given, score=score, review=review, at=at)


@transaction.atomic
def revise(*, rating: Rating, score: int, review: str, at: datetime) -> Rating:
    """Its author changes it, whether they still follow the parcours or not.

    Raises :class:`RatingRefused`.
    """
    locked = Rating.including_restricted.select_for_update().get(pk=rating.pk)
    return _write(locked, score=score, review=review, at=at)


@transaction.atomic
def remove(*, rating: Rating, at: datetime) -> None:
    """The author takes it back: score, review and publication go at once."""
    key = (rating.parcours_id, rating.unit, rating.place)
    subject, published = rating.subject, rating.consent_id is not None
    rating.delete()
    if published:
        end_consent(subject, at=at)
    hide_if_too_few(SATISFACTION, key=key, on=paris_date(at))
    _note("learning.remove-rating", subject, rating, at=at)


def end_consent(subject: DataSubject, *, at: datetime) -> None:
    """Unless another review of theirs is published, here or elsewhere."""
    consent.withdraw_unless_used(subject, activity=PUBLISHING, source="learning.ratings", at=at)


def _write(given: Rating, *, score: int, review: str, at: datetime) -> Rating:
    """A review that changes is read again before it is shown; an empty one is not published."""
    if not privacy.may(given.subject, RATING).allowed:
        raise RatingRefused
    if given.review != review:
        given.moderation, given.moderated_on = Rating.Moderation.PENDING, None
    given.score, given.review = score, review
    unpublished, given.consent = given.consent, given.consent if review else None
    # Not ``counted``, which the night may be writing
    given.save(update_fields=_WRITTEN if given.pk else None)
    if unpublished and not review:
        end_consent(given.subject, at=at)
    _note("learning.rate", given.subject, given, at=at)
    return given


def _note(executor: str, subject: DataSubject, rating: Rating, *, at: datetime) -> None:
    facts = {"parcours": rating.parcours_id, "unit": rating.unit}
    privacy.ledger.append(executor=executor, at=at, subject=subject.uuid, facts=facts)
