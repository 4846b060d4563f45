"""Showing a review: its author agrees, somebody reads it again, the author may withdraw."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from clairevoie import consent, privacy
from clairevoie.lib.calendar import paris_date
from clairevoie.privacy.models import DataSubject
from clairevoie.surveys.models import Answer

PUBLISHING = "testimonials"  # the activity of the register; its basis is consent
PUBLICATION_WORDS = _(
    "J’ai 15 ans ou plus et j’accepte que mon avis soit publié sur la page "
    "« Satisfaction », signé de mon pseudo, jusqu’à ce que je retire cet accord."
)


class NothingToPublish(Exception):
    """Écrivez d’abord un avis : une note seule ne se publie pas."""


class ReviewChanged(Exception):
    """Son auteur vient de changer cet avis : relisez-le."""


@transaction.atomic
def publish(*, answer: Answer, text: str, at: datetime, language: str = "fr") -> None:
    """The author, having read ``text``, agrees to this review being shown (P-032).

    Raises :class:`NothingToPublish`. It appears once somebody has read it again.
    """
    # Emptied in another window, there is nothing left to publish.
    kept = Answer.including_restricted.select_for_update().filter(pk=answer.pk)
    if not kept.values_list("review", flat=True).first():
        raise NothingToPublish
    answer.consent = consent.give(
        answer.subject,
        activity=PUBLISHING,
        text=text,
        language=language,
        source="surveys.publish",
        at=at,
    )
    answer.save(update_fields=["consent"])


@transaction.atomic
def unpublish(*, answer: Answer, at: datetime) -> None:
    """The author withdraws the publication: the review is gone from the page at once."""
    answer.consent = None
    answer.save(update_fields=["consent"])
    withdraw_consent_unless_used(answer.subject, at=at)


@transaction.atomic
def moderate(*, answer: Answer, accepted: bool, moderator: UUID, at: datetime) -> None:
    """Somebody read the review, in the words of ``answer``, and says whether it may be shown.

    Raises :class:`ReviewChanged`: nobody has read those that stand there now.
    """
    answer.moderation = Answer.Moderation.ACCEPTED if accepted else Answer.Moderation.REFUSED
    answer.moderated_on, answer.moderator = paris_date(at), moderator
    as_read = Answer.including_restricted.filter(pk=answer.pk, review=answer.review)
    if not as_read.update(
        moderation=answer.moderation, moderated_on=answer.moderated_on, moderator=moderator
    ):
        raise ReviewChanged
    privacy.ledger.append(
        executor="surveys.moderate",
        at=at,
        subject=answer.subject.uuid,
        facts={"answer": answer.uuid, "accepted": accepted, "author": moderator},
    )


def withdraw_consent_unless_used(subject: DataSubject, *, at: datetime) -> None:
    """Another review of theirs may still be published under a consent of its own."""
    consent.withdraw_unless_used(subject, activity=PUBLISHING, source="surveys.link", at=at)
