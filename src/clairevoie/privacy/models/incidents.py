"""The register of personal-data breaches and reports of unauthorised use (GDPR art. 33(5))."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models

from clairevoie.privacy.models.subjects import DataSubject


class Incident(models.Model):
    """Every breach or suspicion, notified or not (promises.md F.4).

    ``subject`` is the person who reported, when known; a report needs no account.
    """

    class Nature(models.TextChoices):
        CONFIDENTIALITY = "C", "confidentialité"
        INTEGRITY = "I", "intégrité"
        AVAILABILITY = "A", "disponibilité"

    class Risk(models.TextChoices):
        UNKNOWN = "unknown", "à évaluer"
        NONE = "none", "aucun risque"
        RISK = "risk", "risque"
        HIGH = "high", "risque élevé"

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    subject = models.ForeignKey(
        DataSubject, models.PROTECT, null=True, blank=True, related_name="+"
    )
    reporter_contact = models.CharField(max_length=254, blank=True)
    description = models.TextField()
    detected_at = models.DateTimeField()
    occurred_on = models.DateField(null=True, blank=True)
    aware_at = models.DateTimeField(
        null=True, blank=True, help_text="Compromise confirmed: the 72 hours run from here."
    )
    nature = models.CharField(max_length=1, choices=Nature, default=Nature.CONFIDENTIALITY)
    risk = models.CharField(max_length=8, choices=Risk, default=Risk.UNKNOWN)
    measures = models.TextField(blank=True)
    cnil_notified_at = models.DateTimeField(null=True, blank=True)
    persons_informed_at = models.DateTimeField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = "incident"
        indexes: ClassVar = [models.Index(fields=["closed_on", "id"], name="incident_clock")]

    def __str__(self) -> str:
        return f"incident {self.uuid}"
