"""Proof of each choice of cookies: of a device, and of nobody (P-034, P-055)."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class Surface(models.TextChoices):
    """Where the choice was made."""

    BANNER = "banner", _("bandeau")
    PREFERENCES = "preferences", _("page des cookies")
    EMBED = "embed", _("contenu d’un tiers")


class TrackerChoice(models.Model):
    """One choice: when, upon which text, what was accepted, refused or taken back.

    Append-only: the database refuses UPDATE, and rows leave by the rule ``cookie-proof`` alone.
    No address, no account: a signed-in member chooses for the device, for others sit there too.
    """

    number = models.UUIDField(_("numéro"), primary_key=True, default=uuid.uuid4)
    chosen_at = models.DateTimeField(_("le"))
    chosen_on = models.DateField(_("date du choix"), db_index=True)
    surface = models.CharField(_("où"), max_length=12, choices=Surface.choices)
    accepted = models.CharField(_("accepté"), max_length=1000, blank=True)  # codes, spaces
    refused = models.CharField(_("refusé"), max_length=1000, blank=True)
    withdrawn = models.CharField(_("retiré"), max_length=1000, blank=True)
    replaces = models.UUIDField(_("remplace"), null=True)  # the number the device held before
    gpc = models.BooleanField(_("signal GPC"), default=False)
    text_hash = models.CharField(_("texte montré"), max_length=64)
    policy_hash = models.CharField(_("politique"), max_length=64)

    class Meta:
        verbose_name = _("choix de cookies")
        verbose_name_plural = _("choix de cookies")
        ordering: ClassVar = ["-chosen_at"]

    def __str__(self) -> str:
        return str(self.number)


class ShownText(models.Model):
    """What a banner or a preferences page said, word for word, under its own SHA-256."""

    sha256 = models.CharField(_("empreinte"), max_length=64, primary_key=True)
    language = models.CharField(_("langue"), max_length=5)
    text = models.TextField(_("texte"))
    first_shown_on = models.DateField(_("montré depuis le"))

    class Meta:
        verbose_name = _("texte montré")
        verbose_name_plural = _("textes montrés")
        ordering: ClassVar = ["-first_shown_on"]

    def __str__(self) -> str:
        return self.sha256
