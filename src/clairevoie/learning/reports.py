"""What a SCORM package reports, read without trusting it: how far, how well, where to resume."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from clairevoie.learning.models import PackageResult

LARGEST: Final = 100_000  # characters of JSON: SCORM 2004 lets a package keep 64,000 of its own
_LONGEST: Final = 64_000
_MOST: Final = 500

Status = PackageResult.Status
_STATUSES: Final = {
    "passed": Status.PASSED,
    "completed": Status.COMPLETED,
    "failed": Status.FAILED,
}
_RANK: Final = {status: rank for rank, status in enumerate(Status)}  # begun, failed, … passed

# What is kept to resume. Not the detail of each answer: nobody here needs it.
_KEPT: Final = (
    *("cmi.suspend_data", "cmi.core.lesson_location", "cmi.location", "cmi.progress_measure"),
    *("cmi.core.lesson_status", "cmi.completion_status", "cmi.success_status"),
    *("cmi.core.score.raw", "cmi.core.score.min", "cmi.core.score.max"),
    *("cmi.score.raw", "cmi.score.min", "cmi.score.max", "cmi.score.scaled"),
    *("cmi.core.exit", "cmi.exit"),
)
_KEPT_BELOW: Final = "cmi.objectives."


class ReportRefused(Exception):
    """Ce contenu a envoyé un résultat illisible : il n’a pas été enregistré."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """``points`` of 100; None while the package tells no score."""

    status: Status
    points: int | None
    state: dict[str, str]


def read_report(said: object) -> Report:
    """The flat names and values of the SCORM data model. Raises :class:`ReportRefused`."""
    if not isinstance(said, dict) or len(said) > _MOST * 20:
        raise ReportRefused
    values = {_text(name): _text(value) for name, value in said.items() if value is not None}
    state = {
        name: value
        for name, value in values.items()
        if value and (name in _KEPT or name.startswith(_KEPT_BELOW))
    }
    if len(state) > _MOST or sum(map(len, state.values())) > _LONGEST * 2:
        raise ReportRefused
    return Report(status=_status(values), points=_points(values), state=state)


def better(one: str, other: str) -> str:
    """The best of two statuses: what was passed stays passed."""
    return max(one, other, key=lambda status: _RANK[Status(status)])


def _text(value: object) -> str:
    """Without what PostgreSQL could not keep: zeros, and halves of characters."""
    if not isinstance(value, str | int | float):
        raise ReportRefused
    kept = str(value).encode(errors="ignore").decode()
    return kept.replace("\0", "")[:_LONGEST]


def _status(values: Mapping[str, str]) -> Status:
    said = [
        _STATUSES.get(values.get(name, ""), Status.BEGUN)
        for name in ("cmi.core.lesson_status", "cmi.completion_status", "cmi.success_status")
    ]
    if Status.FAILED in said:
        return Status.FAILED
    return max(said, key=lambda status: _RANK[status])


def _points(values: Mapping[str, str]) -> int | None:
    """Of 100, whatever the scale of the package."""
    scaled = _number(values.get("cmi.score.scaled"))
    if scaled is not None:
        return _within(scaled * 100)
    for score in ("cmi.core.score", "cmi.score"):
        raw = _number(values.get(f"{score}.raw"))
        if raw is None:
            continue
        least = _number(values.get(f"{score}.min")) or 0.0
        most = _number(values.get(f"{score}.max"))
        most = 100.0 if most is None else most
        return _within((raw - least) / (most - least) * 100) if most > least else None
    return None


def _within(points: float) -> int:
    return round(min(100.0, max(0.0, points)))


def _number(said: Any) -> float | None:
    try:
        number = float(said)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None
