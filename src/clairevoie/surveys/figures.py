"""The Net Promoter Score and its distribution, silent below five answers (P-023, P-031)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import reduce

from django.db.models import Count, QuerySet

from clairevoie import privacy
from clairevoie.surveys.models import Answer

THRESHOLD = 5  # fewer answers would let one person be recognised
SCORES = range(11)


@dataclass(frozen=True, slots=True)
class Figures:
    """How many people gave each score, from 0 to 10."""

    counts: tuple[int, ...] = (0,) * len(SCORES)

    @property
    def n(self) -> int:
        return sum(self.counts)

    @property
    def shown(self) -> bool:
        """Enough answers for anything to be shown at all."""
        return self.n >= THRESHOLD

    @property
    def nps(self) -> int | None:
        """%(9–10) - %(0–6), from -100 to 100; None below the threshold."""
        if not self.shown:
            return None
        return round(100 * (sum(self.counts[9:]) - sum(self.counts[:7])) / self.n)

    @property
    def distribution(self) -> list[tuple[int, int]]:
        """Pairs of a score and its count; empty below the threshold."""
        return list(enumerate(self.counts)) if self.shown else []

    def __add__(self, other: Figures) -> Figures:
        return Figures(tuple(a + b for a, b in zip(self.counts, other.counts, strict=True)))


def counted_answers() -> QuerySet[Answer]:
    """Answers that figures may use: nobody restricted, nobody who objected."""
    return privacy.permitted(Answer.objects.all(), "satisfaction")


def figures_by(column: str, answers: QuerySet[Answer]) -> dict[str, Figures]:
    """The figures of each value of ``column``, in one query."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0] * len(SCORES))
    rows = answers.order_by(column).values_list(column, "score").annotate(n=Count("pk"))
    for value, score, n in rows:
        counts[value][score] = n
    return {value: Figures(tuple(scores)) for value, scores in counts.items()}


def total(figures: list[Figures]) -> Figures:
    """All of these together."""
    return reduce(Figures.__add__, figures, Figures())
