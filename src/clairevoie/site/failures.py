"""Pages for what went wrong: what happened, and what to do next."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.csrf import requires_csrf_token


def _page(request: HttpRequest, status: int, title: str, text: str) -> HttpResponse:
    context = {"status": status, "heading": title, "text": text}
    return render(request, "site/failure.html", context, status=status)


@requires_csrf_token
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(
        request,
        400,
        _("Nous n’avons pas compris cette demande"),
        _("L’adresse ou le formulaire reçu n’a pas la forme attendue. Rien n’a été enregistré."),
    )


@requires_csrf_token
def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(
        request,
        403,
        _("Cette page ne vous est pas ouverte"),
        _("Votre compte n’a pas le droit de la lire. Si c’est une erreur, écrivez-nous."),
    )


def forged_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without its token: expired page, blocked cookie, or another site's attempt."""
    return _page(
        request,
        403,
        _("Ce formulaire n’est plus valable"),
        _(
            "La page est restée ouverte trop longtemps, ou votre navigateur a refusé le cookie "
            "qui protège les formulaires. Rien n’a été enregistré : revenez à la page, "
            "rechargez-la et recommencez."
        ),
    )


@requires_csrf_token
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _page(
        request,
        404,
        _("Il n’y a rien à cette adresse"),
        _("La page a pu être déplacée ou effacée, ou le lien est incomplet."),
    )


def broken(_request: HttpRequest) -> HttpResponse:
    """No context processor, no database, no policy: they may be what broke."""
    return HttpResponse(render_to_string("site/broken.html"), status=500)
