"""A survey after a training, whom it was sent to, and what they answered."""

from __future__ import annotations

import uuid
from datetime import date
from typing import ClassVar

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from clairevoie import privacy
from clairevoie.lib.calendar import paris_date
from clairevoie.privacy.models import Consent, PersonalRecord


class Survey(models.Model):
    """The question asked to those who followed one session of a training."""

    # Readable, because it is what a person's copy of their data says of their answer.
    slug = models.SlugField(_("code"), max_length=100, unique=True)
    training = models.CharField(_("formation"), max_length=120)
    ended_on = models.DateField(_("fin de la formation"))
    opened_on = models.DateField(_("ouverture"))
    closes_on = models.DateField(_("dernier jour pour répondre"))

    class Meta:
        verbose_name = _("enquête")
        verbose_name_plural = _("enquêtes")
        permissions: ClassVar = [
            ("open", "Open a survey"),
            ("invite", "Invite people to answer"),
            ("moderate", "Accept or refuse a review"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(closes_on__gte=F("opened_on")), name="survey_closes_after_it_opens"
            )
        ]

    def __str__(self) -> str:
        return self.training

    def is_open(self, *, on: date) -> bool:
        """Answers may still be given or changed on this day."""
        return self.opened_on <= on <= self.closes_on


class Invitation(PersonalRecord):
    """One person was asked once, and reminded at most once (P-031)."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    survey = models.ForeignKey(
        Survey, models.PROTECT, to_field="slug", verbose_name=_("enquête"), related_name="+"
    )
    sent_on = models.DateField(_("envoyée le"))
    reminded_on = models.DateField(_("rappelée le"), null=True, blank=True)

    class Meta(PersonalRecord.Meta):
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["survey", "subject"], name="invitation_once")
        ]
        indexes: ClassVar = [
            *PersonalRecord.Meta.indexes,
            models.Index(fields=["sent_on", "id"], name="invitation_clock"),
        ]

    def __str__(self) -> str:
        return f"invitation {self.uuid}"


class Answer(PersonalRecord):
    """One person's score and review. Private until ``consent`` says otherwise (P-032)."""

    class Moderation(models.TextChoices):
        PENDING = "pending", _("à relire")
        ACCEPTED = "accepted", _("acceptée")
        REFUSED = "refused", _("refusée")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    survey = models.ForeignKey(
        Survey, models.PROTECT, to_field="slug", verbose_name=_("enquête"), related_name="+"
    )
    score = models.PositiveSmallIntegerField(_("note"), validators=[MaxValueValidator(10)])
    review = models.TextField(_("avis"), blank=True)
    answered_on = models.DateField(_("répondu le"))
    consent = models.ForeignKey(
        Consent,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("accord de publication"),
        related_name="+",
    )
    moderation = models.CharField(
        _("relecture"), max_length=8, choices=Moderation, default=Moderation.PENDING
    )
    moderated_on = models.DateField(_("relu le"), null=True, blank=True)
    moderator = models.UUIDField(null=True, blank=True, help_text="UUID of who read it again.")

    class Meta(PersonalRecord.Meta):
        verbose_name = _("réponse")
        verbose_name_plural = _("réponses")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["survey", "subject"], name="answer_once"),
            models.CheckConstraint(condition=Q(score__lte=10), name="answer_score_0_to_10"),
            models.CheckConstraint(
                condition=Q(consent=None) | ~Q(review=""), name="answer_published_has_a_review"
            ),
        ]
        indexes: ClassVar = [
            *PersonalRecord.Meta.indexes,
            models.Index(fields=["answered_on", "id"], name="answer_clock"),
        ]

    def __str__(self) -> str:
        return f"réponse {self.uuid}"

    @property
    def posted_on(self) -> date | None:
        """The day its author agreed to the publication."""
        return paris_date(self.consent.at) if self.consent else None


def answer_behind(invitation: Invitation) -> Answer | None:
    """What the invited person answered, for themself."""
    answers: QuerySet[Answer] = Answer.including_restricted.select_related("survey", "subject")
    return answers.filter(survey__slug=invitation.survey_id, subject=invitation.subject_id).first()


def answers_whose_publication_is_agreed() -> QuerySet[Answer]:
    """Reviews whose author agreed and has not withdrawn since, from wherever they did."""
    withdrawn_since = Consent.objects.filter(
        subject=OuterRef("subject"),
        activity=OuterRef("consent__activity"),
        given=False,
        id__gt=OuterRef("consent"),
    )
    agreed = Answer.objects.filter(~Exists(withdrawn_since), consent__isnull=False)
    return privacy.permitted(agreed, "testimonials")


def published_reviews() -> QuerySet[Answer]:
    """What the public may read, the latest first, with what is shown beside it."""
    return (
        answers_whose_publication_is_agreed()
        .filter(moderation=Answer.Moderation.ACCEPTED)
        .select_related("survey", "consent", "subject__member")
        .order_by("-consent__at", "-id")
    )
