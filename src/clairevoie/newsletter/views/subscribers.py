"""Asking for the letter, confirming, choosing, stopping.

Opening a page writes nothing: scanners open every link of a mail.
"""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from clairevoie import consent
from clairevoie.accounts.models import Member
from clairevoie.lib import calendar
from clairevoie.lib.contact import EMAIL, normalise
from clairevoie.lib.speech import sentence
from clairevoie.newsletter.actions import subscribing
from clairevoie.newsletter.forms import (
    MemberForm,
    ParentForm,
    PreferencesForm,
    SubscribeForm,
)
from clairevoie.newsletter.links import request_behind, subscription_behind
from clairevoie.newsletter.models import (
    ACTIVITY,
    Pending,
    followed_by,
    is_subscribed,
    open_topics,
    subscription_of,
)
from clairevoie.newsletter.views.doors import by_link, may_ask, may_write_to, page, too_often


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def subscribe(request: HttpRequest) -> HttpResponse:
    """The same answer whoever owns the address: only its mailbox learns more."""
    if request.method == "POST" and not may_ask(request):
        return too_often(request)
    form = SubscribeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        if may_write_to(request, normalise(EMAIL, form.cleaned_data["email"])):
            subscribing.ask(
                email=form.cleaned_data["email"],
                topics=form.cleaned_data["topics"],
                language=_language(),
                source="newsletter",
                at=calendar.now(),
            )
        return redirect("newsletter:asked")
    return page(request, "subscribe", form=form, topics=open_topics())


@require_safe
def asked(request: HttpRequest) -> HttpResponse:
    """Look into your mailbox."""
    return page(request, "asked", days=subscribing.patience().days)


@require_http_methods(["GET", "HEAD", "POST"])
@by_link
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """One button; a link used twice says so, kindly."""
    found = request_behind(token)
    if not isinstance(found, Pending):
        return page(request, "confirmed", link=found)
    form = Form(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            subscribing.confirm(pending=found, at=calendar.now())
        except (subscribing.AddressUnavailable, subscribing.WaitsForAParent) as refusal:
            form.add_error(None, sentence(refusal))
        except Pending.DoesNotExist:  # pressed twice at once: the first press did it
            return redirect("newsletter:confirm", token)
        else:
            return redirect("newsletter:confirm", token)
    topics = [topic for topic in open_topics() if topic.slug in found.topics.split()]
    asked = consent.guardians.waiting(found.subject).get(ACTIVITY)
    shown = {"pending": found, "topics": topics, "token": token}
    if asked is not None:
        last = consent.guardians.last_day(asked)
        return page(request, "waits", form=form, asked=asked, last_day=last, **shown)
    return page(request, "confirm", form=form, **shown)


@require_http_methods(["GET", "HEAD", "POST"])
@by_link
def ask_a_parent(request: HttpRequest, token: str) -> HttpResponse:
    """Under fifteen: where to ask a parent, from the mailbox the child proved to be theirs."""
    found = request_behind(token)
    if not isinstance(found, Pending):
        return redirect("newsletter:confirm", token)
    if request.method == "POST" and not may_ask(request):
        return too_often(request)
    form = ParentForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        address = form.cleaned_data["parent_email"]
        try:
            if may_write_to(request, normalise(EMAIL, address)):
                subscribing.ask_a_parent(pending=found, parent_email=address, at=calendar.now())
        except consent.guardians.OwnAddress as refusal:
            form.add_error("parent_email", sentence(refusal))
        except Pending.DoesNotExist:  # a parent answered, or the night passed, at that instant
            return redirect("newsletter:confirm", token)
        else:
            return redirect("newsletter:confirm", token)
    return page(request, "parent", form=form, pending=found, token=token)


@require_http_methods(["GET", "HEAD", "POST"])
@by_link
def preferences(request: HttpRequest, token: str) -> HttpResponse:
    """Topics, staying, stopping: the link in the mail is enough, no account is needed."""
    subscription = subscription_behind(token)
    subject = subscription.subject
    if request.method == "POST" and "stop" in request.POST:
        subscribing.stop(subject=subject, source="lettre", at=calendar.now())
        return redirect("newsletter:stopped")
    if request.method == "POST" and "stay" in request.POST:
        subscribing.stay(subscription=subscription, at=calendar.now())
        messages.success(request, _("C’est noté\u00a0: la lettre continue."))
        return redirect("newsletter:preferences", token)
    form = PreferencesForm(
        request.POST if request.method == "POST" else None, followed=followed_by(subject)
    )
    if form.is_valid():
        chosen = form.cleaned_data["topics"]
        try:
            subscribing.choose(
                subject=subject,
                topics=chosen,
                source="lettre",
                language=subscription.language,
                at=calendar.now(),
            )
        except subscribing.NoAddress as refusal:  # they took their address away meanwhile
            form.add_error(None, sentence(refusal))
        else:
            if not chosen:
                return redirect("newsletter:stopped")
            messages.success(request, _("Vos thèmes sont enregistrés."))
            return redirect("newsletter:preferences", token)
    return page(request, "preferences", form=form, subscription=subscription)


@require_safe
def stopped(request: HttpRequest) -> HttpResponse:
    """Nothing more comes; the way back is a new request."""
    return page(request, "stopped")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def mine(request: HttpRequest) -> HttpResponse:
    """« Lettre d’information » in « Mon compte »: subscribe, choose, stop in one click."""
    assert isinstance(request.user, Member)
    subject = request.user.subject
    subscribed = is_subscribed(subject)
    if request.method == "POST" and "stop" in request.POST:
        subscribing.stop(subject=subject, source="mon-compte", at=calendar.now())
        messages.success(request, _("Vous ne recevrez plus la lettre."))
        return redirect("newsletter:mine")
    typed = request.POST if request.method == "POST" else None
    form = (
        PreferencesForm(typed, followed=followed_by(subject)) if subscribed else MemberForm(typed)
    )
    if form.is_valid():
        try:
            subscribing.choose(
                subject=subject,
                topics=form.cleaned_data["topics"],
                source="mon-compte",
                language=_language(),
                at=calendar.now(),
            )
        except subscribing.NoAddress as refusal:
            form.add_error(None, sentence(refusal))
        else:
            messages.success(request, _("Vos choix sont enregistrés et déjà appliqués."))
            return redirect("newsletter:mine")
    return page(
        request,
        "mine",
        form=form,
        section="newsletter",
        subscribed=subscribed,
        subscription=subscription_of(subject),
        address=subscribing.address_of(subject),
        asked=consent.guardians.waiting(subject).get(ACTIVITY),
    )


def _language() -> str:
    return (get_language() or "fr")[:2]
