"""A parcours, its editions, and all that an edition is made of.

Only :class:`Parcours` changes: it says which edition is the current one. Every other table is
frozen by the database itself (``privacy.triggers``), on both engines.
"""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Prefetch, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from clairevoie.privacy import triggers

for _table in ("edition", "topic", "module", "chapter", "exercise", "project", "placedfile"):
    triggers.freeze(f"learning_{_table}")


class Level(models.TextChoices):
    """Whom a parcours is written for."""

    BEGINNER = "beginner", _("débutant")
    INTERMEDIATE = "intermediate", _("intermédiaire")
    ADVANCED = "advanced", _("avancé")


class Way(models.TextChoices):
    """How one comes to follow a parcours."""

    OPEN = "open", _("inscription libre")
    APPLICATION = "application", _("sur candidature")
    CONTRACT = "contract", _("par contrat")
    INVITATION = "invitation", _("sur invitation")


class Kind(models.TextChoices):
    """How an exercise is answered."""

    SINGLE = "single", _("une réponse")
    MULTIPLE = "multiple", _("plusieurs réponses")
    SHORT = "short", _("réponse courte")
    NUMERIC = "numeric", _("nombre")
    ORDER = "order", _("remise en ordre")
    FILL = "fill", _("texte à trous")


class Parcours(models.Model):
    """One training, whatever its editions."""

    slug = models.SlugField(_("code"), max_length=80, unique=True)
    current = models.ForeignKey(
        "Edition",
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("édition courante"),
        related_name="+",
    )
    way = models.CharField(_("inscription"), max_length=12, choices=Way, default=Way.OPEN)
    published = models.BooleanField(_("publié"), default=False)
    published_at = models.DateTimeField(_("publié le"), null=True, blank=True)

    class Meta:
        verbose_name = _("parcours")
        verbose_name_plural = _("parcours")
        permissions: ClassVar = [
            ("publish", "Publish or withdraw a parcours"),
            ("bring", "Import a folder of content"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(published=False)
                | Q(current__isnull=False, published_at__isnull=False),
                name="parcours_published_has_an_edition",
            )
        ]

    def __str__(self) -> str:
        return self.slug

    def get_absolute_url(self) -> str:
        return reverse("learning:parcours", args=[self.slug])


class Edition(models.Model):
    """A parcours as its sources said it one day. Never changes, never goes."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    parcours = models.ForeignKey(
        Parcours, models.PROTECT, verbose_name=_("parcours"), related_name="editions"
    )
    number = models.PositiveIntegerField(_("numéro"))
    sha256 = models.CharField(_("empreinte des sources"), max_length=64)
    renderer = models.PositiveSmallIntegerField(_("version de la mise en page"))
    imported_at = models.DateTimeField(_("importée le"))

    title = models.CharField(_("titre"), max_length=150)
    summary = models.CharField(_("résumé"), max_length=300)
    audience = models.TextField(_("public"))
    level = models.CharField(_("niveau"), max_length=12, choices=Level)
    objectives = models.JSONField(_("objectifs"))
    prerequisites = models.JSONField(_("prérequis"))
    requires = models.JSONField(_("parcours conseillés avant"))
    price_cents = models.PositiveIntegerField(_("prix en centimes"))
    language = models.CharField(_("langue"), max_length=2)
    licence = models.CharField(_("licence"), max_length=100)
    authors = models.JSONField(_("auteurs"))
    minutes = models.PositiveIntegerField(_("durée en minutes"))
    chapter_count = models.PositiveIntegerField(_("chapitres"))
    exercise_count = models.PositiveIntegerField(_("exercices"))
    searched = models.TextField(_("mots cherchés"))
    source = models.TextField(_("source"))

    class Meta:
        verbose_name = _("édition")
        verbose_name_plural = _("éditions")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["parcours", "number"], name="edition_number_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["level"], name="edition_level"),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.number})"

    @property
    def is_free(self) -> bool:
        return self.price_cents == 0

    @property
    def is_withdrawn(self) -> bool:
        return hasattr(self, "withdrawal")

    @property
    def is_waiting(self) -> bool:
        """Newer than what is read today, and not taken back."""
        current = self.parcours.current
        return not self.is_withdrawn and (current is None or self.number > current.number)


class Withdrawal(models.Model):
    """An edition that nobody will begin: it was taken back while it waited.

    The edition itself stays as it is, frozen; the same sources brought again make the next one.
    """

    edition = models.OneToOneField(Edition, models.PROTECT, related_name="withdrawal")
    at = models.DateTimeField(_("retirée le"))

    class Meta:
        verbose_name = _("édition retirée")
        verbose_name_plural = _("éditions retirées")

    def __str__(self) -> str:
        return f"withdrawal of {self.edition_id}"


class Topic(models.Model):
    """A word under which an edition is found."""

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="topics")
    slug = models.SlugField(_("code"), max_length=60)
    name = models.CharField(_("nom"), max_length=60)
    position = models.PositiveSmallIntegerField(_("rang"))

    class Meta:
        verbose_name = _("sujet")
        verbose_name_plural = _("sujets")
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["edition", "slug"], name="edition_topic_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["slug", "edition"], name="edition_topic_slug")]

    def __str__(self) -> str:
        return self.name


class Module(models.Model):
    """A part of an edition."""

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="modules")
    position = models.PositiveSmallIntegerField(_("rang"))
    folder = models.CharField(_("dossier"), max_length=100)
    slug = models.SlugField(_("code"), max_length=80)
    title = models.CharField(_("titre"), max_length=150)
    summary = models.TextField(_("résumé"))
    objectives = models.JSONField(_("objectifs"))
    minutes = models.PositiveIntegerField(_("durée en minutes"))
    source = models.TextField(_("source"))

    class Meta:
        verbose_name = _("module")
        verbose_name_plural = _("modules")
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["edition", "slug"], name="module_slug_once"),
            models.UniqueConstraint(fields=["edition", "position"], name="module_position_once"),
        ]

    def __str__(self) -> str:
        return self.title


class Chapter(models.Model):
    """A page to read. ``html`` is ready to print; ``position`` counts through the whole edition.

    ``outline`` holds its headings, ``embeds`` what stands in its ``data-embed`` slots
    (``learning.templatetags.reading``).
    """

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="chapters")
    module = models.ForeignKey(Module, models.PROTECT, related_name="chapters")
    position = models.PositiveSmallIntegerField(_("rang"))
    filename = models.CharField(_("fichier"), max_length=120)
    slug = models.SlugField(_("code"), max_length=80)
    title = models.CharField(_("titre"), max_length=150)
    summary = models.TextField(_("résumé"), blank=True)
    minutes = models.PositiveSmallIntegerField(_("durée en minutes"))
    exercise_count = models.PositiveSmallIntegerField(_("exercices"))
    html = models.TextField(_("page"))
    outline = models.JSONField(_("plan"))
    embeds = models.JSONField(_("contenus de tiers"))
    source = models.TextField(_("source"))
    exercises_source = models.TextField(_("source des exercices"), blank=True)
    # What another tool made for this chapter, and where the author put it, in the module's folder.
    package = models.ForeignKey(
        "learning.Package",
        models.PROTECT,
        to_field="uuid",
        null=True,
        blank=True,
        verbose_name=_("paquet SCORM"),
        related_name="chapters",
    )
    package_path = models.CharField(
        _("chemin du paquet"), max_length=200, blank=True, default="", db_default=""
    )

    class Meta:
        verbose_name = _("chapitre")
        verbose_name_plural = _("chapitres")
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["module", "slug"], name="chapter_slug_once"),
            models.UniqueConstraint(fields=["edition", "position"], name="chapter_position_once"),
        ]

    def __str__(self) -> str:
        return self.title


class Exercise(models.Model):
    """A question. ``code`` is the author's and stays from one edition to the next.

    ``definition`` is what ``learning.content.exercises`` reads back as a typed value.
    """

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="exercises")
    chapter = models.ForeignKey(Chapter, models.PROTECT, related_name="exercises")
    position = models.PositiveSmallIntegerField(_("rang"))
    code = models.SlugField(_("code"), max_length=80)
    kind = models.CharField(_("forme"), max_length=10, choices=Kind)
    prompt = models.TextField(_("question"))
    hint = models.TextField(_("indice"), blank=True)
    explanation = models.TextField(_("explication"))
    definition = models.JSONField(_("définition"))

    class Meta:
        verbose_name = _("exercice")
        verbose_name_plural = _("exercices")
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["edition", "code"], name="exercise_code_once"),
            models.UniqueConstraint(fields=["chapter", "position"], name="exercise_position_once"),
        ]

    def __str__(self) -> str:
        return self.code


class Project(models.Model):
    """What the learner makes at the end of a module."""

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="projects")
    module = models.OneToOneField(Module, models.PROTECT, related_name="project")
    title = models.CharField(_("titre"), max_length=150)
    minutes = models.PositiveIntegerField(_("durée en minutes"))
    html = models.TextField(_("page"))
    outline = models.JSONField(_("plan"))
    embeds = models.JSONField(_("contenus de tiers"))
    rubric = models.JSONField(_("grille"))
    extensions = models.JSONField(_("fichiers acceptés"))
    max_megabytes = models.PositiveSmallIntegerField(_("taille maximale en Mo"))
    source = models.TextField(_("source"))

    class Meta:
        verbose_name = _("projet")
        verbose_name_plural = _("projets")

    def __str__(self) -> str:
        return self.title


class File(models.Model):
    """A picture, a video, subtitles or data, stored once under its own fingerprint."""

    class Form(models.TextChoices):
        PNG = "png", "PNG"
        JPEG = "jpg", "JPEG"
        WEBP = "webp", "WebP"
        SVG = "svg", "SVG"
        MP4 = "mp4", "MP4"
        WEBM = "webm", "WebM"
        VTT = "vtt", "WebVTT"
        CSV = "csv", "CSV"
        JSON = "json", "JSON"
        TXT = "txt", "texte"
        IPYNB = "ipynb", "carnet"

    sha256 = models.CharField(_("empreinte"), max_length=64, unique=True)
    form = models.CharField(_("format"), max_length=8, choices=Form)
    width = models.PositiveIntegerField(_("largeur"), null=True, blank=True)
    height = models.PositiveIntegerField(_("hauteur"), null=True, blank=True)
    size = models.PositiveBigIntegerField(_("octets"))

    class Meta:
        verbose_name = _("fichier")
        verbose_name_plural = _("fichiers")

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """Where the store keeps it, and how its address ends."""
        return f"{self.sha256}.{self.form}"


class PlacedFile(models.Model):
    """Where an edition's sources have a file; ``original`` is the fingerprint before cleaning."""

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="files")
    path = models.CharField(_("chemin"), max_length=250)
    file = models.ForeignKey(File, models.PROTECT, related_name="+")
    original = models.CharField(_("empreinte d’origine"), max_length=64)

    class Meta:
        verbose_name = _("fichier placé")
        verbose_name_plural = _("fichiers placés")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["edition", "path"], name="placed_file_once"),
        ]

    def __str__(self) -> str:
        return self.path


# --- Reads --------------------------------------------------------------------------------------

_HEAVY = ("current__source", "current__searched")


def catalogue() -> QuerySet[Parcours]:
    """What the public may choose from, each with its current edition."""
    return (
        Parcours.objects.filter(published=True)
        .select_related("current")
        .defer(*_HEAVY)
        .order_by("current__title", "slug")
    )


def outline_of(edition: Edition) -> list[Module]:
    """Its modules, each with its ``chapters`` and its ``project``, without their texts: three
    queries whatever the size."""
    chapters = Chapter.objects.defer("html", "source", "exercises_source", "outline", "embeds")
    modules = (
        edition.modules.select_related("project")
        .defer(
            "source",
            "project__html",
            "project__source",
            "project__outline",
            "project__embeds",
            "project__rubric",
        )
        .prefetch_related(Prefetch("chapters", chapters))
    )
    return list(modules)
