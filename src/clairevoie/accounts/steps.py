"""The part of the daily round that belongs to accounts."""

from datetime import datetime

from clairevoie.accounts.actions import joining
from clairevoie.accounts.models import CacheEntry
from clairevoie.lib.calendar import paris_date
from clairevoie.privacy import daily


@daily.step("accounts.forget-unverified")
def forget_unverified(at: datetime) -> int:
    """Sign-ups that nobody proved for a day leave: they may hold somebody else's address."""
    return joining.forget_unverified(on=paris_date(at))


@daily.step("accounts.forget-attempts")
def forget_attempts(at: datetime) -> int:
    """Counters of attempts that expired; Django's cache only removes them when full."""
    gone, _ = CacheEntry.objects.filter(expires__lt=at).delete()
    return gone
