"""Staff see that messages left, never what they said nor to which address."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from clairevoie.messaging.models import Message

if TYPE_CHECKING:
    Base = ModelAdmin[Message]
else:
    Base = ModelAdmin


@admin.register(Message)
class MessageAdmin(Base):
    """Read-only: a message is written by what it tells, and by nothing else."""

    list_display = ("uuid", "sent_on", "template", "activity", "channel", "state", "attempts")
    list_filter = ("state", "channel", "activity")
    ordering = ("-sent_on", "-id")
    fields: ClassVar = (*list_display, "because", "last_error", "next_try_at")
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Message | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Message | None = None) -> bool:
        return False
