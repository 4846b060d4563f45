"""The sealed record of what somebody earned. It has no foreign key: it stands alone."""

from __future__ import annotations

import hashlib
import unicodedata
import uuid
from datetime import date, timedelta
from typing import ClassVar

from django.core.files.storage import storages
from django.core.files.storage.base import Storage
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from clairevoie import policy
from clairevoie.credentials.badges.models import Badged
from clairevoie.lib.calendar import latest_clock_ended_by
from clairevoie.lib.canonical import canonical
from clairevoie.privacy import triggers
from clairevoie.privacy.models import DataSubject

SEALED = (
    *("uuid", "number", "kind", "name", "name_key", "title", "result", "issued_on", "made_on"),
    *("issuer", "parcours", "edition", "part", "sha256", "document", "document_sha256"),
    *("archived_on", "badge", "status_list", "status_place"),
)
triggers.seal("credentials_credential", *SEALED)


def documents() -> Storage:
    """Where documents lie: no address of the site leads there but a view that asked who reads."""
    return storages["credentials"]


def document_path(credential: Credential, _name: str) -> str:
    """A name that says nothing of the holder."""
    return f"{credential.uuid}.pdf"


class Kind(models.TextChoices):
    """What was earned."""

    PROJECT = "project", _("validation de projet")
    CERTIFICATE = "certificate", _("certificat")
    DIPLOMA = "diploma", _("diplôme")


class State(models.TextChoices):
    """What a stranger who has the number is told first."""

    VALID = "valid", _("valable")
    REPLACED = "replaced", _("remplacé")
    REVOKED = "revoked", _("révoqué")


class Credential(Badged):
    """One act of validation, as printed. The columns of ``SEALED`` never change (P-093).

    ``holder`` copies the person's public number: when the account goes, nothing else changes
    here. ``issued_on`` is the day of the decision, from which the fifty years run; a document
    made again for a new name keeps it, and ``made_on`` says when it was made. ``edition`` and
    ``part`` say what of the parcours it is about: all of it, or the project of one module.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField(_("numéro"), max_length=24, unique=True)
    holder = models.UUIDField(_("titulaire"), db_index=True)
    kind = models.CharField(_("nature"), max_length=11, choices=Kind)
    name = models.CharField(_("nom imprimé"), max_length=200)
    # The words of the name, folded and sorted: found by equality, whatever comes first.
    name_key = models.CharField(max_length=200, db_index=True)
    title = models.CharField(_("intitulé"), max_length=200)
    result = models.CharField(_("résultat"), max_length=200)
    issued_on = models.DateField(_("délivré le"))
    made_on = models.DateField(_("document établi le"))
    issuer = models.CharField(_("délivré par"), max_length=200)
    parcours = models.CharField(_("parcours"), max_length=80)
    edition = models.PositiveIntegerField(_("édition"))
    part = models.CharField(_("module"), max_length=80, blank=True)
    sha256 = models.CharField(_("sceau"), max_length=64)
    document = models.FileField(
        _("document"), upload_to=document_path, storage=documents, max_length=60
    )
    document_sha256 = models.CharField(_("empreinte du document"), max_length=64)
    archived_on = models.DateField(_("en archive intermédiaire le"))
    replaced_by = models.CharField(_("remplacé par"), max_length=24, blank=True)
    revoked_on = models.DateField(_("révoqué le"), null=True, blank=True)
    revoked_because = models.CharField(_("motif de la révocation"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("certificat")
        verbose_name_plural = _("certificats")
        permissions: ClassVar = [
            ("duplicate", "Give a duplicate of a credential"),
            ("reissue", "Issue a credential again under another name"),
            ("revoke", "Revoke a credential"),
            ("read_archive", "Read a credential that is in the intermediate archive"),
        ]
        constraints: ClassVar = [
            # Two trainers who accept at the same instant issue one (issue 4).
            models.UniqueConstraint(
                fields=["holder", "kind", "parcours", "edition", "part"],
                condition=Q(replaced_by="", revoked_on__isnull=True),
                name="credential_once",
            ),
            models.CheckConstraint(
                condition=Q(revoked_on__isnull=True) | ~Q(revoked_because=""),
                name="credential_revoked_with_a_reason",
            ),
            models.UniqueConstraint(
                fields=["status_list", "status_place"], name="credential_status_place_once"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["issued_on", "id"], name="credential_clock"),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("credentials:verified", args=[self.number])

    @property
    def state(self) -> State:
        if self.revoked_on is not None:
            return State.REVOKED
        return State.REPLACED if self.replaced_by else State.VALID

    def is_archived(self, *, on: date) -> bool:
        """Five years passed: read only by whoever keeps the archive, who says why (R-CERT)."""
        return on >= self.archived_on

    @property
    def is_intact(self) -> bool:
        """The record says today what it said when it was sealed."""
        return self.sha256 == seal_of(self)


def record_of(credential: Credential) -> dict[str, str | int]:
    """What the record says, and nothing of its holder but the name: what is sealed."""
    return {
        "edition": credential.edition,
        "issued_on": credential.issued_on.isoformat(),
        "issuer": credential.issuer,
        "kind": str(credential.kind),
        "made_on": credential.made_on.isoformat(),
        "name": credential.name,
        "number": credential.number,
        "parcours": credential.parcours,
        "part": credential.part,
        "result": credential.result,
        "title": credential.title,
        "uuid": str(credential.uuid),
    }


def seal_of(credential: Credential) -> str:
    """SHA-256 of the record in canonical JSON (RFC 8785)."""
    return hashlib.sha256(canonical(record_of(credential))).hexdigest()


def key_of_name(name: str) -> str:
    """« Élise MARTIN » and « martin elise » are the same words."""
    bare = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(c if c.isalnum() else " " for c in bare if not unicodedata.combining(c))
    return " ".join(sorted(letters.split()))[:200]


def credentials_of(subject: DataSubject) -> models.QuerySet[Credential]:
    """What a person earned, the latest first."""
    return Credential.objects.filter(holder=subject.uuid).order_by("-issued_on", "-id")


def verifiable(number: str, *, on: date) -> Credential | None:
    """What a number stands for until the last day of its fifty years, and not a day longer."""
    fifty_years = policy.current().retention["certificate"].duration
    assert fifty_years is not None
    over = latest_clock_ended_by(on - timedelta(days=1), fifty_years)
    return Credential.objects.filter(number=number, issued_on__gt=over).first()
