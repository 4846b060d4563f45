"""A parcours drawn as an openwork wall: a row a module, a lozenge a chapter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

_WIDE, _HIGH = 20, 28  # the step of the house's lattice


@dataclass(frozen=True, slots=True, kw_only=True)
class Lattice:
    """What the template draws; sizes in units of the view box."""

    width: int
    height: int
    path: str


def lattice_of(counts: Sequence[int]) -> Lattice:
    """``counts``: chapters of each module, in order."""
    return _lattice(tuple(counts))


@lru_cache(maxsize=512)
def _lattice(counts: tuple[int, ...]) -> Lattice:
    lozenges = []
    for row, count in enumerate(counts):
        top, shift = _start_of(row)
        lozenges += [_lozenge(shift + column * _WIDE, top) for column in range(count)]
    longest = max(
        (count * _WIDE + (row % 2) * _WIDE // 2 for row, count in enumerate(counts)), default=_WIDE
    )
    height = len(counts) * (_HIGH // 2 + 2) + _HIGH // 2
    return Lattice(width=longest, height=height, path="".join(lozenges))


@dataclass(frozen=True, slots=True, kw_only=True)
class Wall:
    """The lattice of one learner: what is done, and what is left."""

    width: int
    height: int
    done: str
    left: str


def wall_of(rows: Sequence[Sequence[bool]]) -> Wall:
    """``rows``: for each step of each module, whether it is done."""
    size = lattice_of([len(row) for row in rows])
    paths: tuple[list[str], list[str]] = ([], [])
    for number, row in enumerate(rows):
        top, shift = _start_of(number)
        for column, is_done in enumerate(row):
            paths[is_done].append(_lozenge(shift + column * _WIDE, top))
    return Wall(
        width=size.width, height=size.height, done="".join(paths[1]), left="".join(paths[0])
    )


def _start_of(row: int) -> tuple[int, int]:
    """Its top, and how far its first lozenge stands."""
    return row * _HIGH // 2 + row * 2, (row % 2) * _WIDE // 2


def _lozenge(left: int, top: int) -> str:
    half, tall = _WIDE // 2 - 1, _HIGH // 2 - 1
    return f"M{left + half + 1} {top}l{half} {tall}l-{half} {tall}l-{half}-{tall}z"
