"""The part of the daily round that belongs to the newsletter."""

from datetime import datetime

from clairevoie.lib.calendar import paris_date
from clairevoie.newsletter.actions import (
    bringing,
    lasting,
    reading,
    sending,
    starting,
    subscribing,
)
from clairevoie.newsletter.models import Import
from clairevoie.privacy import daily


# Before the engine carries retention out (order 30), which would leave the person behind.
@daily.step("newsletter.forget-unconfirmed", order=25)
def forget_unconfirmed(at: datetime) -> int:
    """Requests that nobody confirmed for thirty days leave, with their address (P-016)."""
    return subscribing.forget_unconfirmed(on=paris_date(at))


@daily.step("newsletter.forget-stopped", order=25)
def forget_stopped(at: datetime) -> int:
    """Whoever withdrew their consent elsewhere follows nothing here any more."""
    return subscribing.forget_stopped()


# Before those that are unfinished: a letter that leaves now is one of them.
@daily.step("newsletter.leave-due", order=395)
def leave_due(at: datetime) -> int:
    """Planned letters whose hour came while no worker was there."""
    return starting.leave_due(at=at)


@daily.step("newsletter.send-unfinished", order=400)
def send_unfinished(at: datetime) -> int:
    """Letters whose worker died before the last page of readers: they go on."""
    return starting.start_unfinished(at=at)


@daily.step("newsletter.read-unfinished", order=400)
def read_unfinished(at: datetime) -> int:
    """Files whose worker died before their last line: the rest is read."""
    waiting = list(Import.objects.filter(state=Import.State.RUNNING))
    for batch in waiting:
        reading.read(batch=batch, at=at)
    return len(waiting)


@daily.step("newsletter.count", order=600)
def count(at: datetime) -> int:
    """Write down the figures of recent letters, before the messages behind them go."""
    return sending.count(at=at)


@daily.step("newsletter.count-followers", order=600)
def count_followers(at: datetime) -> int:
    """How many people follow each topic."""
    return sending.count_followers()


@daily.step("newsletter.forget-reports")
def forget_reports(at: datetime) -> int:
    """Reports of imports after a week."""
    return bringing.forget_reports(at=at)


# Before messages leave (order 500), so that it leaves the same night.
@daily.step("newsletter.ask-to-stay", order=400)
def ask_to_stay(at: datetime) -> int:
    """Once, thirty days before three years without a gesture (P-092)."""
    return lasting.ask_to_stay(at=at)


@daily.step("newsletter.end-consents", order=28)
def end_consents(at: datetime) -> int:
    """Before the engine removes the subscriptions themselves (order 30)."""
    return lasting.end_consents(at=at)
