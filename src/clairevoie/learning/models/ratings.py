"""What learners think of what they followed, and how it goes for them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from clairevoie import privacy
from clairevoie.learning.models.content import Parcours
from clairevoie.lib.calendar import paris_date
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
    counted = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="The score, as the figure in force counts it."
    )

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

    @property
    def posted_on(self) -> date | None:
        """The day its author agreed to the publication."""
        return paris_date(self.consent.at) if self.consent else None


class Figure(models.Model):
    """What the public reads of a unit, and read before: rounded, of five people or more.

    A figure gives way to the next one only when five people or more have rated, changed their
    rating or taken it back since (``learning.figures``): between two figures too, nobody is
    alone. It holds no sum, so that what was published is all that is known.
    """

    class Measure(models.TextChoices):
        SATISFACTION = "satisfaction", _("satisfaction")  # value: half points out of 10
        SUCCESS = "success", _("réussite")  # value: percent

    parcours = models.ForeignKey(
        Parcours, models.PROTECT, to_field="slug", verbose_name=_("parcours"), related_name="+"
    )
    measure = models.CharField(_("mesure"), max_length=12, choices=Measure)
    unit = models.CharField(_("ce qui est noté"), max_length=8, choices=Unit)
    place = models.CharField(_("lequel"), max_length=170, blank=True)
    people = models.PositiveIntegerField(_("personnes"))
    value = models.PositiveSmallIntegerField(_("valeur"))
    taken_on = models.DateField(_("calculée le"))
    superseded_on = models.DateField(_("remplacée le"), null=True, blank=True)
    shown = models.BooleanField(_("montrée"), default=True)

    class Meta:
        verbose_name = _("résultat")
        verbose_name_plural = _("résultats")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["parcours", "measure", "unit", "place"],
                condition=Q(superseded_on__isnull=True),
                name="figure_one_in_force",
            ),
            models.CheckConstraint(condition=Q(people__gte=5), name="figure_of_five_or_more"),
            models.CheckConstraint(
                condition=Q(superseded_on__isnull=True) | Q(shown=False),
                name="figure_superseded_is_not_shown",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.parcours_id}: {self.measure} {self.unit} {self.place}"

    @property
    def out_of_five(self) -> float:
        """A mean from 1 to 5, by halves."""
        return self.value / 2


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


# --- Reads --------------------------------------------------------------------------------------


def ratings_by(subject_id: int) -> QuerySet[Rating]:
    """What one person gave, for themself, the latest first."""
    mine: QuerySet[Rating] = Rating.including_restricted.filter(subject=subject_id)
    return mine.select_related("consent").order_by("-answered_on", "-id")


def reviews_whose_publication_is_agreed() -> QuerySet[Rating]:
    """Reviews whose author agreed and has not withdrawn since, from wherever they did."""
    withdrawn_since = Consent.objects.filter(
        subject=OuterRef("subject"),
        activity=OuterRef("consent__activity"),
        given=False,
        id__gt=OuterRef("consent"),
    )
    agreed = Rating.objects.filter(~Exists(withdrawn_since), consent__isnull=False)
    return privacy.permitted(agreed, "testimonials")


def published_reviews(parcours: str) -> QuerySet[Rating]:
    """What the public may read about one parcours, the latest first."""
    return (
        reviews_whose_publication_is_agreed()
        .filter(parcours__slug=parcours, moderation=Rating.Moderation.ACCEPTED)
        .select_related("consent", "subject__member")
        .order_by("-consent__at", "-id")
    )


def shown_figures(parcours: Iterable[str]) -> QuerySet[Figure]:
    """What the public may read of these parcours and of all their units."""
    return Figure.objects.filter(parcours__in=list(parcours), shown=True)
