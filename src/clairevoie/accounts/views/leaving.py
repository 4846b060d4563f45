"""Contacts, the e-mail's removal, recovery codes, closing, and keeping the account."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from clairevoie import privacy
from clairevoie.accounts.actions.leaving import (
    AlreadyClosed,
    LastAdministrator,
    LinkNoLongerValid,
    NoEmail,
    can_sign_in_by_phone,
    close_account,
    keep_account,
    owner_of_link,
    remove_email,
)
from clairevoie.accounts.actions.profile import PseudoNeeded, PseudoTaken
from clairevoie.accounts.actions.recovery import (
    WrongRecoveryCode,
    issue_recovery_codes,
    recover,
)
from clairevoie.accounts.forms.leaving import CloseForm, RecoverForm, RemoveEmailForm
from clairevoie.accounts.models import RecoveryCode
from clairevoie.accounts.terminals import terminal_of
from clairevoie.accounts.views.guards import (
    at_most,
    member_of,
    own_page,
    page,
    posted,
    sure_of_person,
)
from clairevoie.accounts.views.kept import what_goes_and_what_stays
from clairevoie.lib import calendar
from clairevoie.lib.speech import sentence


@require_GET
@own_page
def contacts(request: HttpRequest) -> HttpResponse:
    """E-mail, telephone, recovery codes: the ways in and back in."""
    codes = RecoveryCode.including_restricted.filter(subject=request.user.pk).count()
    return page(request, "contacts", section="security", codes=codes)


@require_http_methods(["GET", "POST"])
@own_page
@sure_of_person
def remove_my_email(request: HttpRequest) -> HttpResponse:
    """A warning, a yes, and the address is nowhere any more (P-086)."""
    member = member_of(request)
    if member.email is None:
        return redirect("accounts:contacts")
    by_phone = can_sign_in_by_phone(member)
    form = RemoveEmailForm(posted(request), ask_pseudo=not (by_phone or member.pseudo))
    if form.is_valid():
        pseudo = form.cleaned_data.get("pseudo")
        try:
            codes = remove_email(
                member=member, pseudo=pseudo, terminal=terminal_of(request), at=calendar.now()
            )
        except (PseudoTaken, PseudoNeeded) as refused:
            form.add_error("pseudo", sentence(refused))
        except NoEmail:
            return redirect("accounts:contacts")
        else:
            return _email_removed(request, codes)
    return page(request, "remove_email", section="security", form=form, by_phone=by_phone)


def _email_removed(request: HttpRequest, codes: tuple[str, ...]) -> HttpResponse:
    messages.success(request, _("Votre adresse e-mail est retirée."))
    if not codes:
        return redirect("accounts:contacts")
    return page(request, "codes_issued", section="security", codes=codes)


@require_http_methods(["GET", "POST"])
@own_page
@sure_of_person
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """New codes; the old ones open nothing any more."""
    if request.method == "POST":
        codes = issue_recovery_codes(
            member=member_of(request), terminal=terminal_of(request), at=calendar.now()
        )
        return page(request, "codes_issued", section="security", codes=codes)
    left = RecoveryCode.including_restricted.filter(subject=request.user.pk).count()
    return page(request, "recovery_codes", section="security", left=left)


@sensitive_post_parameters("code", "password", "again")
@require_http_methods(["GET", "POST"])
@never_cache
@at_most("10/h/ip,30/d/ip")
def recover_account(request: HttpRequest) -> HttpResponse:
    """« J’ai un code de récupération »: a new password without e-mail or telephone."""
    form = RecoverForm(posted(request))
    if form.is_valid():
        try:
            recover(
                identifier=form.cleaned_data["identifier"],
                code=form.cleaned_data["code"],
                password=form.cleaned_data["password"],
                terminal=terminal_of(request),
                at=calendar.now(),
            )
        except WrongRecoveryCode as refused:
            form.add_error(None, ValidationError(sentence(refused)))
        else:
            messages.success(request, _("Votre mot de passe est changé. Connectez-vous."))
            return redirect("account_login")
    return page(request, "recover", section="security", form=form)


@require_http_methods(["GET", "POST"])
@own_page
@sure_of_person
def close(request: HttpRequest) -> HttpResponse:
    """What goes, what must stay and why; then the account is closed at once (P-089)."""
    member = member_of(request)
    form = CloseForm(posted(request), ask_proofs=bool(privacy.proofs_of(member.subject)))
    if form.is_valid():
        try:
            close_account(member=member, at=calendar.now(), give_up_proofs=form.gives_up)
        except (AlreadyClosed, LastAdministrator, privacy.CannotErase) as refused:
            form.add_error(None, ValidationError(sentence(refused)))
        else:
            logout(request)
            return redirect("accounts:closed")
    goes, stays = what_goes_and_what_stays(member.subject, on=calendar.today())
    return page(request, "close", section="close", form=form, goes=goes, stays=stays)


@require_GET
def closed(request: HttpRequest) -> HttpResponse:
    """Goodbye: names nobody, so that anyone may open it."""
    return render(request, "accounts/closed.html")


@require_http_methods(["GET", "POST"])
@never_cache
def keep(request: HttpRequest, token: str) -> HttpResponse:
    """« Garder mon compte », from an expiry notice: the link shows, the button acts (C.3).

    Mail scanners follow links; only a person presses the button.
    """
    try:
        if request.method == "POST":
            keep_account(token=token, at=calendar.now())
        else:
            owner_of_link(token, on=calendar.today())
    except LinkNoLongerValid as refused:
        return render(request, "accounts/keep.html", {"refused": sentence(refused)}, status=404)
    return render(request, "accounts/keep.html", {"kept": request.method == "POST"})
