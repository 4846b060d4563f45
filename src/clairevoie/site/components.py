"""Every component in every state, on one page of the back office."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from clairevoie import policy
from clairevoie.site import figures


class Scale(forms.BoundField):
    """A few choices as a row of buttons: the class is what the stylesheet reads."""

    def css_classes(self, extra_classes: str | Iterable[str] | None = None) -> str:
        extra = extra_classes.split() if isinstance(extra_classes, str) else extra_classes or ()
        return str(super().css_classes(["field--scale", *extra]))


class ScaleField(forms.ChoiceField):
    bound_field_class = Scale


class Sample(forms.Form):
    """One field of each kind; it is never posted."""

    name = forms.CharField(label=_("Nom"), help_text=_("Tel que vous l’écrivez."))
    email = forms.EmailField(label=_("Adresse e-mail"), required=False)
    secret = forms.CharField(label=_("Mot de passe"), widget=forms.PasswordInput)
    country = forms.ChoiceField(label=_("Pays"), choices=[("FR", "France"), ("BE", "Belgique")])
    review = forms.CharField(label=_("Avis"), widget=forms.Textarea, required=False)
    score = ScaleField(
        label=_("Note de 0 à 10"),
        choices=[(str(n), str(n)) for n in range(11)],
        widget=forms.RadioSelect,
        required=False,
    )
    subjects = forms.MultipleChoiceField(
        label=_("Sujets"),
        choices=[("web", _("Développement web")), ("data", _("Données"))],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    avatar = forms.FileField(label=_("Avatar"), required=False)
    agree = forms.BooleanField(label=_("J’ai lu les conditions générales d’utilisation"))


def _samples() -> dict[str, Any]:
    return {
        "form": Sample(prefix="vide"),
        "refused": Sample({"refuse-email": "alice@"}, prefix="refuse"),
        "kinds": ["", "quiet", "danger", "link"],
        "notices": ["info", "success", "warning", "danger"],
        "crumbs": [(_("Mon compte"), "#"), (_("Mes données"), "#"), (_("Copie"), "")],
        "items": [(_("Pseudo"), "alice"), (_("Langue"), _("français"))],
        "headings": [_("Règle"), _("Durée"), _("À compter de")],
        "rows": [["R-ACC", "5 ans", _("dernière utilisation")], ["R-INV", "10 ans", _("clôture")]],
        "scores": [(n, (3 * n * n) % 17) for n in range(11)],
        "page": Paginator(range(90), 30).get_page(2),
        "goes": [(_("Profil"), _("nom, pseudo, avatar")), (_("Sessions"), "")],
        "stays": [(_("Factures"), _("dix ans, Code de commerce, art. L123-22"))],
    }


@login_required
@require_safe
def components(request: HttpRequest) -> HttpResponse:
    """For those who build pages here; the middleware asks staff for a second factor first."""
    if not request.user.has_perm("site.view_components"):
        raise PermissionDenied
    current = policy.current()
    context = {
        "wall": figures.wall_of(current),
        "spans": figures.spans_of(current),
        **_samples(),
    }
    return render(request, "site/components.html", context)
