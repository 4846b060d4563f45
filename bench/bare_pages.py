"""The bare view and its WSGI application (settings: ``bench.bare``)."""

from __future__ import annotations

from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path


def bare(request: HttpRequest) -> HttpResponse:
    """One session read, one row by its primary key."""
    from bench.models import Person

    member = Person._default_manager.get(pk=request.session["member"])
    return HttpResponse(f"<p>{member.last_name}</p>")


urlpatterns = [path("", bare)]
application = get_wsgi_application()
