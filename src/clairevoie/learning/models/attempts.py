"""What a learner answered, and what a package of another tool reported."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clairevoie.learning.models.content import Exercise
from clairevoie.learning.models.following import Enrolment
from clairevoie.privacy.models import PersonalRecord


class Attempt(PersonalRecord):
    """One answer to one exercise. ``points`` of ``out_of``: whole numbers, never a float."""

    enrolment = models.ForeignKey(
        Enrolment, models.CASCADE, to_field="uuid", related_name="attempts"
    )
    exercise = models.ForeignKey(Exercise, models.PROTECT, related_name="+")
    code = models.CharField(_("exercice"), max_length=80)
    number = models.PositiveSmallIntegerField(_("essai"))
    answer = models.JSONField(_("réponse"))
    points = models.PositiveSmallIntegerField(_("points"))
    out_of = models.PositiveSmallIntegerField(_("sur"))
    attempted_at = models.DateTimeField(_("le"))

    class Meta(PersonalRecord.Meta):
        verbose_name = _("réponse à un exercice")
        verbose_name_plural = _("réponses aux exercices")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["enrolment", "exercise", "number"], name="attempt_number_once"
            ),
            models.CheckConstraint(
                condition=Q(points__lte=models.F("out_of"), out_of__gte=1),
                name="attempt_points_within",
            ),
        ]
        indexes: ClassVar = [
            *PersonalRecord.Meta.indexes,
            models.Index(fields=["subject", "attempted_at"], name="attempt_when"),
        ]

    def __str__(self) -> str:
        return f"{self.code} ({self.number})"

    @property
    def is_right(self) -> bool:
        return self.points == self.out_of


class Difficulty(models.Model):
    """How many missed an exercise at their first try, of ten people or more, without their names.

    Written anew each night from the answers of those who let it be (P-011).
    """

    exercise = models.OneToOneField(Exercise, models.PROTECT, related_name="difficulty")
    people = models.PositiveIntegerField(_("personnes"))
    missed_percent = models.PositiveSmallIntegerField(_("manqué au premier essai, en %"))
    computed_on = models.DateField(_("calculé le"))

    class Meta:
        verbose_name = _("difficulté d’un exercice")
        verbose_name_plural = _("difficultés des exercices")
        indexes: ClassVar = [
            models.Index(fields=["-missed_percent", "exercise"], name="difficulty_hardest")
        ]

    def __str__(self) -> str:
        return f"{self.exercise_id} : {self.missed_percent} %"
