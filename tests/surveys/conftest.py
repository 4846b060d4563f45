"""A survey, and a way to invite to it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

import pytest
import time_machine

if TYPE_CHECKING:
    from clairevoie.surveys.models import Survey
    from tests.surveys.scene import Invite


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    """Pages ask the clock: it says the reference day."""
    from tests.cast import NOW

    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def survey(db: None) -> Survey:
    """« La donnée sans peur », ended on 20 November, open until 20 December 2026."""
    from tests.surveys.scene import opened

    return opened()


@pytest.fixture
def invite(survey: Survey) -> Invite:
    """Ask one person; returns the invitation."""
    from tests.surveys.scene import invitation_of

    return partial(invitation_of, survey=survey)
