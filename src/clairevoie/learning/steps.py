"""The part of the daily round that belongs to learning."""

from datetime import datetime

from clairevoie import privacy
from clairevoie.learning.actions import (
    counting,
    improving,
    inviting_addresses,
    motivating,
    submitting,
)
from clairevoie.lib.calendar import paris_date


# Before the engine carries retention out (order 30), which would leave the person behind.
@privacy.daily.step("learning.forget-unanswered", order=25)
def forget_unanswered(at: datetime) -> int:
    """Addresses invited to a session that did not answer for thirty days leave (P-087)."""
    return inviting_addresses.forget_unanswered(on=paris_date(at))


# After what has come to its term has left (order 30).
@privacy.daily.step("learning.count", order=300)
def count(at: datetime) -> int:
    """The figures that the public reads, renewed where five people or more have moved (P-023)."""
    return counting.count(at=at)


@privacy.daily.step("learning.motivation", order=300)
def compute_motivation(at: datetime) -> int:
    """After what is due has left; before messages leave (P-025)."""
    return motivating.compute(on=paris_date(at))


@privacy.daily.step("learning.improve", order=300)
def rebuild_difficulties(at: datetime) -> int:
    """Where lessons are unclear, without those who objected until tonight (P-011)."""
    return improving.rebuild(on=paris_date(at))


@privacy.daily.step("learning.sweep-documents", order=890)
def sweep_documents(at: datetime) -> int:
    """A kill between a file and its row leaves a file that nobody would erase."""
    return submitting.sweep_documents(at=at)
