"""Figures drawn by the server from the policy's own values. Geometry only; words are templates'.

The openings of the wall are diamonds. Many are drawn as one path, so that a page of figures
stays small and quick.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from clairevoie.lib.duration import Duration
from clairevoie.policy import Policy, Promise, RetentionRule

Point: TypeAlias = tuple[float, float]
YEARS: Final = 50  # as wide as the longest promise: validated projects and certificates
_SOLID: Final = 0.84  # of a diamond; the rest is the slat around it


def _closed(points: Iterable[Point]) -> str:
    """A closed outline, in the syntax of a path."""
    return "M" + "L".join(f"{round(x, 2):g} {round(y, 2):g}" for x, y in points) + "z"


def _diamond(x: float, y: float, half_width: float, half_height: float) -> str:
    """A diamond centred on ``x``, ``y``."""
    return _closed(
        [(x, y - half_height), (x + half_width, y), (x, y + half_height), (x - half_width, y)]
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Wall:
    """The promises as an openwork wall, in their order: open once something executes them."""

    width: int  # whole numbers: templates would print 1.5 as « 1,5 »
    height: int
    open: str
    shut: str
    executed: int
    planned: int

    @property
    def promises(self) -> int:
        return self.executed + self.planned


def wall_of(policy: Policy, columns: int = 11) -> Wall:
    """Rows of ``columns`` diamonds, every other row shifted by half a diamond."""
    half_width, half_height = 10.0, 15.0
    drawn: dict[bool, list[str]] = {True: [], False: []}
    for index, promise in enumerate(policy.promises.values()):
        row, column = divmod(index, columns)
        x, y = half_width * (1 + 2 * column + row % 2), half_height * (1 + row)
        drawn[promise.planned].append(_diamond(x, y, half_width * _SOLID, half_height * _SOLID))
    rows = -(-len(policy.promises) // columns)
    return Wall(
        width=round(half_width * (2 * columns + 1)),
        height=round(half_height * (rows + 1)),
        open="".join(drawn[False]),
        shut="".join(drawn[True]),
        executed=len(drawn[False]),
        planned=len(drawn[True]),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """A few promises side by side, beside the title of their chapter."""

    width: int
    height: int
    open: str
    shut: str


def strip_of(promises: Sequence[Promise]) -> Strip:
    """One diamond a promise, in their order."""
    width, height = 10, 15
    drawn: dict[bool, list[str]] = {True: [], False: []}
    for index, promise in enumerate(promises):
        outline = _diamond(
            width * (index + 0.5), height / 2, width / 2 * _SOLID, height / 2 * _SOLID
        )
        drawn[promise.planned].append(outline)
    return Strip(
        width=width * len(promises),
        height=height,
        open="".join(drawn[False]),
        shut="".join(drawn[True]),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A retention rule as a row of years: what is kept, what is left of the scale."""

    rule: RetentionRule
    kept: str
    left: str


def years_in(duration: Duration) -> float:
    """Years, for drawing only: a month is a twelfth, a day a 365th."""
    return duration.months / 12 + duration.days / 365


def _beginning(x: float, share: float, half_height: float) -> str:
    """The left ``share`` (0–1) of the diamond that fills ``x`` to ``x + 2``."""
    width = 2 * _SOLID
    start, edge = x + 1 - _SOLID, x + 1 - _SOLID + share * width
    top = half_height * _SOLID
    reach = top * (1 - abs(1 - 2 * share))
    shoulder = [(x + 1, half_height - top)] if share > 0.5 else []
    foot = [(x + 1, half_height + top)] if share > 0.5 else []
    above, below = (edge, half_height - reach), (edge, half_height + reach)
    return _closed([(start, half_height), *shoulder, above, below, *foot])


def _years(total: float, half_height: float) -> Iterator[tuple[str, bool]]:
    """Outlines and whether they are kept; a part of a year is drawn over its empty diamond."""
    for year in range(YEARS):
        share = min(max(total - year, 0.0), 1.0)
        whole = _diamond(2 * year + 1, half_height, _SOLID, half_height * _SOLID)
        yield whole, share == 1.0
        if 0.0 < share < 1.0:
            yield _beginning(2 * year, share, half_height), True


def span_of(rule: RetentionRule, half_height: float = 1.8) -> Span:
    """One diamond a year, over fifty years; a part of a year fills a part of a diamond."""
    drawn = list(_years(years_in(rule.duration or Duration()), half_height))
    return Span(
        rule=rule,
        kept="".join(outline for outline, kept in drawn if kept),
        left="".join(outline for outline, kept in drawn if not kept),
    )


# What a newcomer asks about first; the whole list is on the policy page.
FIRST_ASKED: Final = (
    "certificate",
    "invoice",
    "account",
    "prospect",
    "suspended-account",
    "security-log",
    "closed-account",
)


def spans_of(policy: Policy, codes: Iterable[str] = FIRST_ASKED) -> list[Span]:
    """The rules of ``codes`` that the policy has, longest first."""
    rules = [policy.retention[code] for code in codes if code in policy.retention]
    rules.sort(key=lambda rule: years_in(rule.duration or Duration()), reverse=True)
    return [span_of(rule) for rule in rules]
