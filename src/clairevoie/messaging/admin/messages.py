"""Staff see that messages left, never what they said nor to which address."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.contrib.admin import SimpleListFilter
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from clairevoie import policy
from clairevoie.messaging.models import Message, State
from clairevoie.privacy.backoffice import ReadOnlyAdmin, Section, shown


class StateFilter(SimpleListFilter):
    """Messages by state; what is not sent is rare, and has an index of its own."""

    title = gettext_lazy("état")
    parameter_name = "etat"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(State.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = self.value()
        if chosen is None:
            return queryset
        # Said twice: SQLite uses a partial index only where its very condition is written.
        rare = queryset if chosen == State.SENT else queryset.filter(~Q(state="sent"))
        return rare.filter(state=chosen)


class ActivityFilter(SimpleListFilter):
    """Messages by activity: the register knows them, no row needs to be read."""

    title = gettext_lazy("activité")
    parameter_name = "activite"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(a.code, _(a.title)) for a in policy.current().activities.values() if a.category]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(activity=self.value()) if self.value() else queryset


@admin.register(Message)
class MessageRoom(ReadOnlyAdmin):
    """What left, what waits, what never arrived."""

    room = "messages"
    title = gettext_lazy("Messages")
    key = "uuid"
    introduction = gettext_lazy(
        "Chaque message est écrit avec ce qu’il annonce et part ensuite. Son texte et son adresse "
        "sont retirés dès qu’il est parti."
    )
    empty = gettext_lazy("Aucun message. Ils s’inscrivent ici dès qu’une action en écrit un.")
    list_display = ("number", "sent_on", "template", "activity", "channel", "state")
    list_filter = (StateFilter, ActivityFilter)
    ordering = ("-sent_on", "-id")

    @display(description=gettext_lazy("message"))
    def number(self, record: Message) -> SafeString:
        return format_html("<code>{}</code>", str(record.uuid)[:8])

    def sections(self, request: HttpRequest, record: Message) -> Iterable[Section]:
        columns = ("activity", "template", "channel", "state", "because", "sent_on", "attempts")
        yield Section(
            title=_("Message"),
            pairs=[
                (field.verbose_name, shown(record, field))
                for field in record._meta.fields
                if field.name in columns
            ],
        )
