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


class ConsentText(models.Model):
    """The exact words people agree to, and the facts they were told with them: never changed.

    A version a row, numbered 1, 2, 3… for each activity and language. ``facts`` is what
    :func:`clairevoie.privacy.scope.facts_of` said on the day; the database refuses UPDATE and
    DELETE (:mod:`clairevoie.privacy.triggers`).
    """

    id = models.BigAutoField(primary_key=True)
    activity = models.CharField(_("activité"), max_length=64)
    language = models.CharField(_("langue"), max_length=8)
    number = models.PositiveIntegerField(_("version"))
    text = models.TextField(_("texte"))
    text_hash = models.CharField(_("empreinte du texte"), max_length=64)
    fingerprint = models.CharField(_("empreinte des faits"), max_length=64)
    facts = models.JSONField(_("faits"))
    policy_version = models.PositiveIntegerField(_("version de la notice"))
    policy_hash = models.CharField(_("empreinte de la politique"), max_length=64)
    published_at = models.DateTimeField(_("publié le"))

    class Meta:
        verbose_name = _("texte de consentement")
        verbose_name_plural = _("textes de consentement")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["activity", "language", "number"], name="consent_text_numbered"
            ),
            models.UniqueConstraint(
                fields=["activity", "language", "text_hash", "fingerprint"],
                name="consent_text_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.activity} {self.language} {self.number}"


class ConsentCoverage(models.Model):
    """A consent given to the facts ``consented`` covers the facts ``present``; never changed."""

    id = models.BigAutoField(primary_key=True)
    activity = models.CharField(max_length=64)
    present = models.CharField(max_length=64)
    consented = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("portée d’un consentement")
        verbose_name_plural = _("portées des consentements")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["activity", "present", "consented"], name="consent_coverage_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.activity} {self.present[:8]}"


class Consent(Choice):
    """Consent given or withdrawn (GDPR art. 6(1)(a), 7)."""

    given = models.BooleanField(_("donné"))
    text = models.TextField(_("texte affiché"), help_text="The exact words shown.")
    text_hash = models.CharField(_("empreinte du texte"), max_length=64)
    wording = models.ForeignKey(
        ConsentText, models.PROTECT, related_name="+", null=True, db_index=False
    )
    fingerprint = models.CharField(
        _("empreinte des faits"), max_length=64, help_text="What the person was told.", default=""
    )

    class Meta(Choice.Meta):
        verbose_name = "consentement"
        indexes: ClassVar = [
            *PersonalRecord.Meta.indexes,
            models.Index(fields=["activity", "subject", "id"], name="consent_last_word"),
            models.Index(fields=["activity", "id"], name="consent_by_activity"),  # back office
        ]


class ConsentProof(models.Model):
    """What is left of one consent once its person is erased: that it was given, and to what.

    Five years after its end (rule ``consent-proof``) it leaves too. ``record`` was the consent's
    own key: with the instant it makes the number that stands on the receipt the person kept
    (:func:`clairevoie.consent.receipts.number_of`). No key leads to anybody.
    """

    record = models.BigIntegerField(_("enregistrement"), primary_key=True)
    person = models.UUIDField(_("ancien numéro public"), db_index=True)
    activity = models.CharField(_("activité"), max_length=64)
    text_hash = models.CharField(_("empreinte du texte"), max_length=64)
    fingerprint = models.CharField(_("empreinte des faits"), max_length=64)
    given_at = models.DateTimeField(_("donné le"), db_index=True)
    withdrawn_at = models.DateTimeField(_("retiré le"), null=True)
    ended_on = models.DateField(_("fini le"))

    class Meta:
        verbose_name = _("preuve de consentement")
        verbose_name_plural = _("preuves de consentement")
        indexes: ClassVar = [
            models.Index(fields=["ended_on", "record"], name="consent_proof_clock"),
        ]

    def __str__(self) -> str:
        return f"proof of consent {self.record}"


class Objection(Choice):
    """Objection raised or lifted by the person (GDPR art. 21)."""

    raised = models.BooleanField(_("opposition"))

    class Meta(Choice.Meta):
        verbose_name = "opposition"
        indexes: ClassVar = [
            *PersonalRecord.Meta.indexes,
            models.Index(fields=["activity", "subject", "id"], name="objection_last_word"),
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
