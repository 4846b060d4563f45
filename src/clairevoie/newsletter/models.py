"""Topics, who asked for which, and the letters that were written to them."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.core.files.storage import Storage, storages
from django.db import models
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from clairevoie import privacy
from clairevoie.privacy.models import DataSubject, PersonalRecord

ACTIVITY = "newsletter"  # of the register; its basis is consent


class Topic(models.Model):
    """A subject that people may follow on its own."""

    # Readable, because it is what a person's copy of their data says of their choice.
    slug = models.SlugField(_("code"), max_length=60, unique=True)
    name = models.CharField(_("nom"), max_length=80)
    description = models.CharField(_("description"), max_length=200, blank=True)
    position = models.PositiveSmallIntegerField(_("ordre"), default=0)
    closed = models.BooleanField(_("fermé"), default=False)
    followers = models.PositiveIntegerField(
        _("abonnés"), default=0, help_text="Whom the letter may go to, as the night counted them."
    )

    class Meta:
        verbose_name = _("thème")
        verbose_name_plural = _("thèmes")
        ordering: ClassVar = ["position", "id"]
        permissions: ClassVar = [("arrange", "Open, rename and close topics")]

    def __str__(self) -> str:
        return self.name


class Pending(PersonalRecord):
    """A request that nobody confirmed yet: it belongs to a person of its own (P-016).

    Whoever typed the address is not known to own it, so it is attached to nobody else.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    topics = models.CharField(_("thèmes"), max_length=2000, help_text="Slugs, one space apart.")
    text = models.TextField(_("texte affiché"), help_text="The exact words that were agreed to.")
    language = models.CharField(_("langue"), max_length=5, default="fr")
    source = models.CharField(_("où"), max_length=64)
    asked_on = models.DateField(_("demandé le"))

    class Meta(PersonalRecord.Meta):
        verbose_name = _("demande d’abonnement")
        verbose_name_plural = _("demandes d’abonnement")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["subject"], name="pending_once"),
        ]
        indexes: ClassVar = [
            *PersonalRecord.Meta.indexes,
            models.Index(fields=["asked_on", "id"], name="pending_clock"),
        ]

    def __str__(self) -> str:
        return f"demande {self.uuid}"


class Subscription(PersonalRecord):
    """One person asked for the letter, and confirmed it. The engine's consent says if it holds."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    confirmation = models.UUIDField(null=True, help_text="The request whose link confirmed it.")
    language = models.CharField(_("langue"), max_length=5, default="fr")
    source = models.CharField(_("où"), max_length=64)
    confirmed_on = models.DateField(_("confirmé le"))
    last_act_on = models.DateField(
        _("dernier geste"), help_text="Confirming, choosing, staying: opening a mail is none."
    )
    asked_to_stay_on = models.DateField(_("relancé le"), null=True, blank=True)

    class Meta(PersonalRecord.Meta):
        verbose_name = _("abonnement")
        verbose_name_plural = _("abonnements")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["subject"], name="subscription_once"),
        ]
        indexes: ClassVar = [
            *PersonalRecord.Meta.indexes,
            models.Index(fields=["last_act_on", "id"], name="subscription_clock"),
            models.Index(
                fields=["confirmation"],
                name="subscription_link",
                condition=Q(confirmation__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"abonnement {self.uuid}"


class Interest(PersonalRecord):
    """One topic that one subscriber follows."""

    topic = models.ForeignKey(
        Topic,
        models.PROTECT,
        to_field="slug",
        db_index=False,
        verbose_name=_("thème"),
        related_name="+",
    )
    last_act_on = models.DateField(_("dernier geste"), help_text="The subscription's own.")

    class Meta(PersonalRecord.Meta):
        verbose_name = _("thème suivi")
        verbose_name_plural = _("thèmes suivis")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["subject", "topic"], name="interest_once"),
        ]
        indexes: ClassVar = [
            *PersonalRecord.Meta.indexes,
            models.Index(fields=["topic", "subject"], name="interest_followers"),
            models.Index(fields=["last_act_on", "id"], name="interest_clock"),
        ]

    def __str__(self) -> str:
        return f"thème suivi {self.pk}"


class Audience(models.TextChoices):
    """The only segments: nothing about what people did or opened."""

    EVERYBODY = "everybody", _("Tous les abonnés")
    MEMBERS = "members", _("Les abonnés qui ont un compte")
    OTHERS = "others", _("Les abonnés sans compte")


class Campaign(models.Model):
    """One letter: a draft, then what was sent by the mailing of the same UUID."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    title = models.CharField(_("titre"), max_length=150)
    preheader = models.CharField(_("résumé"), max_length=150, blank=True)
    body = models.TextField(_("texte"))
    language = models.CharField(_("langue"), max_length=5, default="fr")
    topics: models.ManyToManyField[Topic, models.Model] = models.ManyToManyField(
        Topic, verbose_name=_("thèmes"), related_name="+"
    )
    audience = models.CharField(
        _("destinataires"), max_length=9, choices=Audience, default=Audience.EVERYBODY
    )
    public = models.BooleanField(_("publiée"), default=False)
    written_at = models.DateTimeField(_("écrite le"))
    leaves_at = models.DateTimeField(
        _("prévue le"), null=True, blank=True, help_text="The worker sends it then, by itself."
    )
    sent_at = models.DateTimeField(_("envoyée le"), null=True, blank=True)
    # What the night counted, so that the figures outlive the messages.
    recipients = models.PositiveIntegerField(_("destinataires"), default=0)
    reached = models.PositiveIntegerField(_("envoyés"), default=0)
    refused = models.PositiveIntegerField(_("non autorisés"), default=0)
    bounced = models.PositiveIntegerField(_("non remis"), default=0)
    departures = models.PositiveIntegerField(_("désinscriptions"), default=0)

    class Meta:
        verbose_name = _("lettre")
        verbose_name_plural = _("lettres")
        permissions: ClassVar = [("write", "Write letters"), ("send", "Send letters")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(public=False) | Q(sent_at__isnull=False),
                name="campaign_published_was_sent",
            ),
            models.CheckConstraint(
                condition=Q(leaves_at=None) | Q(sent_at=None), name="campaign_planned_or_sent"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["-sent_at", "-id"], name="campaign_archive", condition=Q(public=True)
            ),
            models.Index(fields=["sent_at", "id"], name="campaign_sent"),
            models.Index(
                fields=["leaves_at"], name="campaign_due", condition=Q(leaves_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_draft(self) -> bool:
        """Its words may change: it was neither sent nor given a date."""
        return self.sent_at is None and self.leaves_at is None

    @property
    def is_planned(self) -> bool:
        return self.leaves_at is not None


class Picture(models.Model):
    """A picture of one letter, drawn again and small: it travels inside the mail.

    Its bytes stand in the row, so that they leave with the letter, in the same transaction.
    """

    class Form(models.TextChoices):
        PNG = "png", "PNG"
        JPEG = "jpg", "JPEG"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    campaign = models.ForeignKey(Campaign, models.CASCADE, db_index=False, related_name="pictures")
    name = models.CharField(_("nom"), max_length=60, help_text="What the text calls it.")
    description = models.CharField(_("description"), max_length=200)
    form = models.CharField(_("format"), max_length=3, choices=Form)
    width = models.PositiveIntegerField(_("largeur"))
    height = models.PositiveIntegerField(_("hauteur"))
    size = models.PositiveIntegerField(_("octets"))
    content = models.BinaryField(_("contenu"))

    class Meta:
        verbose_name = _("image")
        verbose_name_plural = _("images")
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["campaign", "name"], name="picture_once"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def kind(self) -> str:
        return "image/png" if self.form == self.Form.PNG else "image/jpeg"


def import_folder() -> Storage:
    """Outside the media folder: no address of the site leads there."""
    return storages["imports"]


class Import(models.Model):
    """One file of addresses, with the proof that came with it, and what became of its lines."""

    class State(models.TextChoices):
        RUNNING = "running", _("en cours")
        DONE = "done", _("terminé")
        FAILED = "failed", _("interrompu")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    topics: models.ManyToManyField[Topic, models.Model] = models.ManyToManyField(
        Topic, related_name="+"
    )
    source = models.CharField(_("origine"), max_length=120)
    collected_on = models.DateField(_("accords recueillis le"))
    text = models.TextField(_("texte accepté"))
    confirmed = models.BooleanField(_("adresses déjà confirmées"), default=False)
    author = models.UUIDField(null=True, help_text="UUID of who brought it in; none: a command.")
    at = models.DateTimeField(_("date"))
    state = models.CharField(_("état"), max_length=7, choices=State, default=State.RUNNING)
    file = models.FileField(storage=import_folder, max_length=64, blank=True)
    position = models.PositiveIntegerField(_("lignes lues"), default=0)
    offset = models.PositiveBigIntegerField(default=0, help_text="Bytes read so far.")
    size = models.PositiveBigIntegerField(default=0, help_text="Bytes of the file.")
    added = models.PositiveIntegerField(_("abonnés"), default=0)
    asked = models.PositiveIntegerField(_("à confirmer"), default=0)
    refused = models.PositiveIntegerField(_("refusées"), default=0)
    report_until = models.DateField(_("rapport gardé jusqu’au"))

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        permissions: ClassVar = [("bring", "Import a file of addresses")]

    def __str__(self) -> str:
        return f"{self.source} ({self.collected_on})"


class RefusedLine(models.Model):
    """Why one line of a file was not taken: its number and a code, never what it said."""

    batch = models.ForeignKey(Import, models.CASCADE, related_name="refused_lines")
    number = models.PositiveIntegerField(_("ligne"))
    reason = models.CharField(_("motif"), max_length=12)

    class Meta:
        verbose_name = _("ligne refusée")
        verbose_name_plural = _("lignes refusées")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["batch", "number"], name="refused_line_once"),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.reason}"


# --- Questions ----------------------------------------------------------------------------------


def open_topics() -> QuerySet[Topic]:
    """What one may follow now."""
    return Topic.objects.filter(closed=False)


def subscription_of(subject: DataSubject) -> Subscription | None:
    """The person's own, whether or not their consent still holds."""
    found: Subscription | None = Subscription.including_restricted.filter(subject=subject).first()
    return found


def followed_by(subject: DataSubject) -> list[str]:
    """Slugs of the topics that one person follows."""
    mine = Interest.including_restricted.filter(subject=subject)
    return list(mine.order_by("topic__position").values_list("topic", flat=True))


def is_subscribed(subject: DataSubject) -> bool:
    """They follow something, and the gate lets the letter through, now."""
    return (
        Subscription.including_restricted.filter(subject=subject).exists()
        and privacy.may(subject, ACTIVITY).allowed
    )


def recipients_of(campaign: Campaign) -> QuerySet[Subscription]:
    """Who the letter goes to: the gate, the topics, the segment; one query over subscribers."""
    followers = Interest.including_restricted.filter(
        topic__in=campaign.topics.all(), subject=OuterRef("subject")
    )
    readers: QuerySet[Subscription] = Subscription.including_restricted.filter(Exists(followers))
    if campaign.audience != Audience.EVERYBODY:
        readers = readers.filter(subject__member__isnull=campaign.audience == Audience.OTHERS)
    return privacy.permitted(readers, ACTIVITY)


def pictures_of(campaign: Campaign) -> QuerySet[Picture]:
    """What its text may show, without the bytes."""
    return Picture.objects.filter(campaign=campaign.pk).defer("content")


def published_letters() -> QuerySet[Campaign]:
    """What anybody may read, the latest first."""
    return Campaign.objects.filter(public=True).order_by("-sent_at", "-id")


def followers_by_topic() -> dict[str, int]:
    """How many people the letter may go to, topic by topic: one query, for the night."""
    permitted = privacy.permitted(Interest.including_restricted.all(), ACTIVITY)
    counted = permitted.order_by().values("topic").annotate(n=Count("id"))
    return dict(counted.values_list("topic", "n"))
