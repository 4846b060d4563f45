"""What was written to whom and whether it left; and who is not to be written to."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.core.files.storage import Storage, storages
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clairevoie.privacy.models import DataSubject, PersonalRecord


class Channel(models.TextChoices):
    """The way a message takes; « none » when the person left no verified contact.

    A banner is shown by the site to whoever can be told in no other way (P-008).
    """

    EMAIL = "email", _("e-mail")
    SMS = "sms", _("SMS")
    BANNER = "site", _("bandeau du site")
    NONE = "none", _("aucun")


class State(models.TextChoices):
    """Where a message stands. Only the first one moves."""

    QUEUED = "queued", _("à envoyer")
    SENT = "sent", _("envoyé")
    UNCONFIRMED = "unconfirmed", _("sans accusé")
    FAILED = "failed", _("non remis")
    REFUSED = "refused", _("non autorisé")
    UNREACHABLE = "unreachable", _("sans coordonnée vérifiée")


class Pace(models.TextChoices):
    """Where a mailing stands."""

    PREPARING = "preparing", _("en préparation")
    SENDING = "sending", _("en cours d’envoi")
    PAUSED = "paused", _("en pause")
    DONE = "done", _("terminé")
    CANCELLED = "cancelled", _("annulé")


def mail_folder() -> Storage:
    """Outside the media folder: no address of the site leads there."""
    return storages["mail"]


class Mailing(models.Model):
    """One letter to many: what it says, once, and how far it is.

    The counters follow the messages in the same transactions, so that no page counts rows.
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(_("numéro"), default=uuid.uuid4, unique=True, editable=False)
    activity = models.CharField(_("activité"), max_length=64)
    language = models.CharField(
        _("langue"), max_length=8, blank=True, help_text="Of the frame; each reader’s when empty."
    )
    title = models.CharField(_("objet"), max_length=200)
    text = models.TextField(_("texte"))
    html = models.TextField(_("HTML"), blank=True)
    state = models.CharField(_("état"), max_length=9, choices=Pace, default=Pace.PREPARING)
    started_at = models.DateTimeField(_("lancé"))
    ended_at = models.DateTimeField(_("terminé"), null=True, blank=True)
    retry_at = models.DateTimeField(
        null=True, blank=True, help_text="The door would not open: nobody tries before then."
    )
    prepared_up_to = models.BigIntegerField(
        default=0, help_text="The last person enqueued: where a preparation goes on."
    )
    total = models.PositiveIntegerField(_("destinataires"), default=0)
    sent = models.PositiveIntegerField(_("envoyés"), default=0)
    unconfirmed = models.PositiveIntegerField(_("sans accusé"), default=0)
    refused = models.PositiveIntegerField(_("non autorisés"), default=0)
    failed = models.PositiveIntegerField(_("non remis"), default=0)
    unreachable = models.PositiveIntegerField(_("sans coordonnée vérifiée"), default=0)

    class Meta:
        verbose_name = _("envoi")
        verbose_name_plural = _("envois")
        indexes: ClassVar = [
            models.Index(fields=["started_at", "id"], name="mailing_clock"),
            models.Index(fields=["id"], name="mailing_running", condition=Q(state="sending")),
        ]

    def __str__(self) -> str:
        return f"mailing {self.uuid}"


class Message(PersonalRecord):
    """One message to one person, written in the same transaction as what it tells.

    ``address``, ``text`` and ``html`` are blanked once it left or never will: what remains is
    the fact. ``copy`` is set where mail goes to the instance's folder instead of a provider.
    A message of a mailing has no words of its own and no address: both are read when it leaves;
    but for those that ask somebody to confirm an address, which each hold a link of their own.
    ``holder`` is the journal of the worker that is sending it now.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    activity = models.CharField(_("activité"), max_length=64)
    template = models.CharField(_("modèle"), max_length=64)
    mailing = models.ForeignKey(
        Mailing, models.PROTECT, null=True, blank=True, db_index=False, related_name="messages"
    )
    channel = models.CharField(_("voie"), max_length=5, choices=Channel)
    state = models.CharField(_("état"), max_length=11, choices=State, default=State.QUEUED)
    because = models.CharField(_("motif"), max_length=200, blank=True)
    address = models.CharField(max_length=254, blank=True)
    title = models.CharField(_("objet"), max_length=200, blank=True)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    copy = models.FileField(storage=mail_folder, max_length=64, blank=True)
    sent_on = models.DateField(
        _("date"), help_text="The day it was written to leave: its twelve months run from here."
    )
    holder = models.UUIDField(null=True, blank=True, editable=False)
    attempts = models.PositiveSmallIntegerField(_("essais"), default=0)
    next_try_at = models.DateTimeField(null=True, blank=True)
    until = models.DateTimeField(help_text="No attempt after this instant: it would be too late.")
    last_error = models.CharField(max_length=64, blank=True, help_text="Class of the exception.")

    class Meta(PersonalRecord.Meta):
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        indexes: ClassVar = [
            *PersonalRecord.Meta.indexes,
            models.Index(fields=["sent_on", "id"], name="message_clock"),
            models.Index(
                fields=["next_try_at", "id"],
                name="message_due",
                condition=Q(state="queued", holder=None, mailing=None),
            ),
            models.Index(
                fields=["mailing", "next_try_at", "id"],
                name="message_due_in_mailing",
                condition=Q(state="queued", holder=None, mailing__isnull=False),
            ),
            models.Index(
                fields=["holder"], name="message_held", condition=Q(holder__isnull=False)
            ),
            # The list of the back office, at any size: most messages are sent, by e-mail.
            models.Index(
                fields=["state", "sent_on", "id"],
                name="message_unusual",
                condition=~Q(state="sent"),
            ),
            models.Index(fields=["activity", "sent_on", "id"], name="message_by_activity"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["mailing", "subject"],
                condition=Q(mailing__isnull=False),
                name="message_once_a_mailing",
            ),
        ]

    def __str__(self) -> str:
        return f"message {self.uuid}"

    @property
    def is_written(self) -> bool:
        """It has its own address and words, whether or not it is one of many."""
        return self.mailing_id is None or bool(self.address)


class Suppression(models.Model):
    """One address or number that is not written to for one purpose, as a keyed hash.

    It outlives the person's data: forgetting a refusal would undo it (GDPR art. 21(3)).
    ``subject`` is who it was when known, so that their copy of data says so.
    """

    class Because(models.TextChoices):
        LINK = "link", _("lien de désinscription")
        CHOICE = "choice", _("choix dans « Mon compte »")
        REQUEST = "request", _("demande de la personne")
        COMPLAINT = "complaint", _("signalé comme indésirable")
        BOUNCE = "bounce", _("l’adresse ne reçoit plus")
        IMPORT = "import", _("liste d’un outil précédent")

    id = models.BigAutoField(primary_key=True)
    subject = models.ForeignKey(
        DataSubject, models.PROTECT, null=True, blank=True, related_name="+"
    )
    purpose = models.CharField(_("ce qui est arrêté"), max_length=64)
    contact_hash = models.CharField(_("empreinte du contact"), max_length=64, unique=True)
    because = models.CharField(_("motif"), max_length=9, choices=Because)
    source = models.CharField(
        _("où"), max_length=64, help_text="Where the refusal was made: page, letter, call…"
    )
    since = models.DateField(_("depuis le"))
    reviewed_on = models.DateField(_("revu le"))

    class Meta:
        verbose_name = _("opposition à un envoi")
        verbose_name_plural = _("oppositions aux envois")
        indexes: ClassVar = [
            models.Index(fields=["reviewed_on", "id"], name="suppression_clock"),
        ]

    def __str__(self) -> str:
        return f"suppression {self.pk}"
