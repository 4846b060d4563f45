"""« Mon compte »: overview, profile, postal address, avatar."""

from __future__ import annotations

from dataclasses import replace

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clairevoie import messaging
from clairevoie.accounts.actions.profile import (
    Profile,
    PseudoNeeded,
    PseudoTaken,
    change_avatar,
    change_profile,
    remove_avatar,
)
from clairevoie.accounts.avatars import LARGE, SMALL, AvatarRefused
from clairevoie.accounts.forms.profile import COUNTRIES, AddressForm, AvatarForm, ProfileForm
from clairevoie.accounts.views.guards import at_most, member_of, own_page, page, posted
from clairevoie.lib import calendar
from clairevoie.lib.speech import sentence


@require_GET
@own_page
def overview(request: HttpRequest) -> HttpResponse:
    """What we know of the person, each thing beside the way to change it."""
    member = member_of(request)
    return page(
        request,
        "overview",
        section="overview",
        country=dict(COUNTRIES).get(member.country, ""),
        coming=messaging.show_banner(subject=member.pk, at=calendar.now()),
    )


@require_http_methods(["GET", "POST"])
@own_page
def profile(request: HttpRequest) -> HttpResponse:
    """Names, pseudo, language, gender."""
    current = Profile.of(member_of(request))
    form = ProfileForm(posted(request), initial=_initial(current))
    if form.is_valid():
        try:
            return _profile_saved(request, replace(current, **form.cleaned_data))
        except (PseudoTaken, PseudoNeeded) as refused:
            form.add_error("pseudo", sentence(refused))
    return page(request, "profile", section="profile", form=form)


def _profile_saved(request: HttpRequest, wanted: Profile) -> HttpResponse:
    change_profile(member=member_of(request), profile=wanted, at=calendar.now())
    messages.success(request, _("Votre profil est enregistré."))
    response = redirect("accounts:profile")
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        wanted.language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite="Lax",
    )
    return response


@require_http_methods(["GET", "POST"])
@own_page
def address(request: HttpRequest) -> HttpResponse:
    """The postal address, asked only of whoever wants a letter, an invoice or a contract."""
    current = Profile.of(member_of(request))
    form = AddressForm(posted(request), initial=_initial(current))
    if form.is_valid():
        wanted = replace(current, **form.cleaned_data)
        change_profile(member=member_of(request), profile=wanted, at=calendar.now())
        messages.success(request, _("Votre adresse postale est enregistrée."))
        return redirect("accounts:overview")
    return page(request, "address", section="profile", form=form)


def _initial(current: Profile) -> dict[str, str | None]:
    return {name: getattr(current, name) for name in Profile.__slots__}


@require_http_methods(["GET", "POST"])
@own_page
@at_most("20/h/user")  # decoding a picture costs the server half a second
def avatar(request: HttpRequest) -> HttpResponse:
    """Choose, replace or remove one's picture."""
    form = AvatarForm(request if request.method == "POST" else None)
    if form.is_valid():
        upload = form.cleaned_data["avatar"].read()
        try:
            change_avatar(member=member_of(request), upload=upload, at=calendar.now())
        except AvatarRefused as refused:
            form.add_error("avatar", sentence(refused))
        else:
            messages.success(request, _("Votre avatar est enregistré."))
            return redirect("accounts:avatar")
    return page(request, "avatar", section="profile", form=form)


@require_POST
@own_page
def forget_avatar(request: HttpRequest) -> HttpResponse:
    """Both renditions go; the address answers 404 from now on."""
    remove_avatar(member=member_of(request), at=calendar.now())
    messages.success(request, _("Votre avatar est supprimé."))
    return redirect("accounts:avatar")


@require_GET
@own_page
def avatar_file(request: HttpRequest, side: int) -> HttpResponseBase:
    """One's own picture: public pages show the pseudo only (P-017)."""
    member = member_of(request)
    file = {LARGE: member.avatar, SMALL: member.avatar_small}.get(side)
    if not file or not file.storage.exists(str(file.name)):
        raise Http404
    return FileResponse(
        file.open("rb"),
        content_type="image/webp",
        headers={
            "Content-Disposition": "inline",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "X-Content-Type-Options": "nosniff",
        },
    )
