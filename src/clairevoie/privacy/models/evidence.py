"""What proves the engine's work. No table here holds a personal value."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class LedgerEntry(models.Model):
    """One line of the append-only, hash-chained journal.

    ``hash`` = SHA-256 over the canonical JSON of every other column, ``previous`` included.
    Database triggers refuse UPDATE and DELETE on both engines.
    """

    id = models.BigIntegerField(primary_key=True, help_text="1, 2, 3… without a gap.")
    at = models.DateTimeField()
    executor = models.CharField(max_length=64)
    subject = models.UUIDField(null=True, blank=True)
    facts = models.JSONField(help_text="Codes, counts, dates, hashes; never a personal value.")
    policy_hash = models.CharField(max_length=64)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = "ligne du journal"
        verbose_name_plural = "journal"

    def __str__(self) -> str:
        return f"{self.id} {self.executor}"


class Execution(models.Model):
    """When each executor last ran: one row each, so that the public page costs one query."""

    executor = models.CharField(max_length=64, primary_key=True)
    last_at = models.DateTimeField()
    times = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = "exécution"

    def __str__(self) -> str:
        return self.executor


class Tombstone(models.Model):
    """The number and date of an erased person, replayed after any restore."""

    uuid = models.UUIDField(primary_key=True)
    erased_on = models.DateField()

    class Meta:
        verbose_name = "stèle"

    def __str__(self) -> str:
        return str(self.uuid)


class Effect(models.Model):
    """The outbox: something to do outside the database, decided in the same transaction.

    Delivered after commit, retried until done, then deleted. ``payload`` holds a storage
    name, a recipient code, a UUID; never a personal value.
    """

    class Kind(models.TextChoices):
        DELETE_FILE = "delete-file", "effacer un fichier"
        NOTIFY_RECIPIENT = "notify-recipient", "prévenir un destinataire"

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=32, choices=Kind)
    payload = models.JSONField()
    made_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=64, blank=True, help_text="Class of the exception.")

    class Meta:
        verbose_name = "effet à produire"
        verbose_name_plural = "effets à produire"
        indexes: ClassVar = [models.Index(fields=["next_try_at", "id"], name="effect_due")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
