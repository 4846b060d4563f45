"""The part of the daily round that belongs to messages."""

from datetime import datetime

from clairevoie.messaging.delivery import deliver_due
from clairevoie.privacy import daily


@daily.step("messaging.deliver")
def deliver(at: datetime) -> int:
    """Try again what a provider would not take, and give up what is too late."""
    return deliver_due(at=at)
