"""Rooms into which an archive is brought: read whole, checked, then kept or refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.views.decorators.csrf import csrf_exempt

from clairevoie.learning.content.folders import LARGEST_ZIP
from clairevoie.lib.uploads import SmallFilesInMemory
from clairevoie.privacy.backoffice import Deed, ReadOnlyAdmin


class Archives(SmallFilesInMemory):
    """Larger than a picture, in memory all the same."""

    largest = LARGEST_ZIP


class ArchiveRoom(ReadOnlyAdmin):
    """``bringing`` says what the button does and asks; :meth:`bring` does it."""

    bringing: ClassVar[Deed]
    bring_title: ClassVar[Any]

    def bring(self, request: HttpRequest, form: Any) -> HttpResponse | None:
        """Where to go once it is done; None when ``form`` now says what is wrong."""
        raise NotImplementedError

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_bring"
        return [path("importer/", self._large(self.bring_view), name=name), *super().get_urls()]

    def _large(self, view: Callable[..., HttpResponse]) -> Callable[..., HttpResponseBase]:
        """Take larger files here alone; the guard behind checks the proof of the form."""
        guarded = self._guarded(view)

        @csrf_exempt
        def at_the_door(request: HttpRequest) -> HttpResponseBase:
            request.upload_handlers = [Archives(request)]
            return guarded(request)

        return at_the_door

    def bring_view(self, request: HttpRequest) -> HttpResponse:
        """An archive, read whole before anything changes."""
        if not request.user.has_perm(self.bringing.permission):
            raise PermissionDenied
        posted = request.method == "POST"
        assert self.bringing.form is not None
        form = self.bringing.form(
            request.POST if posted else None, request.FILES if posted else None
        )
        if form.is_valid():
            done = self.bring(request, form)
            if done is not None:
                return done
        listing = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
        context = {
            **self.admin_site.each_context(request),
            "title": self.bring_title,
            "crumbs": [(self.heading, listing)],
            "deed": self.bringing,
            "form": form,
            "back": listing,
        }
        status = 422 if posted else 200
        return TemplateResponse(request, "gestion/confirm.html", context, status=status)
