"""The bare view and its WSGI application (settings: ``bench.bare``)."""

from __future__ import annotations

from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

from clairevoie.lib import calendar


def bare(request: HttpRequest) -> HttpResponse:
    """One session read, one row by its primary key."""
    from bench.models import Person

    member = Person._default_manager.get(pk=request.session["member"])
    return HttpResponse(f"<p>{member.last_name}</p>")


def insert(request: HttpRequest) -> HttpResponse:
    """One row written, from one field of the form."""
    from bench.models import Row

    Row._default_manager.create(at=calendar.now(), words=request.POST["choix"])
    return HttpResponse("<p>…</p>")


urlpatterns = [path("", bare), path("ligne/", insert)]
application = get_wsgi_application()
