"""The room of topics: what people may follow, and how many do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from clairevoie.lib import calendar
from clairevoie.newsletter.actions import writing
from clairevoie.newsletter.admin.forms import TopicForm
from clairevoie.newsletter.admin.pages import begin
from clairevoie.newsletter.models import Topic
from clairevoie.privacy.backoffice import Deed, ReadOnlyAdmin, Section, author


def _rename(request: HttpRequest, topic: Topic, said: dict[str, Any]) -> str:
    writing.rename_topic(topic=topic, author=author(request), at=calendar.now(), **said)
    return _("Le thème est renommé.")


def _close(request: HttpRequest, topic: Topic, _said: dict[str, Any]) -> str:
    writing.close_topic(topic=topic, closed=True, author=author(request), at=calendar.now())
    return _("Le thème n’est plus proposé.")


def _reopen(request: HttpRequest, topic: Topic, _said: dict[str, Any]) -> str:
    writing.close_topic(topic=topic, closed=False, author=author(request), at=calendar.now())
    return _("Le thème est proposé à nouveau.")


OPENING = Deed(
    slug="ouvrir",
    label=gettext_lazy("Ouvrir un thème"),
    permission="newsletter.arrange",
    explains=gettext_lazy(
        "Les abonnés choisissent parmi les thèmes ouverts. Personne n’en suit un nouveau sans "
        "l’avoir choisi."
    ),
    perform=lambda *_: "",
    form=TopicForm,
    refusals=(writing.TopicExists,),
)


@admin.register(Topic)
class TopicRoom(ReadOnlyAdmin):
    """What people may follow."""

    room = "themes"
    title = gettext_lazy("Thèmes de la lettre")
    key = "slug"
    list_before_template = "gestion/topics.html"
    introduction = gettext_lazy(
        "Ce que chacun peut suivre, dans l’ordre de la page d’abonnement. Le nombre d’abonnés "
        "est celui des personnes à qui la lettre pouvait partir cette nuit."
    )
    empty = gettext_lazy("Aucun thème. Ouvrez-en un pour que l’on puisse s’abonner.")
    list_display = ("name", "description", "followers", "state")
    ordering = ("position", "id")
    deeds: ClassVar[Sequence[Deed]] = (
        Deed(
            slug="renommer",
            label=gettext_lazy("Renommer ce thème"),
            permission="newsletter.arrange",
            explains=gettext_lazy("Qui le suit continue de le suivre."),
            form=TopicForm,
            initial=lambda topic: {"name": topic.name, "description": topic.description},
            perform=_rename,
        ),
        Deed(
            slug="fermer",
            label=gettext_lazy("Ne plus proposer ce thème"),
            permission="newsletter.arrange",
            explains=gettext_lazy(
                "Il disparaît de la page d’abonnement. Qui le suit peut le garder ou le quitter."
            ),
            perform=_close,
            possible=lambda topic: not topic.closed,
        ),
        Deed(
            slug="rouvrir",
            label=gettext_lazy("Proposer à nouveau ce thème"),
            permission="newsletter.arrange",
            explains=gettext_lazy("Il revient sur la page d’abonnement."),
            perform=_reopen,
            possible=lambda topic: topic.closed,
        ),
    )

    @display(description=gettext_lazy("état"), label={"open": "success", "closed": "info"})
    def state(self, record: Topic) -> tuple[str, str]:
        return ("closed", _("fermé")) if record.closed else ("open", _("ouvert"))

    def sections(self, request: HttpRequest, record: Topic) -> Iterable[Section]:
        yield Section(
            title=_("Thème"),
            pairs=[
                (_("Nom"), record.name),
                (_("Description"), record.description or "–"),
                (_("Code"), record.slug),
                (_("Abonnés, cette nuit"), record.followers),
                (_("Proposé"), _("non") if record.closed else _("oui")),
            ],
        )

    def get_urls(self) -> list[URLPattern]:
        opening = path("ouvrir/", self._guarded(self.open_view), name="newsletter_topic_open")
        return [opening, *super().get_urls()]

    def open_view(self, request: HttpRequest) -> HttpResponse:
        """A new topic, the last of the list."""
        return begin(
            self,
            request,
            OPENING,
            make=lambda form: writing.open_topic(
                author=author(request), at=calendar.now(), **form.cleaned_data
            ),
            done=_("Le thème est ouvert."),
        )
