"""What other tools made (SCORM), to be played here, and the scores they report."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clairevoie.learning.models.content import Parcours
from clairevoie.learning.models.following import Enrolment
from clairevoie.privacy.models import PersonalRecord


class Package(models.Model):
    """A SCORM archive of a parcours, kept as it came, under its own fingerprint.

    ``items`` are what it launches, in order: ``{"id", "title", "href"}``.
    """

    class Standard(models.TextChoices):
        SCORM_12 = "1.2", "SCORM 1.2"
        SCORM_2004 = "2004", "SCORM 2004"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    parcours = models.ForeignKey(
        Parcours, models.PROTECT, to_field="slug", verbose_name=_("parcours"), related_name="+"
    )
    title = models.CharField(_("titre"), max_length=150)
    standard = models.CharField(_("norme"), max_length=4, choices=Standard)
    items = models.JSONField(_("contenus"))
    sha256 = models.CharField(_("empreinte"), max_length=64)
    size = models.PositiveBigIntegerField(_("octets"))
    offered = models.BooleanField(_("proposé"), default=True)
    placed = models.BooleanField(
        _("dans un chapitre"),
        default=False,
        db_default=False,
        help_text="Played from its chapter.",
    )
    brought_at = models.DateTimeField(_("importé le"))

    class Meta:
        verbose_name = _("paquet SCORM")
        verbose_name_plural = _("paquets SCORM")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["parcours", "sha256"], name="package_once")
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def file_name(self) -> str:
        """Where the store keeps it."""
        return f"{self.sha256}.zip"


class PackageResult(PersonalRecord):
    """How far one learner is in one content of a package, as the package reports it.

    The best ``points`` and ``status`` are kept. ``state`` is what the package needs to resume.
    """

    class Status(models.TextChoices):
        BEGUN = "begun", _("commencé")
        FAILED = "failed", _("échoué")
        COMPLETED = "completed", _("terminé")
        PASSED = "passed", _("réussi")

    enrolment = models.ForeignKey(Enrolment, models.CASCADE, to_field="uuid", related_name="+")
    package = models.ForeignKey(Package, models.PROTECT, to_field="uuid", related_name="+")
    item = models.CharField(_("contenu"), max_length=100)
    title = models.CharField(_("titre"), max_length=150)
    status = models.CharField(_("état"), max_length=9, choices=Status, default=Status.BEGUN)
    points = models.PositiveSmallIntegerField(_("points sur 100"), null=True, blank=True)
    state = models.JSONField(_("reprise"))
    begun_at = models.DateTimeField(_("commencé le"))
    last_at = models.DateTimeField(_("dernière activité"))

    class Meta(PersonalRecord.Meta):
        verbose_name = _("résultat d’un paquet SCORM")
        verbose_name_plural = _("résultats des paquets SCORM")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["enrolment", "package", "item"], name="package_result_once"
            ),
            models.CheckConstraint(
                condition=Q(points__isnull=True) | Q(points__lte=100),
                name="package_points_within",
            ),
        ]

    def __str__(self) -> str:
        return f"résultat de {self.enrolment_id}"
