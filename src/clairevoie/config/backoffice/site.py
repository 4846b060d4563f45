"""The door of the back office: who enters, and which rooms there are."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import update_wrapper
from typing import Any

from django.contrib.admin import ModelAdmin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, include, path, reverse
from django.utils.translation import gettext_lazy as _
from unfold.sites import UnfoldAdminSite

from clairevoie import privacy
from clairevoie.accounts.second_factor import has_second_factor
from clairevoie.config.backoffice import pages
from clairevoie.lib import calendar
from clairevoie.privacy.backoffice import ReadOnlyAdmin, author

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def note_refusal(request: HttpRequest) -> None:
    """A member of staff tried a room that is not theirs: who, and which (P-003)."""
    match = request.resolver_match
    if match is None or not request.user.is_staff:
        return
    key = match.kwargs.get("key", "")
    privacy.ledger.append(
        executor="gestion.refused",
        at=calendar.now(),
        facts={
            "author": author(request),
            "page": match.url_name,
            "record": key if _UUID.fullmatch(key) else None,
        },
    )


class BackOffice(UnfoldAdminSite):  # type: ignore[misc]
    """Deny by default: staff alone, with a second factor, and each room by its permission."""

    site_title = _("Gestion")
    index_title = _("Aujourd’hui")
    index_template = "gestion/today.html"
    final_catch_all_view = False

    def register(
        self,
        model_or_iterable: type[Model] | Iterable[type[Model]],
        admin_class: type[ModelAdmin[Any]] | None = None,
        **options: Any,
    ) -> None:
        """Only rooms: the pages that third-party apps bring along would add, change, delete."""
        if admin_class is not None and issubclass(admin_class, ReadOnlyAdmin):
            super().register(model_or_iterable, admin_class, **options)

    # --- Who enters ---------------------------------------------------------------------------

    def has_permission(self, request: HttpRequest) -> bool:
        """Active staff with a second factor (P-080)."""
        member = request.user
        return member.is_active and member.is_staff and has_second_factor(member)

    def refusal(self, request: HttpRequest) -> HttpResponse | None:
        """Where someone who may not enter goes instead; a stranger is told no."""
        if self.has_permission(request):
            return None
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path(), reverse("account_login"))
        if not request.user.is_staff:
            raise PermissionDenied
        return redirect("accounts:second-factor-needed")

    def admin_view(
        self,
        view: Callable[..., HttpResponse],
        cacheable: bool = False,  # noqa: FBT001, FBT002  # Django's signature
    ) -> Callable[..., HttpResponse]:
        guarded = super().admin_view(view, cacheable)

        def at_the_door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            try:
                return self.refusal(request) or guarded(request, *args, **kwargs)
            except PermissionDenied:
                note_refusal(request)
                raise

        return update_wrapper(at_the_door, guarded)

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """There is one way in: /connexion/."""
        return redirect_to_login(reverse("admin:index"), reverse("account_login"))

    # --- The rooms ----------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern | URLResolver]:
        own = [
            path("", self.admin_view(self.index), name="index"),
            path("entrer/", self.login, name="login"),
            path(
                "textes.js", self.admin_view(self.i18n_javascript, cacheable=True), name="jsi18n"
            ),
        ]
        extra = [
            path(page.path, self.admin_view(page.bound_to(self)), name=page.name)
            for page in pages.PAGES
        ]
        rooms = [
            path(f"{room.room or room.opts.model_name}/", include(room.urls))
            for room in self._registry.values()
        ]
        return [*own, *extra, *rooms]

    def get_app_list(
        self, request: HttpRequest, app_label: str | None = None
    ) -> list[dict[str, Any]]:
        """None: the navigation is by rooms, not by tables."""
        return []

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {**pages.today(request), **(extra_context or {})}
        response: HttpResponse = super().index(request, context)
        return response
