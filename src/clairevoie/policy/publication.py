"""A new version of the notice: written once, never changed; and what changed between two."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from difflib import unified_diff
from pathlib import Path
from tempfile import TemporaryDirectory

from clairevoie.lib.duration import Duration
from clairevoie.policy.checks import MAJOR_NOTICE
from clairevoie.policy.model import Importance, Policy, Version
from clairevoie.policy.reader import PolicyError, load


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a version says of itself, beside its text."""

    text: bytes
    published_on: date
    effective_on: date
    importance: Importance
    reason: str
    maxima: Mapping[str, Duration]  # those that change; the others stay as they were


def earliest_effect(published_on: date, importance: Importance) -> date:
    """The first day a version published then may take effect."""
    return published_on + MAJOR_NOTICE if importance is Importance.MAJOR else published_on


def publish(folder: Path, draft: Draft) -> Version:
    """Add the draft to ``folder`` as its next version.

    The whole policy is read with it first, in a copy: raises ``PolicyError`` and leaves the
    folder as it was when anything contradicts anything.
    """
    before = load(folder).versions
    number = len(before) + 1
    maxima = {**before[-1].maxima, **draft.maxima}
    with TemporaryDirectory(dir=folder.parent, prefix=".policy-") as workshop:
        copy = Path(workshop) / "policy"
        shutil.copytree(folder, copy)
        _write(copy / "versions" / str(number), number, draft, maxima)
        try:
            published = load(copy).versions[-1]
        except PolicyError as error:
            raise PolicyError(folder, error.problems) from None
        (copy / "versions" / str(number)).rename(folder / "versions" / str(number))
    return published


def _write(folder: Path, number: int, draft: Draft, maxima: Mapping[str, Duration]) -> None:
    folder.mkdir()
    (folder / "notice.fr.md").write_bytes(draft.text)
    longest = "\n".join(f'{_key(name)} = "{duration}"' for name, duration in maxima.items())
    (folder / "meta.toml").write_text(
        f"# Version n° {number}. Une version publiée ne change plus.\n"
        f"number     = {number}\n"
        f"published  = {draft.published_on.isoformat()}\n"
        f"effective  = {draft.effective_on.isoformat()}\n"
        f'importance = "{draft.importance}"\n'
        f"reason     = {_quoted(draft.reason)}\n"
        f'sha256     = "{hashlib.sha256(draft.text).hexdigest()}"\n'
        f"\n[maxima]\n{longest}\n",
        encoding="utf-8",
    )


def _quoted(text: str) -> str:
    """A TOML basic string: JSON's escapes are among TOML's, save DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _key(name: str) -> str:
    return name if name.replace("-", "").replace("_", "").isalnum() else _quoted(name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What changed from one version to another."""

    text: str  # a unified diff; empty when the words are the same
    maxima: Mapping[str, tuple[Duration | None, Duration | None]]  # before, after


def difference(policy: Policy, before: int, after: int) -> Difference:
    """Compare two published versions. Raises ``LookupError`` on a number nobody published."""
    old, new = _numbered(policy, before), _numbered(policy, after)
    names = dict.fromkeys((*old.maxima, *new.maxima))
    both = {name: (old.maxima.get(name), new.maxima.get(name)) for name in names}
    lines = unified_diff(
        old.text.splitlines(),
        new.text.splitlines(),
        f"version {before}",
        f"version {after}",
        lineterm="",
    )
    return Difference(
        text="\n".join(lines),
        maxima={name: pair for name, pair in both.items() if pair[0] != pair[1]},
    )


def _numbered(policy: Policy, number: int) -> Version:
    for version in policy.versions:
        if version.number == number:
            return version
    raise LookupError(number)
