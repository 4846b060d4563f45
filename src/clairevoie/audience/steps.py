"""The part of the daily round that belongs to the measure of audience."""

from datetime import datetime

from clairevoie import privacy
from clairevoie.audience.counting import tally


@privacy.daily.step("audience.count", order=300)
def settle_counts(at: datetime) -> int:
    """Add what this process still holds (P-039); says on the policy page that counting runs."""
    return tally.settle()
