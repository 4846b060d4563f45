"""Staff see that messages left, never what they said nor to which address."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from clairevoie.messaging.models import Message
from clairevoie.privacy.backoffice import ReadOnlyAdmin, Section, shown


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
    list_filter = ("state", "channel", "activity")
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
