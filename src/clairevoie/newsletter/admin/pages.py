"""The page that begins something: there is no record yet to stand on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from clairevoie.lib.speech import sentence
from clairevoie.lib.uploads import say_too_heavy
from clairevoie.privacy.backoffice import Deed, ReadOnlyAdmin


def begin(
    room: ReadOnlyAdmin,
    request: HttpRequest,
    deed: Deed,
    *,
    make: Callable[[Any], Any],
    done: Any,
    **context: object,
) -> HttpResponse:
    """Ask on GET, ``make(form)`` on POST; then the page of what was made."""
    if not request.user.has_perm(deed.permission):
        raise PermissionDenied
    posted = request.method == "POST"
    form: forms.Form = deed.form(
        request.POST if posted else None, request.FILES if posted else None
    )
    say_too_heavy(form, request)
    if form.is_valid():
        try:
            record = make(form)
        except deed.refusals as refusal:
            named = getattr(refusal, "field", None)
            form.add_error(named if named in form.fields else None, sentence(refusal))
        else:
            messages.success(request, done)
            return HttpResponseRedirect(room.page_url(record))
    listing = reverse(f"admin:{room._url_name('changelist')}")
    values = {
        **room.admin_site.each_context(request),
        "title": deed.label,
        "crumbs": [(room.heading, listing)],
        "deed": deed,
        "form": form,
        "back": listing,
        **context,
    }
    return TemplateResponse(request, "gestion/confirm.html", values, status=422 if posted else 200)
