"""The part of the daily round that belongs to accounts."""

from datetime import datetime

from clairevoie import messaging
from clairevoie.accounts import notices
from clairevoie.accounts.actions import joining, profile
from clairevoie.accounts.models import CacheEntry, Member, Role
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


@daily.step("accounts.deliver-notices", order=15)
def deliver_notices(at: datetime) -> int:
    """After the engine has written them (order 10), and before anything leaves (order 30)."""
    return notices.deliver_notices(at=at)


@daily.step("accounts.sweep-avatars", order=890)
def sweep_avatars(at: datetime) -> int:
    """A kill between a picture and its row leaves a file that nobody would erase."""
    return profile.sweep_avatars(at=at)


@daily.alarm
def tell_officer(code: str, at: datetime) -> None:
    """The round was late or a step failed: whoever watches over data protection knows (P-001)."""
    for officer in Member.objects.filter(role=Role.DPO, is_active=True).select_related("subject"):
        messaging.send(officer.subject, f"accounts/{code.replace('.', '-')}", "security", at=at)
