"""Export packs and expiry notices."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from clairevoie.privacy.models.subjects import PersonalRecord


def pack_path(pack: ExportPack, _filename: str) -> str:
    """A random name: the path of a pack says nothing of the person."""
    return f"exports/{pack.token}.zip"


class ExportPack(PersonalRecord):
    """A copy of one person's data, waiting to be downloaded by that person alone."""

    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    file = models.FileField(upload_to=pack_path, max_length=200)
    made_at = models.DateTimeField(_("préparée le"))
    expires_on = models.DateField(_("disponible jusqu’au"))

    class Meta(PersonalRecord.Meta):
        verbose_name = "copie de données"
        verbose_name_plural = "copies de données"
        indexes: ClassVar = [
            *PersonalRecord.Meta.indexes,
            models.Index(fields=["expires_on", "id"], name="exportpack_clock"),
        ]

    def __str__(self) -> str:
        return f"copie {self.token}"


class ExpiryNotice(PersonalRecord):
    """A warning before a term, due by ``rule`` on ``last_day`` (promises.md C.5).

    Written by the engine, delivered by a higher app, which sets ``delivered_on``.
    A notice is neither a contact nor a use.
    """

    rule = models.CharField(_("règle"), max_length=64)
    last_day = models.DateField(_("dernier jour"))
    stage = models.CharField(_("délai"), max_length=8, help_text="How long before, such as P60D.")
    made_on = models.DateField(_("écrit le"))
    delivered_on = models.DateField(_("envoyé le"), null=True, blank=True)
    channel = models.CharField(
        _("canal"), max_length=8, blank=True, help_text="email, sms or none"
    )

    class Meta(PersonalRecord.Meta):
        verbose_name = "préavis"
        verbose_name_plural = "préavis"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["subject", "rule", "last_day", "stage"], name="notice_once"
            )
        ]
        indexes: ClassVar = [
            *PersonalRecord.Meta.indexes,
            models.Index(fields=["last_day", "id"], name="notice_clock"),
            models.Index(
                fields=["id"],
                name="notice_to_deliver",
                condition=models.Q(delivered_on__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.stage}"
