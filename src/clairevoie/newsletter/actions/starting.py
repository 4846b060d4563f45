"""What the worker does with a letter: hand it to messaging, whatever happens in between."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef

from clairevoie import messaging, privacy
from clairevoie.messaging.models import Mailing, Pace
from clairevoie.newsletter.letters import composed
from clairevoie.newsletter.models import ACTIVITY, Campaign, recipients_of

RECENT = timedelta(days=60)


def start(*, campaign: Campaign, at: datetime) -> Mailing | None:
    """What the worker does: hand the letter to messaging, page after page.

    Killed anywhere, it goes on from there when it is called again: the mailing bears the
    letter's own number, and writes to nobody twice. None for a letter that nobody sent, or that
    was called back.
    """
    mailing = _taken(campaign, at=at)
    if mailing is None:
        return None
    readers = recipients_of(campaign).values("subject")
    return messaging.fill_mailing(mailing, recipients=readers, at=at)


@transaction.atomic
def _taken(campaign: Campaign, *, at: datetime) -> Mailing | None:
    """From here on a letter cannot be called back (planning.call_back holds the same lock)."""
    sent = Campaign.objects.select_for_update().filter(pk=campaign.pk, sent_at__isnull=False)
    letter = sent.first()
    if letter is None:
        return None
    words = composed(letter)
    return messaging.open_mailing(
        activity=ACTIVITY,
        title=words.title,
        text=words.text,
        html=words.html,
        language=letter.language,
        uuid=letter.uuid,
        at=at,
    )


@transaction.atomic
def leave(*, campaign: Campaign, at: datetime) -> bool:
    """A planned letter whose time has come is sent; False when it has not, or no longer is."""
    due = Campaign.objects.select_for_update().filter(pk=campaign.pk, leaves_at__lte=at)
    letter = due.first()
    if letter is None:
        return False
    letter.sent_at, letter.leaves_at = at, None
    letter.recipients = recipients_of(letter).count()
    letter.save(update_fields=["sent_at", "leaves_at", "recipients"])
    facts = {"letter": letter.uuid, "recipients": letter.recipients}
    privacy.ledger.append(executor="newsletter.leave", at=at, facts=facts)
    return True


def leave_due(*, at: datetime) -> int:
    """Letters whose time came while no worker was there."""
    due = Campaign.objects.filter(leaves_at__lte=at).order_by("leaves_at")
    return sum(leave(campaign=campaign, at=at) for campaign in list(due))


def mailing_of(campaign: Campaign) -> Mailing | None:
    """None for a draft, for a letter the worker has not taken yet, and years later."""
    return Mailing.objects.filter(uuid=campaign.uuid).first()


def start_unfinished(*, at: datetime) -> int:
    """Letters whose worker died before the last page."""
    waiting = unfinished(at=at)
    for campaign in waiting:
        start(campaign=campaign, at=at)
    return len(waiting)


def unfinished(*, at: datetime) -> list[Campaign]:
    """Letters that were sent, and not handed over to the last reader."""
    recent = Campaign.objects.filter(sent_at__gt=at - RECENT)
    ready = Mailing.objects.filter(uuid=OuterRef("uuid")).exclude(state=Pace.PREPARING)
    return list(recent.filter(~Exists(ready)))
