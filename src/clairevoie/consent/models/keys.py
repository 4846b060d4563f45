"""The public halves of the keys that signed receipts: past ones too, for ever."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from clairevoie.privacy import triggers

triggers.freeze("consent_receiptkey")  # a receipt of ten years ago must still verify


class ReceiptKey(models.Model):
    """One Ed25519 public key. The private half never enters the database."""

    thumbprint = models.CharField(_("empreinte"), max_length=43, primary_key=True)  # RFC 7638
    public = models.CharField(_("clé publique"), max_length=43)  # « x » of RFC 8037
    since = models.DateTimeField(_("depuis"))

    class Meta:
        verbose_name = _("clé des reçus")
        verbose_name_plural = _("clés des reçus")
        ordering: ClassVar = ["-since"]

    def __str__(self) -> str:
        return self.thumbprint
