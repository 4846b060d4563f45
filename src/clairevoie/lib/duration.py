"""Calendar durations written as in ISO 8601: ``P5Y``, ``P13M``, ``P60D``, ``P2Y6M``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

_FORM = re.compile(r"P(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?(?:(?P<days>\d+)D)?")


@dataclass(frozen=True, slots=True, order=False)
class Duration:
    """Whole months and days; hours are no business of retention (promises.md C.1)."""

    months: int = 0
    days: int = 0

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``P5Y``. Raises ``ValueError`` saying which form is expected."""
        found = _FORM.fullmatch(text)
        if not found or text == "P":
            raise ValueError(f"« {text} » is not a duration such as P5Y, P13M or P60D")
        years, months, days = (int(found[part] or 0) for part in ("years", "months", "days"))
        return cls(months=12 * years + months, days=days)

    @property
    def longest_days(self) -> int:
        """An upper bound in days, to compare two durations (a month has at most 31 days)."""
        years, months = divmod(self.months, 12)
        return years * 366 + months * 31 + self.days

    def __str__(self) -> str:
        years, months = divmod(self.months, 12)
        parts = ((years, "Y"), (months, "M"), (self.days, "D"))
        return "P" + ("".join(f"{n}{unit}" for n, unit in parts if n) or "0D")
