"""At the address of packages there is nothing else: no page of ours, no session to begin."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseNotFound

from clairevoie.learning.playing import host_apart

_FILES = "/paquets/"


class PackagesApart:
    """Compares one header; every page of the site passes here."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.host = host_apart()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        host = request.META.get("HTTP_HOST", "")
        if host.partition(":")[0] == self.host and not request.path_info.startswith(_FILES):
            return HttpResponseNotFound()
        return self.get_response(request)
