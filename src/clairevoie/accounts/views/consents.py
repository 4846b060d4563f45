"""« Consentements »: each with its words and its receipt; one click to give, one to take back."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clairevoie import consent, privacy
from clairevoie.accounts.actions.consenting import (
    SOURCE,
    agree,
    ask_a_parent,
    refuse_prospecting,
    take_back,
)
from clairevoie.accounts.forms.consents import ParentForm
from clairevoie.accounts.views.guards import at_most, member_of, own_page, page, posted
from clairevoie.lib import calendar
from clairevoie.lib.contact import NotAContact
from clairevoie.lib.speech import sentence
from clairevoie.privacy.models import Consent

_A_PAGE = 20  # acts of the history
_NO_SUCH = (consent.NotByConsent, privacy.UnknownActivity)


@require_GET
@own_page
def consents(request: HttpRequest) -> HttpResponse:
    """Everything agreed to, refused and possible, then each act since the first."""
    subject = member_of(request).subject
    history = Paginator(consent.history(subject), _A_PAGE)
    choices = consent.choices(subject, language=_language())
    return page(
        request,
        "consents",
        section="consents",
        given=[choice for choice in choices if choice.given],
        possible=[choice for choice in choices if not choice.given],
        refusals=consent.refusals(subject),
        page=history.get_page(request.GET.get("page")),
    )


@require_POST
@own_page
def give(request: HttpRequest) -> HttpResponse:
    """Yes, to the words that stood beside the button."""
    try:
        agree(
            member=member_of(request),
            activity=request.POST.get("activity", ""),
            read=request.POST.get("read", ""),
            language=_language(),
            at=calendar.now(),
        )
    except consent.TextChanged as changed:
        messages.warning(request, sentence(changed))
    except _NO_SUCH as unknown:
        raise Http404 from unknown
    else:
        messages.success(request, _("Votre accord est enregistré et déjà appliqué."))
    return redirect("accounts:consents")


@require_POST
@own_page
def withdraw(request: HttpRequest) -> HttpResponse:
    """As easy as giving (GDPR art. 7(3))."""
    activity = request.POST.get("activity", "")
    if take_back(member=member_of(request), activity=activity, at=calendar.now()) is not None:
        messages.success(request, _("Votre accord est retiré, à l’instant."))
    return redirect("accounts:consents")


@require_POST
@own_page
def no_prospecting(request: HttpRequest) -> HttpResponse:
    """One click, every channel, no reason."""
    subject = member_of(request).subject
    refuse_prospecting(subject=subject, source=SOURCE, at=calendar.now())
    messages.success(
        request, _("C’est arrêté : ni e-mail, ni SMS, ni appel pour vous proposer quelque chose.")
    )
    return redirect("accounts:consents")


@require_http_methods(["GET", "POST"])
@own_page
@at_most("5/d/user")
def under_fifteen(request: HttpRequest, activity: str) -> HttpResponse:
    """The yes of somebody under fifteen: where to ask a parent."""
    try:
        words = consent.words(activity, language=_language())
    except _NO_SUCH as unknown:
        raise Http404 from unknown
    form = ParentForm(posted(request))
    if form.is_valid():
        try:
            ask_a_parent(
                member=member_of(request),
                activity=activity,
                parent_email=form.cleaned_data["parent_email"],
                language=_language(),
                at=calendar.now(),
            )
        except (consent.guardians.OwnAddress, NotAContact) as refused:
            form.add_error("parent_email", sentence(refused))
        else:
            messages.success(
                request, _("Un message est parti. Rien ne commence avant la réponse.")
            )
            return redirect("accounts:consents")
    return page(request, "under_fifteen", section="consents", form=form, words=words)


@require_GET
@own_page
def receipt(request: HttpRequest, number: int) -> HttpResponse:
    """The signed receipt, to the person it is about; to anybody else it does not exist."""
    try:
        given = consent.consent_given(member_of(request).subject, number)
    except Consent.DoesNotExist as stranger:
        raise Http404 from stranger
    day = calendar.paris_date(given.at).isoformat()
    return HttpResponse(
        consent.receipts.file_of(given, at=calendar.now()),
        content_type="application/ld+json",
        headers={
            "Content-Disposition": f'attachment; filename="recu-{given.activity}-{day}.json"',
            "X-Content-Type-Options": "nosniff",
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@at_most("60/h/ip")
def parent(request: HttpRequest, token: str) -> HttpResponse:
    """A parent's own link: yes, no, and later, no longer. Opening it does nothing."""
    guardians = consent.guardians
    try:
        asked = guardians.behind_parent_token(token, on=calendar.today())
        done, refused = (_answer(request, asked) if request.method == "POST" else ""), ""
    except (guardians.UnknownParentLink, guardians.NothingAsked) as unknown:
        return render(request, "accounts/parent.html", {"gone": sentence(unknown)}, status=404)
    except guardians.AskedForOtherThings as changed:
        done, refused = "", sentence(changed)
    context = {"asked": asked, "done": done, "refused": refused, "token": token}
    return render(request, "accounts/parent.html", context, status=409 if refused else 200)


def _answer(request: HttpRequest, asked: consent.ParentalConsent) -> str:
    """What the parent pressed; anything unknown changes nothing."""
    match request.POST.get("answer"):
        case "yes":
            consent.guardians.confirm(asked, at=calendar.now())
            return "yes"
        case "no":
            consent.guardians.refuse(asked, at=calendar.now())
            return "no"
    return ""


def _language() -> str:
    return get_language() or "fr"
