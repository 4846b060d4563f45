"""What was corrected here and given to others has to reach them (GDPR art. 19, P-098)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.urls import reverse

from clairevoie import messaging, policy, privacy
from clairevoie.accounts.models import Member, Role


def tell_recipients(member: Member, *, fields: Iterable[str], at: datetime) -> None:
    """A task for whoever watches over data protection, at once; the ledger keeps that it was due.

    Runs in the transaction of the change. The message names recipients, and never the person.
    """
    told = privacy.tell_of_rectification(member.subject, fields=fields, at=at)
    if not told:
        return
    page = reverse("admin:privacy_datasubject_change", args=[member.subject.uuid])
    known = policy.current().recipients
    context = {
        "recipients": [known[code].name if code in known else code for code in told],
        "link": f"{settings.SITE_URL}{page}",
    }
    officers = Member.objects.filter(role=Role.DPO, is_active=True).values_list("pk", flat=True)
    messaging.send_many(
        dict.fromkeys(officers, context), "accounts/rectification", "security", at=at
    )
