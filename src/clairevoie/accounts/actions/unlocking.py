"""Telling somebody a week ahead that their data will be used again (GDPR art. 18(3), P-101)."""

from __future__ import annotations

from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.utils import translation

from clairevoie import messaging, privacy
from clairevoie.accounts.models import Member
from clairevoie.lib.calendar import paris_date
from clairevoie.lib.speech import day_in_full
from clairevoie.privacy.models import DataSubject


@transaction.atomic
def announce_release(*, subject: DataSubject, at: datetime) -> date:
    """Write to the person; the day on which their data are unlocked.

    Raises what ``privacy.announce_release`` raises.
    """
    lifted = privacy.announce_release(subject, on=paris_date(at))
    member = Member.objects.filter(subject=subject).first()
    with translation.override(member.language if member else settings.LANGUAGE_CODE):
        day = day_in_full(lifted)
    messaging.send(subject, "accounts/release-announced", "rights", context={"day": day}, at=at)
    return lifted
