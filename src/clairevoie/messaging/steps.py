"""The part of the daily round that belongs to messages."""

from datetime import datetime

from clairevoie.messaging.announcements import announce_coming_versions
from clairevoie.messaging.delivery import deliver_due, give_up_lost
from clairevoie.messaging.mailings import resume_interrupted
from clairevoie.privacy import daily


@daily.step("messaging.deliver")
def deliver(at: datetime) -> int:
    """Try again what a provider would not take, and give up what is too late."""
    return deliver_due(at=at)


@daily.step("messaging.mailings")
def go_on_with_mailings(at: datetime) -> int:
    """Hand letters to many that stand still to the worker; give up what a lost machine held."""
    return resume_interrupted(at=at) + give_up_lost(at=at)


# Before messages leave, so that the announcement leaves the same night.
@daily.step("messaging.announce", order=400)
def announce(at: datetime) -> int:
    """Tell members of a major version of the policy, two weeks at least before it applies."""
    return announce_coming_versions(at=at)
