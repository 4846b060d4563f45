"""Showing a review: its author agrees, somebody reads it again, the author may withdraw."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from clairevoie import consent, privacy
from clairevoie.learning.actions.rating import PUBLISHING, end_consent
from clairevoie.learning.models import Rating
from clairevoie.lib.calendar import paris_date
from clairevoie.privacy.models import DataSubject

PUBLICATION_WORDS = _(
    "J’ai 15 ans ou plus et j’accepte que mon avis soit publié sur la page du parcours, "
    "signé de mon pseudo, jusqu’à ce que je retire cet accord."
)


class NothingToPublish(Exception):
    """Écrivez d’abord un avis : une note seule ne se publie pas."""


class ReviewChanged(Exception):
    """Son auteur vient de changer cet avis : relisez-le."""


@transaction.atomic
def publish(*, rating: Rating, text: str, at: datetime, language: str = "fr") -> None:
    """The author, having read ``text``, agrees to this review being shown (P-023).

    Raises :class:`NothingToPublish`. It appears once somebody has read it again.
    """
    # Emptied in another window, there is nothing left to publish.
    kept = Rating.including_restricted.select_for_update().filter(pk=rating.pk)
    if not kept.values_list("review", flat=True).first():
        raise NothingToPublish
    rating.consent = consent.give(
        rating.subject,
        activity=PUBLISHING,
        text=text,
        language=language,
        source="learning.ratings",
        at=at,
    )
    rating.save(update_fields=["consent"])


@transaction.atomic
def unpublish(*, rating: Rating, at: datetime) -> None:
    """The author withdraws the publication: the review is gone from the page at once."""
    rating.consent = None
    rating.save(update_fields=["consent"])
    end_consent(rating.subject, at=at)


@transaction.atomic
def moderate(*, rating: Rating, accepted: bool, moderator: UUID, at: datetime) -> None:
    """Somebody read the review, in the words of ``rating``, and says whether it may be shown.

    Raises :class:`ReviewChanged`: nobody has read those that stand there now.
    """
    rating.moderation = Rating.Moderation.ACCEPTED if accepted else Rating.Moderation.REFUSED
    rating.moderated_on, rating.moderator = paris_date(at), moderator
    as_read = Rating.including_restricted.filter(pk=rating.pk, review=rating.review)
    if not as_read.update(
        moderation=rating.moderation, moderated_on=rating.moderated_on, moderator=moderator
    ):
        raise ReviewChanged
    privacy.ledger.append(
        executor="learning.moderate",
        at=at,
        subject=rating.subject.uuid,
        facts={"rating": rating.uuid, "accepted": accepted, "author": moderator},
    )


def unpublish_all(subject: DataSubject, *, given: bool, at: datetime) -> None:
    """The consent was withdrawn, from wherever: no review of theirs stands under it (P-023)."""
    if not given:
        published = Rating.including_restricted.filter(subject=subject, consent__isnull=False)
        published.update(consent=None)
