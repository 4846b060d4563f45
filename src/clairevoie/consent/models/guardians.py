"""What a person under fifteen asked for, until a parent answers (LIL art. 45, F-39)."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clairevoie.privacy.models import ConsentText, PersonalRecord


class ParentalConsent(PersonalRecord):
    """One consent that needs the child's word and a parent's.

    While it waits, ``parent_email`` is where the question went, and ``waiting_since`` makes the
    row leave after thirty days. Once confirmed the address is blanked: ``parent_proof``, a keyed
    hash, recognises it if a parent presents it, and the link keeps working to withdraw.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    activity = models.CharField(_("activité"), max_length=64)
    wording = models.ForeignKey(ConsentText, models.PROTECT, related_name="+", db_index=False)
    source = models.CharField(_("où"), max_length=48)
    parent_email = models.CharField(_("adresse d’un parent"), max_length=254, blank=True)
    parent_proof = models.CharField(max_length=64, blank=True)
    asked_on = models.DateField(_("demandé le"))
    waiting_since = models.DateField(_("en attente depuis"), null=True, blank=True)
    confirmed_on = models.DateField(_("confirmé le"), null=True, blank=True)

    class Meta(PersonalRecord.Meta):
        verbose_name = _("accord d’un parent")
        verbose_name_plural = _("accords de parents")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["subject", "activity"], name="parental_consent_once"),
            models.CheckConstraint(
                condition=Q(waiting_since=None) | ~Q(parent_email=""),
                name="parental_consent_waits_for_somebody",
            ),
        ]
        indexes: ClassVar = [
            *PersonalRecord.Meta.indexes,
            models.Index(fields=["waiting_since", "id"], name="parental_consent_clock"),
        ]

    def __str__(self) -> str:
        return f"accord {self.uuid}"
