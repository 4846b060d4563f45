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
        top = row * _HIGH // 2 + row * 2
        shift = (row % 2) * _WIDE // 2
        lozenges += [_lozenge(shift + column * _WIDE, top) for column in range(count)]
    longest = max(
        (count * _WIDE + (row % 2) * _WIDE // 2 for row, count in enumerate(counts)), default=_WIDE
    )
    height = len(counts) * (_HIGH // 2 + 2) + _HIGH // 2
    return Lattice(width=longest, height=height, path="".join(lozenges))


def _lozenge(left: int, top: int) -> str:
    half, tall = _WIDE // 2 - 1, _HIGH // 2 - 1
    return f"M{left + half + 1} {top}l{half} {tall}l-{half} {tall}l-{half}-{tall}z"
