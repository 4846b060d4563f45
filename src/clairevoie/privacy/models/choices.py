"""What a person agreed to, objected to, and read: append-only, because the gate reads them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from clairevoie.privacy.models.subjects import PersonalRecord


class Choice(PersonalRecord):
    """One act of a person about one activity. Never changed: a change of mind is a new row."""

    activity = models.CharField(_("activité"), max_length=64)
    at = models.DateTimeField(_("le"))
    source = models.CharField(
        _("où"), max_length=64, help_text="Where the act was made: page, letter…"
    )
    policy_hash = models.CharField(
        _("empreinte de la politique"), max_length=64, help_text="SHA-256 of the policy in force."
    )

    class Meta(PersonalRecord.Meta):
        abstract = True

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}: {self.activity}"


class Consent(Choice):
    """Consent given or withdrawn (GDPR art. 6(1)(a), 7)."""

    given = models.BooleanField(_("donné"))
    text = models.TextField(_("texte affiché"), help_text="The exact words shown.")
    text_hash = models.CharField(_("empreinte du texte"), max_length=64)

    class Meta(Choice.Meta):
        verbose_name = "consentement"
        indexes: ClassVar = [
            *PersonalRecord.Meta.indexes,
            models.Index(fields=["activity", "subject", "given", "id"], name="consent_gate"),
        ]


class Objection(Choice):
    """Objection raised or lifted by the person (GDPR art. 21)."""

    raised = models.BooleanField(_("opposition"))

    class Meta(Choice.Meta):
        verbose_name = "opposition"
        indexes: ClassVar = [
            *PersonalRecord.Meta.indexes,
            models.Index(fields=["activity", "subject", "raised", "id"], name="objection_gate"),
        ]


class Acknowledgement(PersonalRecord):
    """The terms and the notice were read. Never a consent (P-006, F-01)."""

    document = models.CharField(_("document"), max_length=32)
    version = models.CharField(_("version"), max_length=32)
    at = models.DateTimeField(_("le"))
    policy_hash = models.CharField(_("empreinte de la politique"), max_length=64)

    class Meta(PersonalRecord.Meta):
        verbose_name = "prise de connaissance"

    def __str__(self) -> str:
        return f"{self.document} {self.version}"
