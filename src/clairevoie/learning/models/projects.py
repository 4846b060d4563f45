"""Projects handed in, their files, what the trainers said of them, and the talk about them."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import ClassVar, Final

from django.core.files.storage import storages
from django.core.files.storage.base import Storage
from django.db import models
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext_lazy as _

from clairevoie.learning.models.content import Project
from clairevoie.learning.models.following import Enrolment, Teaching
from clairevoie.privacy.models import DataSubject, PersonalRecord

# A slug cannot hold it: the desk of a parcours is never that of a cohort.
_OF_PARCOURS: Final = "~"


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
    # Whose trainers read it (:func:`desk_of`): a queue is one range of one index, whatever its
    # length.
    desk = models.CharField(_("remis à"), max_length=101, default="", editable=False)
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
                fields=["desk", "submitted_at", "id"],
                condition=Q(decided_at__isnull=True),
                name="submission_waiting_at",
            ),
            models.Index(
                fields=["desk", "decided_at", "id"],
                condition=Q(decided_at__isnull=False),
                name="submission_decided_at",
            ),
        ]

    def __str__(self) -> str:
        return f"projet {self.uuid}"

    @property
    def is_open(self) -> bool:
        """Nobody has decided yet."""
        return self.decided_at is None

    @property
    def is_accepted(self) -> bool:
        return self.state == self.State.ACCEPTED


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
            ),
            # Two trainers who decide at the same instant: the database takes one of them.
            models.UniqueConstraint(
                fields=["submission"],
                condition=Q(verdict__in=["accept", "rework"]),
                name="correction_decides_once",
            ),
            models.UniqueConstraint(
                fields=["submission"],
                condition=Q(verdict="second"),
                name="correction_second_once",
            ),
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


# --- Reads --------------------------------------------------------------------------------------


def desk_of(enrolment: Enrolment) -> str:
    """Who reads its projects: the trainers of its cohort; for whoever learns without one, those
    of the parcours."""
    return enrolment.cohort_id or f"{_OF_PARCOURS}{enrolment.parcours_id}"


def desks_of(trainer: DataSubject | int) -> list[str]:
    """Where this person corrects: each cohort they teach, and its parcours. One query."""
    taught = Teaching.objects.filter(subject=trainer).values_list(
        "cohort_id", "cohort__parcours_id"
    )
    desks = {desk: None for cohort, parcours in taught for desk in (cohort, f"~{parcours}")}
    return list(desks)


def trainers_at(desk: str) -> QuerySet[Teaching]:
    """The teachings of those who correct there."""
    if desk.startswith(_OF_PARCOURS):
        found: QuerySet[Teaching] = Teaching.objects.filter(
            cohort__parcours=desk.removeprefix(_OF_PARCOURS)
        )
        return found
    return Teaching.objects.filter(cohort=desk)  # type: ignore[no-any-return]


def waiting_at(
    desks: Collection[str], *, after: Submission | None, most: int
) -> QuerySet[Submission]:
    """The ``most`` submissions that wait there since longest, after that one."""
    waiting = Submission.objects.filter(decided_at__isnull=True)
    if after is not None:
        waiting = waiting.filter(submitted_at__gte=after.submitted_at).exclude(
            submitted_at=after.submitted_at, id__lte=after.pk
        )
    return _first_of_each(waiting, desks, ("submitted_at", "id"), most)


def decided_at(
    desks: Collection[str], *, after: Submission | None, most: int
) -> QuerySet[Submission]:
    """The ``most`` submissions decided there the latest, before that one."""
    decided = Submission.objects.filter(decided_at__isnull=False)
    if after is not None:
        decided = decided.filter(decided_at__lte=after.decided_at).exclude(
            decided_at=after.decided_at, id__gte=after.pk
        )
    return _first_of_each(decided, desks, ("-decided_at", "-id"), most)


def _first_of_each(
    found: QuerySet[Submission], desks: Collection[str], order: tuple[str, str], most: int
) -> QuerySet[Submission]:
    """The first of every desk, then the first of those.

    Asked as ``desk IN (…)``, both engines sort all that waits; asked desk by desk, each reads
    ``most`` lines of the index, and the sum stays small however long the queue.
    """
    if not desks:
        return found.none()
    arms: list[str] = []
    values: list[object] = []
    for desk in desks:
        arm = found.filter(desk=desk).order_by(*order).values("pk")[:most]
        sql, parameters = arm.query.sql_with_params()
        arms.append(f"SELECT desk_{len(arms)}.* FROM ({sql}) AS desk_{len(arms)}")  # noqa: S608  # our own SQL
        values += parameters
    first = RawSQL(" UNION ALL ".join(arms), values)  # noqa: S611  # values are parameters
    chosen: QuerySet[Submission] = Submission.including_restricted.filter(pk__in=first)
    return chosen.order_by(*order)[:most]


def how_many_wait(desks: Collection[str], *, most: int) -> int:
    """How many submissions wait there, counted up to ``most``."""
    return len(waiting_at(desks, after=None, most=most).values_list("pk"))


def talk_about(enrolment: Enrolment, project: Project) -> QuerySet[Remark]:
    """What was said of this project, the oldest first."""
    talk: QuerySet[Remark] = Remark.including_restricted.filter(
        enrolment=enrolment, project=project
    )
    return talk.order_by("said_at", "id")
