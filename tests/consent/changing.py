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

    def say_all(self, *values: tuple[str, str, str, str | None]) -> None:
        """Set several keys, as (file, table, key, TOML value), which only agree together."""
        for file, table, key, value in values:
            rewrite(self.folder / f"{file}.toml", table, key, value)
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


def switch_on(changing: OwnPolicy, code: str, *, checked: str = "2026-11-20") -> None:
    """A third party of the register, with all its papers in order."""
    changing.say_all(
        ("recipients", code, "contract-on", "2026-11-01"),
        ("recipients", code, "active", "true"),
        ("trackers", code, "policy-checked-on", checked),
        ("trackers", code, "active", "true"),
    )
