"""Three years without a gesture: asked once whether to go on, then let go (R-NEWS, P-092)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import islice

from django.db import transaction
from django.db.models import QuerySet

from clairevoie import messaging, policy, privacy
from clairevoie.lib import calendar
from clairevoie.lib.calendar import paris_date
from clairevoie.lib.duration import Duration
from clairevoie.newsletter.links import preferences_link
from clairevoie.newsletter.models import ACTIVITY, Subscription

ASKED_BEFORE = timedelta(days=30)
BATCH = 1_000


def ask_to_stay(*, at: datetime) -> int:
    """Thirty days before the term, one mail, once; opening it is no gesture."""
    on, asked = paris_date(at), 0
    while batch := list(_ending_by(on + ASKED_BEFORE).filter(asked_to_stay_on=None)[:BATCH]):
        with transaction.atomic():
            contexts = {
                subscription.subject_id: {
                    "link": preferences_link(subscription),
                    "last_day": calendar.last_lawful_day(subscription.last_act_on, _term()),
                }
                for subscription in batch
            }
            messaging.send_many(contexts, "newsletter/stay", ACTIVITY, at=at)
            Subscription.including_restricted.filter(pk__in=[s.pk for s in batch]).update(
                asked_to_stay_on=on
            )
        asked += len(batch)
    return asked


def end_consents(*, at: datetime) -> int:
    """The night a subscription leaves, so does the consent behind it: nothing is left standing.

    The rows themselves are the engine's to remove, with its proof.
    """
    ending = _ending_by(paris_date(at) - timedelta(days=1)).iterator(chunk_size=BATCH)
    ended = 0
    while batch := [subscription.subject for subscription in islice(ending, BATCH)]:
        ended += privacy.withdraw_consents(batch, activity=ACTIVITY, source="terme", at=at)
    return ended


def _ending_by(last_day: date) -> QuerySet[Subscription]:
    """Subscriptions whose last lawful day is ``last_day`` or before."""
    latest = calendar.latest_clock_ended_by(last_day, _term())
    rows: QuerySet[Subscription] = Subscription.including_restricted.filter(
        last_act_on__lte=latest, subject__restricted=False, subject__held=False
    )
    return rows.select_related("subject").order_by("last_act_on", "id")


def _term() -> Duration:
    duration = policy.current().retention[ACTIVITY].duration
    assert duration is not None
    return duration
