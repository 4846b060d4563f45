"""Expiry notices: the engine writes that one is due, this tells the person (promises.md C.5)."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation

from clairevoie import messaging
from clairevoie.accounts.actions.leaving import link_to_keep
from clairevoie.accounts.models import Member
from clairevoie.lib.calendar import paris_date
from clairevoie.lib.speech import day_in_full
from clairevoie.privacy.models import ExpiryNotice

_BATCH = 200


def deliver_notices(*, at: datetime) -> int:
    """Tell each person due: by e-mail, else by SMS, else nothing, and it is written (C.5).

    A batch a transaction: killed at any instruction, nobody is told twice or not at all.
    """
    delivered = 0
    while batch := _deliver_batch(at):
        delivered += batch
    return delivered


@transaction.atomic
def _deliver_batch(at: datetime) -> int:
    waiting = ExpiryNotice.including_restricted.filter(delivered_on__isnull=True)
    notices = list(
        waiting.select_for_update(skip_locked=True, of=("self",))
        .select_related("subject__member")
        .order_by("id")[:_BATCH]
    )
    for notice in notices:
        notice.channel = _deliver(notice, at)
        notice.delivered_on = paris_date(at)
    ExpiryNotice.including_restricted.bulk_update(notices, ["channel", "delivered_on"])
    return len(notices)


def _deliver(notice: ExpiryNotice, at: datetime) -> str:
    message = messaging.send(
        notice.subject,
        f"accounts/expiry-{notice.rule}",
        "service-notices",
        context=_words(notice),
        at=at,
    )
    return str(message.channel)


def _words(notice: ExpiryNotice) -> dict[str, str]:
    """The date in full, and the link whose button keeps the account (C.3)."""
    member: Member | None = getattr(notice.subject, "member", None)
    token = link_to_keep(notice.subject, last_day=notice.last_day)
    with translation.override(member.language if member else settings.LANGUAGE_CODE):
        last_day = day_in_full(notice.last_day)
    return {
        "last_day": last_day,
        "link": f"{settings.SITE_URL}{reverse('accounts:keep', args=[token])}",
    }
