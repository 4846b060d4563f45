"""A policy that a test may change while people have already agreed to it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from clairevoie import policy
from clairevoie.policy.reader import DEFAULT
from tests.policy.conftest import rewrite


class OwnPolicy:
    """A copy of the organisation's policy, in force for one test."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def say(self, table: str, *, file: str = "activities", **values: str | None) -> None:
        """Set keys of ``[table]`` to TOML values (``_`` for ``-``); in force at once."""
        for key, value in values.items():
            rewrite(self.folder / f"{file}.toml", table, key.replace("_", "-"), value)
        policy.reread()


@contextmanager
def own_policy(tmp_path: Path, patch: pytest.MonkeyPatch) -> Iterator[OwnPolicy]:
    """The policy in force, somewhere it may be changed."""
    folder = Path(shutil.copytree(DEFAULT, tmp_path / "policy"))
    patch.setenv("CLAIREVOIE_POLICY", str(folder))
    policy.reread()
    yield OwnPolicy(folder)
    patch.undo()
    policy.reread()
