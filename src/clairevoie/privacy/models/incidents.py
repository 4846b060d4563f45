"""The register of personal-data breaches and reports of unauthorised use (GDPR art. 33(5))."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from clairevoie.privacy.models.subjects import DataSubject


class Incident(models.Model):
    """Every breach or suspicion, notified or not: the columns in the order of F.4.

    ``subject`` is the person who reported, when known; a report needs no account.
    """

    class Nature(models.TextChoices):
        CONFIDENTIALITY = "C", _("confidentialité")
        INTEGRITY = "I", _("intégrité")
        AVAILABILITY = "A", _("disponibilité")

    class Risk(models.TextChoices):
        UNKNOWN = "unknown", _("à évaluer")
        NONE = "none", _("aucun risque")
        RISK = "risk", _("risque")
        HIGH = "high", _("risque élevé")

    class Means(models.TextChoices):
        """How the persons concerned were told (art. 34)."""

        EMAIL = "email", _("par e-mail")
        SMS = "sms", _("par SMS")
        LETTER = "letter", _("par lettre")
        CALL = "call", _("par téléphone")
        SITE = "site", _("sur le site")

    class Exemption(models.TextChoices):
        """Why the persons need not be told (art. 34(3))."""

        PROTECTED = "34-3-a", _("données illisibles pour qui les a vues (art. 34, 3, a)")
        AVERTED = "34-3-b", _("risque élevé écarté depuis (art. 34, 3, b)")
        PUBLIC_NOTICE = "34-3-c", _("effort disproportionné, annonce publique (art. 34, 3, c)")

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
    cause = models.TextField(_("cause"), blank=True)
    persons_count = models.PositiveIntegerField(
        _("nombre approximatif de personnes"), null=True, blank=True
    )
    records_count = models.PositiveIntegerField(
        _("nombre approximatif d’enregistrements"), null=True, blank=True
    )
    data_categories = models.TextField(_("catégories de données"), blank=True)
    consequences = models.TextField(_("conséquences probables"), blank=True)
    risk = models.CharField(_("risque"), max_length=8, choices=Risk, default=Risk.UNKNOWN)
    risk_reasoning = models.TextField(_("raisons de cette évaluation"), blank=True)
    measures = models.TextField(_("mesures prises"), blank=True)
    processor = models.CharField(
        _("sous-traitant en cause"),
        max_length=64,
        blank=True,
        help_text="A code of recipients.toml.",
    )
    processor_told_at = models.DateTimeField(
        _("averti par le sous-traitant le"), null=True, blank=True
    )
    cnil_notified_at = models.DateTimeField(_("notifié à la CNIL le"), null=True, blank=True)
    cnil_number = models.CharField(_("numéro donné par la CNIL"), max_length=32, blank=True)
    cnil_late_because = models.TextField(_("raisons du retard"), blank=True)
    cnil_follow_ups = models.TextField(_("compléments envoyés à la CNIL"), blank=True)
    persons_informed_at = models.DateTimeField(_("personnes informées le"), null=True, blank=True)
    persons_means = models.CharField(_("moyen employé"), max_length=8, choices=Means, blank=True)
    persons_text = models.TextField(_("texte adressé aux personnes"), blank=True)
    persons_exemption = models.CharField(
        _("dispense d’information"), max_length=8, choices=Exemption, blank=True
    )
    lessons = models.TextField(_("leçons tirées et décision"), blank=True)
    closed_on = models.DateField(_("clos le"), null=True, blank=True)

    class Meta:
        verbose_name = _("incident")
        verbose_name_plural = _("incidents")
        indexes: ClassVar = [models.Index(fields=["closed_on", "id"], name="incident_clock")]

    def __str__(self) -> str:
        return f"incident {self.uuid}"
