"""A copy of the organisation's policy that a test may spoil."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from clairevoie import policy
from clairevoie.policy.reader import DEFAULT


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The policy in force, somewhere it may be changed."""
    return Path(shutil.copytree(DEFAULT, tmp_path / "policy"))


def rewrite(path: Path, table: str, key: str, value: str | None) -> None:
    """Set ``key`` of ``[table]`` to a TOML value, add it, or remove it with ``None``."""
    header = rf"(?m)^\[{re.escape(table)}\]$" if table else r"\A"
    text = path.read_text(encoding="utf-8")
    start = re.search(header, text)
    assert start, f"{path.name} has no [{table}]"
    following = re.compile(r"(?m)^\[").search(text, start.end())
    end = following.start() if following else len(text)
    line = "" if value is None else f"{key} = {value}\n"
    entry, found = re.subn(
        rf"(?m)^{re.escape(key)} *=.*\n", lambda _: line, text[start.end() : end]
    )
    entry = entry if found or value is None else f"\n{line}{entry}"
    path.write_text(text[: start.end()] + entry + text[end:], encoding="utf-8")


def refusal(folder: Path) -> str:
    """What the reader says of a folder that it must refuse."""
    with pytest.raises(policy.PolicyError) as caught:
        policy.load(folder)
    return str(caught.value)
