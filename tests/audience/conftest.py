"""Nothing counted yet: the sums of a process outlive a test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def nothing_counted_yet(db: None) -> Iterator[None]:
    from clairevoie.audience.counting import tally  # needs the apps, which load after this file

    tally._counts.clear()
    yield
    tally._counts.clear()
