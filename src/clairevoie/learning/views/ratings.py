"""Rating what one follows, and « Mes notes » in « Mon compte »."""

from __future__ import annotations

from functools import wraps
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clairevoie.learning.actions import rating as actions
from clairevoie.learning.actions import reviewing
from clairevoie.learning.forms import AgreedRatingForm, PublishForm, RatingForm
from clairevoie.learning.models import (
    Enrolment,
    Parcours,
    Rating,
    catalogue,
    published_reviews,
    ratings_by,
)
from clairevoie.learning.opinions import given_in, named, rows_of
from clairevoie.learning.units import Rateable, units_of
from clairevoie.learning.views.doors import View, for_the_learner, member_of, own_page
from clairevoie.lib import calendar
from clairevoie.lib.speech import sentence

RATINGS_A_PAGE = 30
REVIEWS_A_PAGE = 10
_REFUSALS = (actions.NotFollowing, actions.UnknownUnit, actions.RatingRefused)


# --- Where one learns ---------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@for_the_learner
def rate(request: HttpRequest, enrolment: Enrolment) -> HttpResponse:
    """Give a rating; without a unit in the address, all that can be rated."""
    asked = request.POST if request.method == "POST" else request.GET
    units = units_of(enrolment.edition_id)
    if request.method != "POST" and "unite" not in asked:
        context = {"enrolment": enrolment, "rows": rows_of(enrolment, units)}
        return render(request, "learning/ratings/all.html", context)
    unit = units.get((asked.get("unite", ""), asked.get("lieu", "")))
    if unit is None:
        raise Http404
    given = given_in(enrolment).get(unit.name)
    before = {"score": given.score, "review": given.review} if given else {}
    form = RatingForm(request.POST if request.method == "POST" else None, initial=before)
    if form.is_valid() and _accepted(enrolment, unit, form):
        return redirect(_way_back(request, enrolment))
    context = {"enrolment": enrolment, "unit": unit, "form": form, "given": given}
    context["back"] = asked.get("suite", "")
    status = 422 if form.errors else 200
    return render(request, "learning/ratings/rate.html", context, status=status)


def _accepted(enrolment: Enrolment, unit: Rateable, form: RatingForm) -> bool:
    try:
        actions.rate(
            enrolment=enrolment,
            unit=unit.unit.value,
            place=unit.place,
            at=calendar.now(),
            **form.cleaned_data,
        )
    except _REFUSALS as refused:
        form.add_error(None, sentence(refused))
        return False
    return True


def _way_back(request: HttpRequest, enrolment: Enrolment) -> str:
    """The page that was being read, where the rating now stands."""
    back = request.POST.get("suite", "")
    if url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure()):
        return f"{back.partition('#')[0]}#votre-note"
    return reverse("learning:rate", args=[enrolment.parcours_id])


# --- « Mes notes » ------------------------------------------------------------------------------


def _for_the_author(view: View) -> View:
    """``view(request, rating)``; another person's rating does not exist."""

    @wraps(view)
    def opened(request: HttpRequest, number: UUID) -> HttpResponseBase:
        mine = ratings_by(member_of(request).pk).select_related("subject", "consent")
        return view(request, get_object_or_404(mine, uuid=number))

    return own_page(opened)


@require_safe
@own_page
def mine(request: HttpRequest) -> HttpResponse:
    """All that one rated."""
    given = ratings_by(member_of(request).pk)
    page = Paginator(given, RATINGS_A_PAGE).get_page(request.GET.get("page"))
    context = {"section": "ratings", "page": page, "rows": named(page)}
    return render(request, "learning/ratings/mine.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@_for_the_author
def one(request: HttpRequest, given: Rating) -> HttpResponse:
    """A rating of one's own: change it, publish its review, take it back."""
    form = _form_of(given, request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            actions.revise(rating=given, at=calendar.now(), **form.cleaned_data)
        except actions.RatingRefused as refused:
            form.add_error(None, sentence(refused))
        else:
            return redirect("learning:rating", given.uuid)
    return _one(request, given, form=form, agreeing=PublishForm())


def _form_of(given: Rating, typed: QueryDict | None = None) -> RatingForm:
    asked = AgreedRatingForm if given.consent else RatingForm
    return asked(typed, initial={"score": given.score, "review": given.review})


@require_POST
@_for_the_author
def publish(request: HttpRequest, given: Rating) -> HttpResponse:
    """The consent: ticked, or nothing."""
    agreeing = PublishForm(request.POST)
    if agreeing.is_valid():
        try:
            reviewing.publish(
                rating=given,
                text=str(reviewing.PUBLICATION_WORDS),
                language=get_language() or "fr",
                at=calendar.now(),
            )
        except reviewing.NothingToPublish as nothing:
            agreeing.add_error(None, sentence(nothing))
        else:
            return redirect("learning:rating", given.uuid)
    form = _form_of(given)
    return _one(request, given, form=form, agreeing=agreeing)


@require_POST
@_for_the_author
def unpublish(request: HttpRequest, given: Rating) -> HttpResponse:
    """As easy as publishing (GDPR art. 7(3))."""
    reviewing.unpublish(rating=given, at=calendar.now())
    return redirect("learning:rating", given.uuid)


@require_http_methods(["GET", "HEAD", "POST"])
@_for_the_author
def remove(request: HttpRequest, given: Rating) -> HttpResponse:
    """Say what goes, then let it go."""
    if request.method == "POST":
        actions.remove(rating=given, at=calendar.now())
        return redirect("learning:ratings")
    goes = [(_("Votre note et votre avis"), _("La prochaine moyenne est calculée sans eux."))]
    if given.consent:
        goes.append((_("La publication de votre avis"), _("La page ne le montre plus.")))
    stays = [
        (
            _("La moyenne déjà publiée"),
            _("Elle est arrondie, d’au moins cinq personnes : elle ne dit rien de vous."),
        )
    ]
    context: dict[str, Any] = {"section": "ratings", "given": given, "form": Form()}
    context |= {"heading": named([given])[0].heading, "goes": goes, "stays": stays}
    return render(request, "learning/ratings/remove.html", context)


def _one(
    request: HttpRequest, given: Rating, *, form: RatingForm, agreeing: PublishForm
) -> HttpResponse:
    context = {
        "section": "ratings",
        "given": given,
        "named": named([given])[0],
        "form": form,
        "agreeing": agreeing,
    }
    status = 422 if form.errors or agreeing.errors else 200
    return render(request, "learning/ratings/one.html", context, status=status)


# --- For anybody --------------------------------------------------------------------------------


@require_safe
def reviews(request: HttpRequest, slug: str) -> HttpResponse:
    """Every published review of one parcours."""
    found: Parcours | None = catalogue().filter(slug=slug).first()
    if found is None:
        raise Http404
    page = Paginator(published_reviews(slug), REVIEWS_A_PAGE).get_page(request.GET.get("page"))
    context = {"parcours": found, "edition": found.current, "page": page, "rows": named(page)}
    return render(request, "learning/ratings/reviews.html", context)
