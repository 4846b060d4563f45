"""What somebody must do by hand before a day comes, else something leaves that was still needed.

Apps say it here; the back office's first page, ``policy check`` and the daily round repeat it::

    @reminders.remind
    def review_the_list(on: date) -> Iterable[Reminder]: ...
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

Asked = Callable[[date], "Iterable[Reminder]"]
_asked: list[Asked] = []


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """One thing to do until ``last_day``, by whoever has ``permission``, at the page ``page``."""

    what: str
    last_day: date
    permission: str
    page: str  # the name of an address of the back office


def remind(function: Asked) -> Asked:
    """Have ``function(on)`` say what is to be done."""
    _asked.append(function)
    return function


def reminders(*, on: date) -> list[Reminder]:
    """Everything to be done, the most urgent first."""
    found = [reminder for ask in _asked for reminder in ask(on)]
    return sorted(found, key=lambda reminder: reminder.last_day)
