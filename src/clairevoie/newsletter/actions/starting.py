"""What the worker does with a letter: hand it to messaging, whatever happens in between."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef

from clairevoie import messaging
from clairevoie.messaging.models import Mailing, Pace
from clairevoie.newsletter.letters import composed
from clairevoie.newsletter.models import ACTIVITY, Campaign, recipients_of

RECENT = timedelta(days=60)


def start(*, campaign: Campaign, at: datetime) -> Mailing | None:
    """What the worker does: hand the letter to messaging, page after page.

    Killed anywhere, it goes on from there when it is called again: the mailing bears the
    letter's own number, and writes to nobody twice. None for a letter that nobody sent.
    """
    if campaign.is_draft:
        return None
    letter = composed(campaign)
    return messaging.start_mailing(
        activity=ACTIVITY,
        title=letter.title,
        text=letter.text,
        html=letter.html,
        language=campaign.language,
        recipients=recipients_of(campaign).values("subject"),
        uuid=campaign.uuid,
        at=at,
    )


def mailing_of(campaign: Campaign) -> Mailing | None:
    """None for a draft, for a letter the worker has not taken yet, and years later."""
    return Mailing.objects.filter(uuid=campaign.uuid).first()


def start_unfinished(*, at: datetime) -> int:
    """Letters whose worker died before the last page."""
    recent = Campaign.objects.filter(sent_at__gt=at - RECENT)
    ready = Mailing.objects.filter(uuid=OuterRef("uuid")).exclude(state=Pace.PREPARING)
    waiting = list(recent.filter(~Exists(ready)))
    for campaign in waiting:
        start(campaign=campaign, at=at)
    return len(waiting)
