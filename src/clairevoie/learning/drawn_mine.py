"""The parts of « Mes formations », drawn once for all that they depend on.

A learner opens the page more often than they move on; nothing here names anybody.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from uuid import UUID

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from clairevoie.learning.dashboard import Dashboard, Followed
from clairevoie.learning.outline import outline_of
from clairevoie.learning.progress import progress_from
from clairevoie.learning.streak import Streak

_Card = tuple[str, UUID, int, int, str, bool, str, date]


def drawn(dashboard: Dashboard) -> SafeString:
    """The pace, then what is under way; empty for whoever follows nothing."""
    if not dashboard.under_way and not dashboard.finished:
        return SafeString()
    language = get_language() or "fr"
    parts = [_pace(dashboard.streak, dashboard.chapters, dashboard.minutes_left, language)]
    parts += [_followed(_card_of(one), language) for one in dashboard.under_way]
    return mark_safe("".join(parts))  # noqa: S308  # templates


def _card_of(one: Followed) -> _Card:
    return (
        one.parcours,
        one.outline.edition,
        one.progress.done,
        one.minutes_left,
        one.next.place if one.next else "",
        one.begun,
        one.waiting.place if one.waiting else "",
        one.last_on,
    )


@lru_cache(maxsize=2048)
def _pace(streak: Streak, chapters: int, minutes_left: int, _language: str) -> str:
    context = {"streak": streak, "chapters": chapters, "minutes_left": minutes_left}
    return render_to_string("learning/mine/pace.html", context)


@lru_cache(maxsize=2048)
def _followed(card: _Card, language: str) -> str:
    """``language`` is the active one: it keys the memory."""
    parcours, edition, done, minutes_left, to_do, begun, waits, last_on = card
    outline = outline_of(edition)
    one = Followed(
        parcours=parcours,
        outline=outline,
        progress=progress_from(done=done, total=len(outline.steps)),
        minutes_left=minutes_left,
        next=outline.at(to_do),
        begun=begun,
        waiting=outline.at(waits),
        last_on=last_on,
        finished_on=None,
    )
    foreign = outline.language if outline.language != language else ""
    return render_to_string("learning/mine/followed.html", {"one": one, "foreign": foreign})
