"""The room of editions: what each holds, a look at its pages, and publishing it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from clairevoie.learning.actions import publishing
from clairevoie.learning.models import Edition, Module, outline_of
from clairevoie.lib import calendar
from clairevoie.privacy.backoffice import Deed, ReadOnlyAdmin, Section, author


def _publish(request: HttpRequest, edition: Edition, _said: dict[str, Any]) -> str:
    publishing.put_online(edition=edition, author=author(request), at=calendar.now())
    return _("L’édition est publiée : qui commence le parcours commence celle-ci.")


def _withdraw(request: HttpRequest, edition: Edition, _said: dict[str, Any]) -> str:
    publishing.withdraw(edition=edition, author=author(request), at=calendar.now())
    return _("L’édition est retirée : elle ne sera pas publiée.")


def _is_online(edition: Edition) -> bool:
    parcours = edition.parcours
    return parcours.published and parcours.current_id == edition.pk


def _may_go_online(edition: Edition) -> bool:
    return not _is_online(edition) and not edition.is_withdrawn


@admin.register(Edition)
class EditionRoom(ReadOnlyAdmin):
    """Every edition that was imported, the latest first."""

    room = "editions"
    title = gettext_lazy("Éditions")
    key = "uuid"
    introduction = gettext_lazy(
        "Une édition ne change plus : corriger, c’est importer la suivante. Relisez ses pages, "
        "puis publiez-la."
    )
    empty = gettext_lazy("Aucune édition. Importez un parcours pour commencer.")
    list_display = ("title", "number", "state", "language", "chapter_count", "imported_at")
    ordering = ("-imported_at", "-id")
    deeds: ClassVar[Sequence[Deed]] = (
        Deed(
            slug="publier",
            label=gettext_lazy("Publier cette édition"),
            permission="learning.publish",
            explains=gettext_lazy(
                "Elle prend sa place au catalogue. Qui a commencé une autre édition garde la "
                "sienne."
            ),
            perform=_publish,
            possible=_may_go_online,
            refusals=(publishing.EditionWithdrawn,),
        ),
        Deed(
            slug="retirer",
            label=gettext_lazy("Retirer cette édition en attente"),
            permission="learning.publish",
            explains=gettext_lazy(
                "Elle ne pourra plus être publiée. L’édition que lisent vos apprenants ne change "
                "pas. Importer à nouveau les mêmes fichiers en fera une nouvelle édition."
            ),
            perform=_withdraw,
            final=True,
            possible=lambda edition: edition.is_waiting,
            refusals=(publishing.NotWaiting,),
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Edition]:
        editions = Edition.objects.select_related("parcours__current", "withdrawal")
        return editions.defer(
            *("source", "searched", "parcours__current__source", "parcours__current__searched")
        )

    @display(
        description=gettext_lazy("état"),
        label={"online": "success", "waiting": "warning", "other": "info"},
    )
    def state(self, record: Edition) -> tuple[str, str]:
        if _is_online(record):
            return "online", _("publiée")
        if record.is_waiting:
            return "waiting", _("en attente")
        return "other", _("retirée") if record.is_withdrawn else "–"

    def sections(self, request: HttpRequest, record: Edition) -> Iterable[Section]:
        yield Section(
            title=_("Édition"),
            pairs=[
                (_("Parcours"), record.parcours.slug),
                (_("Numéro"), record.number),
                (_("Importée le"), record.imported_at),
                (_("État"), self.state(record)[1]),
                (_("Niveau"), record.get_level_display()),
                (_("Auteurs"), ", ".join(record.authors)),
                (_("Exercices"), record.exercise_count),
                (_("Empreinte des sources"), record.sha256),
            ],
        )
        for module in outline_of(record):
            yield Section(
                title=f"{module.position}. {module.title}",
                columns=(_("Chapitre"), _("Minutes"), _("Exercices")),
                rows=list(self._rows(record, module)),
            )

    @staticmethod
    def _rows(edition: Edition, module: Module) -> Iterable[tuple[Any, ...]]:
        for chapter in module.chapters.all():
            url = reverse("learning:preview", args=[edition.uuid, chapter.position])
            link = format_html('<a href="{}">{}</a>', url, chapter.title)
            yield link, chapter.minutes, chapter.exercise_count
        project = getattr(module, "project", None)
        if project:
            url = reverse("learning:preview-project", args=[edition.uuid, module.position])
            link = format_html('<a href="{}">{}</a>', url, project.title)
            yield link, project.minutes, _("projet")
