"""The page of those who said no: asked by an address, which it never shows (P-058)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clairevoie import messaging
from clairevoie.lib import calendar
from clairevoie.lib.contact import EMAIL, PHONE, NotAContact, normalise
from clairevoie.lib.speech import sentence
from clairevoie.messaging.models import Suppression
from clairevoie.messaging.reviewing import is_soon, to_review
from clairevoie.privacy.backoffice import Section, author

REVIEW = "messaging.review_suppressions"
A_PAGE = 50
_DIGITS = 19  # of the largest key a database holds

SOURCES = (
    ("e-mail", gettext_lazy("par e-mail")),
    ("lettre", gettext_lazy("par lettre")),
    ("telephone", gettext_lazy("par téléphone")),
    ("guichet", gettext_lazy("sur place")),
)


def _purposes() -> list[tuple[str, str]]:
    titles = [(a.code, _(a.title)) for a in messaging.stoppable() if not a.planned]
    return [("", _("tout ce qui peut s’arrêter")), *titles]


class RefusalForm(forms.Form):
    """Whom, what, and how they asked."""

    contact = forms.CharField(
        label=gettext_lazy("Adresse e-mail ou téléphone"),
        max_length=254,
        error_messages={"required": gettext_lazy("Tapez l’adresse ou le numéro.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    purpose = forms.ChoiceField(
        label=gettext_lazy("Ce qui s’arrête"), choices=_purposes, required=False
    )
    source = forms.ChoiceField(
        label=gettext_lazy("Comment la personne l’a demandé"), choices=SOURCES, required=False
    )

    def clean_contact(self) -> tuple[str, str]:
        raw: str = self.cleaned_data["contact"]
        kind = EMAIL if "@" in raw else PHONE
        try:
            normalise(kind, raw)
        except NotAContact as refusal:
            raise forms.ValidationError(sentence(refusal)) from None
        return kind, raw


def page(request: HttpRequest, site: AdminSite) -> dict[str, Any] | HttpResponse:
    """Figures of the list; for an address typed in, what stands there, or one line more."""
    form = RefusalForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        if "stop" in request.POST:
            return _stop(request, form.cleaned_data)
        return {**_around(request, form), "found": _found(*form.cleaned_data["contact"])}
    shown = _around(request, form)
    if not form.is_bound:
        return shown
    context = {**site.each_context(request), "title": _("Oppositions aux envois"), **shown}
    return TemplateResponse(request, "gestion/refusals.html", context, status=422)


def review(request: HttpRequest, _site: AdminSite) -> HttpResponse:
    """The list was read and is still needed: its three years begin again."""
    assert request.user.is_authenticated
    subject = request.user.subject
    reviewed = messaging.review_suppressions(author=subject, at=calendar.now())
    said = _("Liste revue\u00a0: %(count)d oppositions restent trois ans de plus.")
    messages.success(request, said % {"count": reviewed})
    return HttpResponseRedirect(reverse("admin:refusals"))


def _stop(request: HttpRequest, answers: dict[str, Any]) -> HttpResponse:
    kind, raw = answers["contact"]
    stopped = messaging.stop_on_request(
        kind=kind,
        raw=raw,
        activity=answers["purpose"] or None,
        source=answers["source"] or SOURCES[0][0],
        author=author(request),
        at=calendar.now(),
    )
    said = (
        _("C’est fait\u00a0: plus rien de cela ne partira vers ce contact.")
        if stopped.now
        else _("C’était déjà fait\u00a0: rien n’a changé.")
    )
    messages.success(request, said)
    return HttpResponseRedirect(reverse("admin:refusals"))


def _title(purpose: str) -> str:
    names = {
        messaging.EVERYTHING: _("tout ce qui peut s’arrêter"),
        messaging.UNREACHABLE: _("adresse injoignable"),
        **{activity.code: _(activity.title) for activity in messaging.stoppable()},
    }
    return names.get(purpose, purpose)


def _found(kind: str, raw: str) -> Section:
    rows = messaging.rows_of(kind, raw)
    return Section(
        title=_("Pour ce contact"),
        columns=[_("Ce qui est arrêté"), _("Motif"), _("Depuis le"), _("Où")],
        rows=[(_title(r.purpose), r.get_because_display(), r.since, r.source) for r in rows],
        empty=_("Aucune opposition\u00a0: rien n’est arrêté pour ce contact."),
    )


def _around(request: HttpRequest, form: RefusalForm) -> dict[str, Any]:
    """One page of the list, the latest first: by key, as fast at any size, and never counted."""
    below = _number(request.GET.get("avant", ""))
    older = Suppression.objects.filter(pk__lt=below) if below else Suppression.objects.all()
    rows = list(older.order_by("-pk")[: A_PAGE + 1])
    oldest = messaging.oldest_review()
    last = messaging.last_day_of(oldest) if oldest else None
    return {
        "form": form,
        "may_review": request.user.has_perm(REVIEW),
        "oldest": oldest,
        "last_day": last,
        "to_review": to_review(last)
        if last and is_soon(last, on=calendar.today()) and request.user.has_perm(REVIEW)
        else "",
        "older": rows[A_PAGE - 1].pk if len(rows) > A_PAGE else None,
        "latest": not below,
        "listed": Section(
            title=_("La liste, les plus récentes d’abord"),
            columns=[_("Depuis le"), _("Ce qui est arrêté"), _("Motif"), _("Où")],
            rows=[
                (row.since, _title(row.purpose), row.get_because_display(), row.source or "–")
                for row in rows[:A_PAGE]
            ],
            empty=_("Personne ne s’est encore opposé à un envoi.")
            if not below
            else _("Aucune opposition plus ancienne."),
        ),
    }


def _number(typed: str) -> int | None:
    """The key of a row; anything else is the first page."""
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < _DIGITS else None
