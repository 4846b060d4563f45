"""What badges add to the database: their text, their place in a list, the public keys."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from clairevoie.privacy import triggers

PLACES = 131_072  # of a list: what the standard asks, so that a place among them names nobody

triggers.seal("credentials_badgekey", "public", "since")
triggers.freeze("credentials_badgeplace")


class Badged(models.Model):
    """The badge of a credential, sealed with it. Empty where it was issued without one."""

    badge = models.TextField(_("badge"), blank=True, editable=False)  # JSON as it was signed
    status_list = models.PositiveIntegerField(null=True, editable=False)
    status_place = models.PositiveIntegerField(null=True, editable=False)

    class Meta:
        abstract = True


class BadgePlace(models.Model):
    """A place that was given to a badge once. It stays when the badge is gone, so that no other
    ever speaks in its stead; nothing leads from it to anybody."""

    list = models.PositiveIntegerField(_("liste"))
    place = models.PositiveIntegerField(_("place"))

    class Meta:
        verbose_name = _("place donnée à un badge")
        verbose_name_plural = _("places données à des badges")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["list", "place"], name="badge_place_once"),
        ]

    def __str__(self) -> str:
        return f"{self.list}#{self.place}"


class BadgeKey(models.Model):
    """An Ed25519 public key that signed badges. The private half never enters the database."""

    public = models.CharField(_("clé publique"), max_length=60, primary_key=True)  # Multikey
    since = models.DateTimeField(_("depuis"))
    withdrawn_at = models.DateTimeField(_("retirée le"), null=True, blank=True)

    class Meta:
        verbose_name = _("clé des badges")
        verbose_name_plural = _("clés des badges")
        ordering: ClassVar = ["-since"]

    def __str__(self) -> str:
        return self.public
