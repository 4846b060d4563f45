"""Choices of cookies in the demonstration: a few devices a day, drawn from a fixed seed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime
from functools import partial

from clairevoie.config.demonstration.timeline import Event, World
from clairevoie.consent import choices_cookie, trackers, wording
from clairevoie.consent.choosing import choose, wish
from clairevoie.consent.models import Surface
from clairevoie.lib.calendar import paris_date

DAYS = 28
_SEED = 1901


def choices(world: World) -> Iterator[Event]:
    """Some accept all, some a part, many refuse, one changes their mind each week."""
    dice = random.Random(_SEED)  # noqa: S311  # the same devices for every newcomer
    for days_ago in range(DAYS, 0, -1):
        for _ in range(dice.randint(1, 4)):
            at = world.at(days_ago, dice.randint(8, 21), dice.randint(0, 59))
            yield Event(at, partial(_choose, share=dice.random(), regrets=days_ago % 7 == 0))


def _choose(_world: World, at: datetime, *, share: float, regrets: bool) -> None:
    on = paris_date(at)
    register = trackers.register(on)
    about = tuple(register.fingerprints)
    accepted = about if share < 0.4 else about[:1] if share < 0.55 else ()
    nobody = choices_cookie.weigh(None, register, gpc=False, on=on)
    surface = Surface.PREFERENCES if len(accepted) == 1 else Surface.BANNER
    shown = wording.banner(about, again=False)
    made = wish(about=about, accepted=accepted)
    choice = choose(wish=made, before=nobody, surface=surface, shown=shown, at=at)
    if regrets and accepted:
        before = choices_cookie.weigh(choice, register, gpc=False, on=on)
        choose(
            wish=wish(about=about, accepted=()),
            before=before,
            surface=Surface.PREFERENCES,
            shown=wording.preferences(about),
            at=at,
        )
