"""A third party's own policy is opened again each month, or its tracker goes out (P-051)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from django.utils.translation import gettext as _

from clairevoie import policy
from clairevoie.consent.trackers import LINK_CHECKED_WITHIN
from clairevoie.lib.speech import day_in_full
from clairevoie.policy import Tracker
from clairevoie.privacy import reminders

AHEAD: Final = timedelta(days=10)


@reminders.remind
def open_their_policies(on: date) -> Iterator[reminders.Reminder]:
    """From ten days before a tracker goes out, and for as long as it is out. No query."""
    current = policy.current()
    for tracker in current.trackers.values():
        seen = tracker.policy_checked_on
        if not (tracker.active and tracker.third_party and seen):
            continue
        last = seen + LINK_CHECKED_WITHIN
        if last - on <= AHEAD:
            yield reminders.Reminder(
                what=_to_open(tracker, seen) if on <= last else _gone_out(tracker, seen),
                last_day=last,
                permission="consent.view_trackerchoice",
                page="admin:trackers",
            )


def _to_open(tracker: Tracker, seen: date) -> str:
    return _(
        "Le traceur %(code)s s’éteint %(days)d jours après la dernière lecture de la politique de "
        "%(provider)s, le %(day)s. Ouvrez son lien, puis datez-le (policy-checked-on)."
    ) % _facts(tracker, seen)


def _gone_out(tracker: Tracker, seen: date) -> str:
    return _(
        "Le traceur %(code)s est éteint\u00a0: la politique de %(provider)s n’a pas été relue "
        "depuis le %(day)s. Ouvrez son lien, puis datez-le (policy-checked-on)."
    ) % _facts(tracker, seen)


def _facts(tracker: Tracker, seen: date) -> dict[str, object]:
    return {
        "code": tracker.code,
        "provider": tracker.provider,
        "day": day_in_full(seen),
        "days": LINK_CHECKED_WITHIN.days,
    }
