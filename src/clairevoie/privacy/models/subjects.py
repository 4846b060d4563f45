"""Whose data it is: subjects, how they are reached, and the base of every personal row."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _


class DataSubject(models.Model):
    """One natural person, with or without an account. Holds no identity: a number and clocks.

    ``id`` never leaves the process; ``uuid`` is what URLs, exports, the ledger and tombstones
    show. All clocks are Europe/Paris dates (promises.md C.1).
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(_("numéro public"), default=uuid.uuid4, unique=True, editable=False)
    last_use = models.DateField(_("dernière utilisation"), null=True, blank=True)
    last_contact = models.DateField(_("dernier contact de votre part"), null=True, blank=True)
    suspended_on = models.DateField(_("suspendu le"), null=True, blank=True)
    closed_on = models.DateField(_("fermé le"), null=True, blank=True)
    dormant_since = models.DateField(_("en sommeil depuis"), null=True, blank=True)
    erased_on = models.DateField(_("effacé le"), null=True, blank=True)
    deceased_on = models.DateField(_("décès signalé le"), null=True, blank=True)
    restricted = models.BooleanField(_("données verrouillées"), default=False)
    held = models.BooleanField(_("données gelées"), default=False)

    class Meta:
        verbose_name = "personne"
        verbose_name_plural = "personnes"
        constraints: ClassVar = [
            # Whoever had no clock would be kept for ever (P-084).
            models.CheckConstraint(
                name="subject_has_a_clock",
                condition=Q(last_use__isnull=False)
                | Q(last_contact__isnull=False)
                | Q(suspended_on__isnull=False)
                | Q(closed_on__isnull=False)
                | Q(erased_on__isnull=False),
            )
        ]
        indexes: ClassVar = [
            *(
                models.Index(
                    fields=[clock, "id"],
                    name=f"subject_{clock}",
                    condition=Q(**{f"{clock}__isnull": False}),
                )
                for clock in ("last_use", "last_contact", "suspended_on", "closed_on", "erased_on")
            ),
            models.Index(fields=["id"], name="subject_restricted", condition=Q(restricted=True)),
            models.Index(fields=["id"], name="subject_held", condition=Q(held=True)),
        ]

    def __str__(self) -> str:
        return str(self.uuid)


class ContactPoint(models.Model):
    """An e-mail address or a phone number of a subject: as typed, and normalised.

    A verified point belongs to exactly one subject. An unverified one proves nothing: several
    subjects may have typed the same address, and none is attached to another for it.
    """

    class Kind(models.TextChoices):
        EMAIL = "email", _("adresse e-mail")
        PHONE = "phone", _("téléphone")

    subject = models.ForeignKey(DataSubject, models.PROTECT, related_name="contact_points")
    kind = models.CharField(_("nature"), max_length=5, choices=Kind)
    raw = models.CharField(_("tel que saisi"), max_length=254)
    normalised = models.CharField(_("forme comparée"), max_length=254)
    verified_on = models.DateField(_("vérifié le"), null=True, blank=True)

    class Meta:
        verbose_name = "coordonnée"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind", "normalised"],
                condition=Q(verified_on__isnull=False),
                name="contact_verified_once",
            ),
            models.UniqueConstraint(
                fields=["subject", "kind", "normalised"], name="contact_once_a_subject"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["kind", "normalised"], name="contact_lookup")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.subject_id}"


class PersonalQuerySet(models.QuerySet[Any]):
    """Reads that respect restriction (GDPR art. 18)."""

    def usable(self) -> Self:
        """Without the records of restricted persons: one probe of a tiny partial index a row."""
        restricted = DataSubject.objects.filter(id=OuterRef("subject_id"), restricted=True)
        return self.filter(~Exists(restricted))

    def of(self, subject: DataSubject | int) -> Self:
        """The records of one person."""
        return self.filter(subject=subject)


class UsableManager(models.Manager.from_queryset(PersonalQuerySet)):  # type: ignore[misc]
    """The default: hides what is restricted from lists, statistics, mailings and search."""

    def get_queryset(self) -> PersonalQuerySet:
        queryset: PersonalQuerySet = super().get_queryset()
        return queryset.usable()


class PersonalRecord(models.Model):
    """Base of every row about one person: it knows whose it is.

    ``objects`` hides restricted persons; ``including_restricted`` is for the person
    themself, legal claims and the engine. Rows are deleted by the engine alone, hence PROTECT.
    The index (subject, id) serves export, erasure and merging of any number of rows.
    """

    id = models.BigAutoField(primary_key=True)
    subject = models.ForeignKey(DataSubject, models.PROTECT, related_name="+", db_index=False)

    objects: ClassVar[Any] = UsableManager()
    including_restricted: ClassVar[Any] = PersonalQuerySet.as_manager()

    class Meta:
        abstract = True
        base_manager_name = "including_restricted"
        indexes: ClassVar = [models.Index(fields=["subject", "id"], name="%(class)s_whose")]


class FormerNumber(PersonalRecord):
    """The public number of somebody merged into this person: links that carry it still work."""

    uuid = models.UUIDField(_("ancien numéro public"), unique=True)

    class Meta(PersonalRecord.Meta):
        verbose_name = "ancien numéro"

    def __str__(self) -> str:
        return str(self.uuid)
