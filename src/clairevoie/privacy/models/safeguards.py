"""What stops an erasure or a use: restriction, legal hold, suspension."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clairevoie.privacy.models.subjects import PersonalRecord


class Restriction(PersonalRecord):
    """Processing restricted at the person's request (GDPR art. 18; « verrouillage »)."""

    class Ground(models.TextChoices):
        ACCURACY = "accuracy", _("exactitude contestée (art. 18, 1, a)")
        UNLAWFUL = "unlawful", _("traitement illicite, effacement refusé (art. 18, 1, b)")
        CLAIMS = "claims", _("données nécessaires à la personne en justice (art. 18, 1, c)")
        OBJECTION = "objection", _("opposition en cours d’examen (art. 18, 1, d)")

    ground = models.CharField(_("motif"), max_length=16, choices=Ground)
    since = models.DateField(_("depuis le"))
    lift_announced_on = models.DateField(_("levée annoncée le"), null=True, blank=True)
    lifted_on = models.DateField(_("levée le"), null=True, blank=True)

    class Meta(PersonalRecord.Meta):
        verbose_name = "limitation"

    def __str__(self) -> str:
        return f"limitation {self.pk}"


class LegalHold(PersonalRecord):
    """A documented reason to keep copies past their term: litigation, control, pending request.

    ``rule`` limits the hold to the copies that this retention rule keeps; empty means all.
    On release the original clock applies: the copies leave the following night (C.4).
    """

    reason = models.CharField(_("motif"), max_length=200)
    owner = models.UUIDField(
        _("décidé par"), help_text="UUID of the person who decided.", null=True, blank=True
    )
    rule = models.CharField(_("règle concernée"), max_length=64, blank=True)
    since = models.DateField(_("depuis le"))
    until = models.DateField(
        _("jusqu’au"), null=True, blank=True, help_text="Ends by itself after this day."
    )
    review_on = models.DateField(_("à revoir le"))
    released_on = models.DateField(_("levé le"), null=True, blank=True)

    class Meta(PersonalRecord.Meta):
        verbose_name = "gel pour motif légal"
        verbose_name_plural = "gels pour motif légal"
        indexes: ClassVar = [
            *PersonalRecord.Meta.indexes,
            models.Index(
                fields=["subject", "rule"], name="hold_live", condition=Q(released_on__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"gel {self.pk}"


class Suspension(PersonalRecord):
    """An account suspended by a human decision, with reasons and a way to appeal (P-082)."""

    decision = models.UUIDField(_("numéro de la décision"), default=uuid.uuid4, unique=True)
    author = models.UUIDField(_("auteur"), help_text="UUID of the administrator who decided.")
    reason_code = models.CharField(_("code du motif"), max_length=32)
    reason = models.TextField(_("motif"))
    appeal = models.TextField(
        _("comment contester"), help_text="How to contest, as told to the person."
    )
    suspended_on = models.DateField(_("suspendu le"))
    lifted_on = models.DateField(_("levée le"), null=True, blank=True)

    class Meta(PersonalRecord.Meta):
        verbose_name = "suspension"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["subject"],
                condition=Q(lifted_on__isnull=True),
                name="suspension_one_live",
            )
        ]

    def __str__(self) -> str:
        return f"suspension {self.decision}"


class SuspensionMark(PersonalRecord):
    """What remains of a suspension for two years to prevent circumvention (P-090, R-SUS).

    A keyed hash of one contact, the reason's code, dates and author: nothing readable.
    """

    decision = models.UUIDField(_("numéro de la décision"))
    contact_hash = models.CharField(_("empreinte du contact"), max_length=64)
    reason_code = models.CharField(_("code du motif"), max_length=32)
    author = models.UUIDField(_("auteur"))
    suspended_on = models.DateField(_("suspendu le"))

    class Meta(PersonalRecord.Meta):
        verbose_name = "empreinte de suspension"
        verbose_name_plural = "empreintes de suspension"
        indexes: ClassVar = [
            *PersonalRecord.Meta.indexes,
            models.Index(fields=["suspended_on", "id"], name="suspensionmark_clock"),
            models.Index(fields=["contact_hash"], name="suspensionmark_hash"),
        ]

    def __str__(self) -> str:
        return f"empreinte {self.pk}"
