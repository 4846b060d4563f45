"""What learners think of what they followed, and how it goes for them."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clairevoie.learning.models.content import Parcours
from clairevoie.privacy.models import Consent, PersonalRecord


class Unit(models.TextChoices):
    """What can be rated (P-023)."""

    PARCOURS = "parcours", _("le parcours")
    MODULE = "module", _("le module")
    CHAPTER = "chapter", _("le chapitre")
    EXERCISE = "exercise", _("l’exercice")
    PROJECT = "project", _("le projet")


class Rating(PersonalRecord):
    """From 1 to 5, by one who follows the parcours; once a unit, changed and removed at will.

    A unit is named as its author names it (module/chapter, an exercise's code), so that the
    rating stays with it from one edition to the next. Its review is private until ``consent``.
    """

    class Moderation(models.TextChoices):
        PENDING = "pending", _("à relire")
        ACCEPTED = "accepted", _("acceptée")
        REFUSED = "refused", _("refusée")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    parcours = models.ForeignKey(
        Parcours, models.PROTECT, to_field="slug", verbose_name=_("parcours"), related_name="+"
    )
    unit = models.CharField(_("ce qui est noté"), max_length=8, choices=Unit)
    place = models.CharField(_("lequel"), max_length=170, blank=True)
    score = models.PositiveSmallIntegerField(_("note"))
    review = models.TextField(_("avis"), blank=True)
    answered_on = models.DateField(_("noté le"))
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
        verbose_name = _("note donnée")
        verbose_name_plural = _("notes données")
        permissions: ClassVar = [("moderate", "Accept or refuse the review of a parcours")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["subject", "parcours", "unit", "place"], name="rating_once"
            ),
            models.CheckConstraint(
                condition=Q(score__gte=1, score__lte=5), name="rating_score_1_to_5"
            ),
            models.CheckConstraint(
                condition=Q(consent=None) | ~Q(review=""), name="rating_published_has_a_review"
            ),
        ]
        indexes: ClassVar = [
            *PersonalRecord.Meta.indexes,
            models.Index(fields=["answered_on", "id"], name="rating_clock"),
            models.Index(fields=["parcours", "unit", "place", "score"], name="rating_of_unit"),
        ]

    def __str__(self) -> str:
        return f"note {self.uuid}"


class Motivation(PersonalRecord):
    """How regularly one learns, by a published formula (docs/reference/motivation.md).

    Derived, never exported as provided, deleted by an objection, never an input of a decision.
    ``because`` holds the counts the formula was given, so that the person reads why.
    """

    class Level(models.TextChoices):
        LOW = "low", _("à relancer")
        STEADY = "steady", _("régulière")
        HIGH = "high", _("soutenue")

    enrolment = models.OneToOneField(
        "learning.Enrolment", models.CASCADE, to_field="uuid", related_name="motivation"
    )
    level = models.CharField(_("motivation"), max_length=6, choices=Level)
    because = models.JSONField(_("calculée d’après"))
    computed_on = models.DateField(_("calculée le"))

    class Meta(PersonalRecord.Meta):
        verbose_name = _("indicateur de motivation")
        verbose_name_plural = _("indicateurs de motivation")
        indexes: ClassVar = [
            *PersonalRecord.Meta.indexes,
            models.Index(fields=["computed_on", "id"], name="motivation_clock"),
        ]

    def __str__(self) -> str:
        return f"motivation de {self.enrolment_id}"
