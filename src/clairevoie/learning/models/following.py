"""Who follows a parcours, with whom, and how far: enrolments and completions.

Progress is never stored: it is the number of completions over the chapters and projects of the
edition an enrolment is pinned to (:func:`clairevoie.learning.progress`).
"""

from __future__ import annotations

import uuid
from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clairevoie.learning.models.content import Chapter, Edition, Parcours, Way
from clairevoie.privacy.models import PersonalRecord


class Cohort(models.Model):
    """A session of a parcours: people who follow it together, and the trainers who help them."""

    # Readable, because it is what a person's copy of their data says of their enrolment.
    slug = models.SlugField(_("code"), max_length=100, unique=True)
    parcours = models.ForeignKey(
        Parcours, models.PROTECT, to_field="slug", verbose_name=_("parcours"), related_name="+"
    )
    name = models.CharField(_("nom"), max_length=120)
    starts_on = models.DateField(_("début"))
    ends_on = models.DateField(_("fin"), null=True, blank=True)

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        permissions: ClassVar = [
            ("gather", "Open a cohort and say who teaches it"),
            ("enrol", "Invite, accept and enrol learners"),
            ("follow", "See the progress of the learners of one's cohorts"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="cohort_ends_after_it_starts",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Teaching(PersonalRecord):
    """A trainer helps a cohort. Whoever has no such row sees none of its learners."""

    cohort = models.ForeignKey(
        Cohort,
        models.PROTECT,
        to_field="slug",
        verbose_name=_("session"),
        related_name="teachings",
    )
    since = models.DateField(_("depuis"))

    class Meta(PersonalRecord.Meta):
        verbose_name = _("session encadrée")
        verbose_name_plural = _("sessions encadrées")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["cohort", "subject"], name="teaching_once")
        ]


class Enrolment(PersonalRecord):
    """One person follows one parcours, in the edition of the day they began (pinned for good)."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    parcours = models.ForeignKey(
        Parcours, models.PROTECT, to_field="slug", verbose_name=_("parcours"), related_name="+"
    )
    edition = models.ForeignKey(
        Edition, models.PROTECT, to_field="uuid", verbose_name=_("édition"), related_name="+"
    )
    cohort = models.ForeignKey(
        Cohort,
        models.PROTECT,
        to_field="slug",
        null=True,
        blank=True,
        verbose_name=_("session"),
        related_name="enrolments",
    )
    way = models.CharField(_("par"), max_length=12, choices=Way)
    contract = models.CharField(_("référence du contrat"), max_length=60, blank=True)
    enrolled_at = models.DateTimeField(_("inscrit le"))
    last_at = models.DateTimeField(_("dernière activité"))
    last_place = models.CharField(_("dernière page lue"), max_length=170, blank=True)
    finished_at = models.DateTimeField(_("terminé le"), null=True, blank=True)
    left_at = models.DateTimeField(_("quitté le"), null=True, blank=True)
    # An exercise answered wrong three times and not yet right (``learning.actions.following``).
    stuck_on = models.CharField(
        _("exercice qui résiste"), max_length=80, blank=True, default="", db_default=""
    )
    stuck_at = models.DateTimeField(_("depuis le"), null=True, blank=True)
    counted = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="1 finished, 0 not, as the success rate counts it."
    )

    class Meta(PersonalRecord.Meta):
        verbose_name = _("inscription")
        verbose_name_plural = _("inscriptions")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["subject", "parcours"],
                condition=Q(left_at__isnull=True),
                name="enrolment_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(way=Way.CONTRACT) | ~Q(contract=""),
                name="enrolment_by_contract_names_it",
            ),
        ]
        indexes: ClassVar = [
            *PersonalRecord.Meta.indexes,
            models.Index(fields=["cohort", "last_at", "id"], name="enrolment_of_cohort"),
            models.Index(fields=["parcours", "id"], name="enrolment_of_parcours"),
            # A trainer's table: each of its lists is one range of one index, whatever its length.
            models.Index(
                fields=["cohort", "last_at", "id"],
                condition=Q(finished_at__isnull=True, left_at__isnull=True),
                name="enrolment_under_way",
            ),
            models.Index(
                fields=["cohort", "last_at", "id"],
                condition=Q(
                    finished_at__isnull=True, left_at__isnull=True, stuck_at__isnull=False
                ),
                name="enrolment_stuck",
            ),
            models.Index(
                fields=["cohort", "finished_at", "id"],
                condition=Q(finished_at__isnull=False, left_at__isnull=True),
                name="enrolment_finished",
            ),
        ]

    def __str__(self) -> str:
        return f"inscription {self.uuid}"


class Candidacy(PersonalRecord):
    """A person asks to follow a parcours that is not open to all, and somebody decides.

    The database refuses a decision without its author (RGPD, art. 22; P-025).
    """

    class Decision(models.TextChoices):
        ACCEPTED = "accepted", _("acceptée")
        REFUSED = "refused", _("refusée")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    parcours = models.ForeignKey(
        Parcours, models.PROTECT, to_field="slug", verbose_name=_("parcours"), related_name="+"
    )
    way = models.CharField(_("par"), max_length=12, choices=Way)
    words = models.TextField(_("votre projet"), blank=True)
    asked_on = models.DateField(_("demandé le"))
    decision = models.CharField(_("décision"), max_length=8, choices=Decision, blank=True)
    reason = models.TextField(_("motif"), blank=True)
    decided_on = models.DateField(_("décidé le"), null=True, blank=True)
    decided_by = models.UUIDField(null=True, blank=True, help_text="UUID of who decided.")

    class Meta(PersonalRecord.Meta):
        verbose_name = _("demande d’inscription")
        verbose_name_plural = _("demandes d’inscription")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["subject", "parcours"],
                condition=Q(decision=""),
                name="candidacy_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(decision="", decided_by__isnull=True, decided_on__isnull=True)
                | (~Q(decision="") & Q(decided_by__isnull=False, decided_on__isnull=False)),
                name="candidacy_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(decision="refused") | ~Q(reason=""),
                name="candidacy_refused_with_a_reason",
            ),
        ]
        indexes: ClassVar = [
            *PersonalRecord.Meta.indexes,
            models.Index(
                fields=["asked_on", "id"], condition=Q(decision=""), name="candidacy_waiting"
            ),
        ]

    def __str__(self) -> str:
        return f"demande {self.uuid}"


class CohortInvitation(PersonalRecord):
    """The organisation invites one person to a cohort; the link in the mail is used once."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    cohort = models.ForeignKey(
        Cohort, models.PROTECT, to_field="slug", verbose_name=_("session"), related_name="+"
    )
    invited_on = models.DateField(_("invité le"))
    last_day = models.DateField(_("valable jusqu’au"))
    invited_by = models.UUIDField(help_text="UUID of who invited.")
    used_on = models.DateField(_("utilisée le"), null=True, blank=True)

    class Meta(PersonalRecord.Meta):
        verbose_name = _("invitation à une session")
        verbose_name_plural = _("invitations à une session")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["cohort", "subject"], name="cohort_invitation_once")
        ]

    def __str__(self) -> str:
        return f"invitation {self.uuid}"

    def is_open(self, *, on: date) -> bool:
        """It may still be used on this day."""
        return self.used_on is None and on <= self.last_day


class AddressInvitation(PersonalRecord):
    """An address without an account is invited to a cohort; it belongs to a person of its own.

    Whoever typed it is not known to know its owner, so that it is attached to nobody else: once
    the address is proved, it becomes a :class:`CohortInvitation` of the same number.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    cohort = models.ForeignKey(
        Cohort, models.PROTECT, to_field="slug", verbose_name=_("session"), related_name="+"
    )
    invited_on = models.DateField(_("invité le"))
    last_day = models.DateField(_("valable jusqu’au"))
    invited_by = models.UUIDField(help_text="UUID of who invited.")

    class Meta(PersonalRecord.Meta):
        verbose_name = _("invitation d’une adresse")
        verbose_name_plural = _("invitations d’adresses")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["cohort", "subject"], name="address_invitation_once")
        ]
        indexes: ClassVar = [
            *PersonalRecord.Meta.indexes,
            models.Index(fields=["invited_on", "id"], name="address_invitation_clock"),
        ]

    def __str__(self) -> str:
        return f"invitation {self.uuid}"

    def is_open(self, *, on: date) -> bool:
        """It may still be used on this day."""
        return on <= self.last_day


class Completion(PersonalRecord):
    """A chapter was read to its end and its exercises answered. Once, whatever happens after."""

    enrolment = models.ForeignKey(
        Enrolment, models.CASCADE, to_field="uuid", related_name="completions"
    )
    chapter = models.ForeignKey(Chapter, models.PROTECT, related_name="+")
    # module/chapter: what the person's copy of their data says, and what lasts between editions
    place = models.CharField(_("chapitre"), max_length=170)
    completed_at = models.DateTimeField(_("terminé le"))

    class Meta(PersonalRecord.Meta):
        verbose_name = _("chapitre terminé")
        verbose_name_plural = _("chapitres terminés")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["enrolment", "chapter"], name="completion_once")
        ]
        indexes: ClassVar = [
            *PersonalRecord.Meta.indexes,
            models.Index(fields=["subject", "completed_at"], name="completion_when"),
        ]

    def __str__(self) -> str:
        return self.place
