"""What every page of a respondent begins and ends with."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from clairevoie.surveys.links import UnknownLink, invitation_behind, token_of
from clairevoie.surveys.models import Answer, Invitation, answer_behind

View = Callable[[HttpRequest, Invitation], HttpResponse]
AnswerView = Callable[[HttpRequest, Invitation, Answer], HttpResponse]


def for_the_invited(view: View) -> Callable[[HttpRequest, str], HttpResponse]:
    """Fetch by the link, which is also the permission check; kept by no cache."""

    @wraps(view)
    @never_cache
    def opened(request: HttpRequest, token: str) -> HttpResponse:
        try:
            invitation = invitation_behind(token)
        except UnknownLink:
            return render(request, "surveys/unknown.html", status=404)
        return view(request, invitation)

    return opened


def for_the_author(view: AnswerView) -> Callable[[HttpRequest, str], HttpResponse]:
    """The same, for somebody who has answered; others are sent to the question."""

    @wraps(view)
    @for_the_invited
    def opened(request: HttpRequest, invitation: Invitation) -> HttpResponse:
        given = answer_behind(invitation)
        if given is None:
            return to("answer", invitation)
        return view(request, invitation, given)

    return opened


def page(
    request: HttpRequest,
    name: str,
    invitation: Invitation,
    *,
    form: BaseForm | None = None,
    status: int = 200,
    **context: object,
) -> HttpResponse:
    """Render; 422 when the form was refused."""
    status = 422 if form is not None and form.errors else status
    values = {"survey": invitation.survey, "token": token_of(invitation), "form": form, **context}
    return render(request, f"surveys/{name}.html", values, status=status)


def to(name: str, invitation: Invitation) -> HttpResponse:
    """Send to another page of the same link."""
    return redirect(f"surveys:{name}", token_of(invitation))
