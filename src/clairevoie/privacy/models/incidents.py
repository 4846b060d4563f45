"""The register of personal-data breaches and reports of unauthorised use (GDPR art. 33(5))."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

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
    uuid = models.UUIDField(_("numéro"), default=uuid.uuid4, unique=True, editable=False)
    subject = models.ForeignKey(
        DataSubject, models.PROTECT, null=True, blank=True, related_name="+"
    )
    reporter_contact = models.CharField(_("contact laissé"), max_length=254, blank=True)
    description = models.TextField(_("description"))
    detected_at = models.DateTimeField(_("signalé le"))
    occurred_on = models.DateField(_("survenu le"), null=True, blank=True)
    aware_at = models.DateTimeField(
        _("confirmé le"),
        null=True,
        blank=True,
        help_text="Compromise confirmed: the 72 hours run from here.",
    )
    nature = models.CharField(
        _("nature"), max_length=1, choices=Nature, default=Nature.CONFIDENTIALITY
    )
    risk = models.CharField(_("risque"), max_length=8, choices=Risk, default=Risk.UNKNOWN)
    measures = models.TextField(_("mesures prises"), blank=True)
    cnil_notified_at = models.DateTimeField(_("notifié à la CNIL le"), null=True, blank=True)
    persons_informed_at = models.DateTimeField(_("personnes informées le"), null=True, blank=True)
    closed_on = models.DateField(_("clos le"), null=True, blank=True)

    class Meta:
        verbose_name = "incident"
        indexes: ClassVar = [models.Index(fields=["closed_on", "id"], name="incident_clock")]

    def __str__(self) -> str:
        return f"incident {self.uuid}"
