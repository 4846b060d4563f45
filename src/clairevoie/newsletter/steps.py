"""The part of the daily round that belongs to the newsletter."""

from datetime import datetime

from clairevoie.lib.calendar import paris_date
from clairevoie.newsletter.actions import subscribing
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
