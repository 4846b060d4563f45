"""Projects handed in, their files, what the trainers said of them, and the talk about them."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.core.files.storage import storages
from django.core.files.storage.base import Storage
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clairevoie.learning.models.content import Project
from clairevoie.learning.models.following import Enrolment
from clairevoie.privacy.models import PersonalRecord


def private_folder() -> Storage:
    """Where files lie that no address serves but a view that asked who reads."""
    return storages["default"]


def document_path(document: Document, _name: str) -> str:
    """A name that says nothing of the person nor of the file."""
    return f"projects/{document.uuid}"


class Submission(PersonalRecord):
    """A project as handed in once. Another version is another row."""

    class State(models.TextChoices):
        WAITING = "waiting", _("à corriger")
        SECOND = "second", _("seconde lecture")
        REWORK = "rework", _("à retravailler")
        ACCEPTED = "accepted", _("validé")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    enrolment = models.ForeignKey(
        Enrolment, models.CASCADE, to_field="uuid", related_name="submissions"
    )
    project = models.ForeignKey(Project, models.PROTECT, related_name="+")
    title = models.CharField(_("projet"), max_length=150)
    number = models.PositiveSmallIntegerField(_("version"))
    words = models.TextField(_("votre mot"), blank=True)
    state = models.CharField(_("état"), max_length=8, choices=State, default=State.WAITING)
    submitted_at = models.DateTimeField(_("remis le"))
    decided_at = models.DateTimeField(_("corrigé le"), null=True, blank=True)

    class Meta(PersonalRecord.Meta):
        verbose_name = _("projet remis")
        verbose_name_plural = _("projets remis")
        permissions: ClassVar = [("correct", "Correct the projects of one's cohorts")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["enrolment", "project", "number"], name="submission_number_once"
            ),
            models.UniqueConstraint(
                fields=["enrolment", "project"],
                condition=Q(state__in=["waiting", "second"]),
                name="submission_one_waiting",
            ),
            models.UniqueConstraint(
                fields=["enrolment", "project"],
                condition=Q(state="accepted"),
                name="submission_accepted_once",
            ),
        ]
        indexes: ClassVar = [
            *PersonalRecord.Meta.indexes,
            models.Index(
                fields=["submitted_at", "id"],
                condition=Q(state__in=["waiting", "second"]),
                name="submission_queue",
            ),
        ]

    def __str__(self) -> str:
        return f"projet {self.uuid}"


class Document(PersonalRecord):
    """One file of a submission, checked by what it holds and not by its name."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    submission = models.ForeignKey(
        Submission, models.CASCADE, to_field="uuid", related_name="documents"
    )
    name = models.CharField(_("nom du fichier"), max_length=120)
    file = models.FileField(
        _("fichier"), upload_to=document_path, storage=private_folder, max_length=100
    )
    size = models.PositiveBigIntegerField(_("octets"))
    sha256 = models.CharField(_("empreinte"), max_length=64)
    added_at = models.DateTimeField(_("ajouté le"))

    class Meta(PersonalRecord.Meta):
        verbose_name = _("fichier d’un projet")
        verbose_name_plural = _("fichiers des projets")

    def __str__(self) -> str:
        return f"fichier {self.uuid}"


class Correction(PersonalRecord):
    """One trainer's reading of a submission. ``subject`` is the learner."""

    class Verdict(models.TextChoices):
        ACCEPT = "accept", _("valider")
        REWORK = "rework", _("à retravailler")
        SECOND = "second", _("demander une seconde lecture")

    submission = models.ForeignKey(
        Submission, models.CASCADE, to_field="uuid", related_name="corrections"
    )
    verdict = models.CharField(_("décision"), max_length=8, choices=Verdict)
    points = models.JSONField(_("points par critère"))
    comment = models.TextField(_("commentaire"))
    corrected_at = models.DateTimeField(_("corrigé le"))
    corrector = models.UUIDField(help_text="UUID of the trainer.")

    class Meta(PersonalRecord.Meta):
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["submission", "corrector"], name="correction_once_a_trainer"
            )
        ]

    def __str__(self) -> str:
        return f"correction de {self.submission_id}"


class Remark(PersonalRecord):
    """One message about a project, of the learner or to them. ``subject`` is the learner."""

    enrolment = models.ForeignKey(
        Enrolment, models.CASCADE, to_field="uuid", related_name="remarks"
    )
    project = models.ForeignKey(Project, models.PROTECT, related_name="+")
    text = models.TextField(_("message"))
    said_at = models.DateTimeField(_("le"))
    by_learner = models.BooleanField(_("de vous"))
    author = models.UUIDField(help_text="UUID of who wrote it.")

    class Meta(PersonalRecord.Meta):
        verbose_name = _("message sur un projet")
        verbose_name_plural = _("messages sur les projets")
        indexes: ClassVar = [
            *PersonalRecord.Meta.indexes,
            models.Index(fields=["enrolment", "project", "said_at"], name="remark_talk"),
        ]

    def __str__(self) -> str:
        return f"message sur {self.enrolment_id}"
