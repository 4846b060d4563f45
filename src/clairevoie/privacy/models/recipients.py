"""Every act of giving a person's data out, so that an access answer names actual recipients."""

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
