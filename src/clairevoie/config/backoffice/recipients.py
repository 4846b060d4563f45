"""The page of recipients: who may receive what, and the switch that cuts one off (P-040)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clairevoie import policy, privacy
from clairevoie.lib import calendar
from clairevoie.lib.speech import sentence
from clairevoie.privacy.backoffice import author
from clairevoie.privacy.models import RecipientStop
from clairevoie.site.words import COUNTRIES, ROLES

SWITCH = "privacy.switch_recipient"


class StopForm(forms.Form):
    """Why nothing goes to a recipient any more."""

    recipient = forms.CharField(max_length=64)
    reason = forms.CharField(
        max_length=200,
        error_messages={"required": gettext_lazy("Dites pourquoi ce destinataire est coupé.")},
    )


def listed(request: HttpRequest, _site: AdminSite) -> dict[str, Any]:
    """Every recipient of the policy, and whether it receives anything now."""
    live = {row.recipient: row for row in RecipientStop.objects.filter(resumed_at__isnull=True)}
    return {
        "rows": [
            {
                "recipient": recipient,
                "role": ROLES[recipient.role],
                "countries": [COUNTRIES.get(code, code) for code in recipient.countries_stored],
                "stop": live.get(recipient.code),
            }
            for recipient in policy.current().recipients.values()
        ],
        "may_switch": request.user.has_perm(SWITCH),
    }


def stop(request: HttpRequest, _site: AdminSite) -> HttpResponse:
    """Cut one off: effective within two seconds, everywhere."""
    form = StopForm(request.POST)
    if not form.is_valid():
        messages.error(request, str(next(iter(form.errors.values()))[0]))
        return _back()
    try:
        privacy.recipients.stop(author=author(request), at=calendar.now(), **form.cleaned_data)
    except (privacy.recipients.UnknownRecipient, privacy.recipients.AlreadyStopped) as refusal:
        messages.error(request, sentence(refusal))
    else:
        messages.success(request, _("Coupé\u00a0: plus rien ne part vers ce destinataire."))
    return _back()


def resume(request: HttpRequest, _site: AdminSite) -> HttpResponse:
    """Open one again, as far as the policy lets it receive anything."""
    code = request.POST.get("recipient", "")
    try:
        privacy.recipients.resume(recipient=code, author=author(request), at=calendar.now())
    except privacy.recipients.NotStopped as refusal:
        messages.error(request, sentence(refusal))
    else:
        messages.success(request, _("Rétabli."))
    return _back()


def _back() -> HttpResponse:
    return HttpResponseRedirect(reverse("admin:recipients"))
