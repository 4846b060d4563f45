"""The list of refusals leaves unless somebody says, within three years, that it is needed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from django.utils.translation import gettext as _

from clairevoie.lib.speech import day_in_full
from clairevoie.messaging.suppression import last_day_of, oldest_review
from clairevoie.privacy import reminders

AHEAD = timedelta(days=90)  # a quarter: the time of a holiday and of an absence


@reminders.remind
def review_the_list(on: date) -> Iterator[reminders.Reminder]:
    """From ninety days before the first row goes; one read of an index."""
    reviewed = oldest_review()
    if reviewed is not None and is_soon(last := last_day_of(reviewed), on=on):
        yield reminders.Reminder(
            what=to_review(last),
            last_day=last,
            permission="messaging.review_suppressions",
            page="admin:refusals",
        )


def is_soon(last: date, *, on: date) -> bool:
    """Ninety days are left, or fewer."""
    return last - on <= AHEAD


def to_review(last: date) -> str:
    """What a person must do until ``last``."""
    return _(
        "Des oppositions aux envois s’effacent après le %(day)s. Si la liste est encore "
        "nécessaire, revoyez-la."
    ) % {"day": day_in_full(last)}
