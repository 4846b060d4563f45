"""Every act of giving a person's data out, so that an access answer names actual recipients;
and the recipients to whom nothing goes for now."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from clairevoie.privacy.models.subjects import PersonalRecord


class Disclosure(PersonalRecord):
    """One recorded exit: to whom, for which activity, which fields (GDPR art. 15(1)(c), 19)."""

    recipient = models.CharField(_("destinataire"), max_length=64)
    activity = models.CharField(_("activité"), max_length=64)
    fields = models.CharField(
        _("données remises"), max_length=200, help_text="Names of the fields, comma-separated."
    )
    disclosed_on = models.DateField(_("remises le"))

    class Meta(PersonalRecord.Meta):
        verbose_name = "divulgation"
        indexes: ClassVar = [
            *PersonalRecord.Meta.indexes,
            models.Index(fields=["disclosed_on", "id"], name="disclosure_clock"),
        ]

    def __str__(self) -> str:
        return f"{self.recipient} {self.disclosed_on}"


class RecipientStop(models.Model):
    """A recipient cut off, whatever the policy says: the switch of a transfer (P-040, F-23)."""

    recipient = models.CharField(_("destinataire"), max_length=64)
    stopped_at = models.DateTimeField(_("coupé le"))
    stopped_by = models.UUIDField(_("par"), help_text="UUID of the member of staff.")
    reason = models.CharField(_("motif"), max_length=200)
    resumed_at = models.DateTimeField(_("rétabli le"), null=True, blank=True)

    class Meta:
        verbose_name = _("coupure")
        verbose_name_plural = _("coupures")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["recipient"],
                condition=models.Q(resumed_at__isnull=True),
                name="one_stop_a_recipient",
            )
        ]

    def __str__(self) -> str:
        return f"{self.recipient} {self.stopped_at:%Y-%m-%d}"
