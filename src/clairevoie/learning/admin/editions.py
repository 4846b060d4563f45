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


def _is_not_online(edition: Edition) -> bool:
    parcours = edition.parcours
    return not (parcours.published and parcours.current_id == edition.pk)


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
            possible=_is_not_online,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Edition]:
        return Edition.objects.select_related("parcours").defer("source", "searched")

    @display(description=gettext_lazy("état"), label={"online": "success", "other": "info"})
    def state(self, record: Edition) -> tuple[str, str]:
        return ("other", "–") if _is_not_online(record) else ("online", _("publiée"))

    def sections(self, request: HttpRequest, record: Edition) -> Iterable[Section]:
        yield Section(
            title=_("Édition"),
            pairs=[
                (_("Parcours"), record.parcours.slug),
                (_("Numéro"), record.number),
                (_("Importée le"), record.imported_at),
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
