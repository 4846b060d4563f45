"""What the tests of consent share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.consent.changing import OwnPolicy, own_policy


@pytest.fixture
def changing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[OwnPolicy]:
    """A policy of this test's own: ``changing.say("newsletter", purposes='["…"]')``."""
    with own_policy(tmp_path, monkeypatch) as mine:
        yield mine
