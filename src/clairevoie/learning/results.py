"""What is shown of a parcours to whoever hesitates: figures in force, of five people or more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from django.db.models import QuerySet

from clairevoie.learning.models import Figure, Unit, shown_figures
from clairevoie.learning.units import Name
from clairevoie.lib.prepared import PreparedRows

AT_ONCE: Final = 12  # as many parcours as a page of the catalogue shows
_WHOLE: Name = (Unit.PARCOURS.value, "")
_COLUMNS = ("parcours", "measure", "unit", "place", "people", "value", "taken_on")


@dataclass(frozen=True, slots=True)
class Shown:
    """One figure, as the public reads it."""

    parcours: str
    measure: str
    unit: str
    place: str
    people: int
    value: int
    taken_on: date

    @property
    def out_of_five(self) -> float:
        """A mean from 1 to 5, by halves."""
        return self.value / 2


@dataclass(frozen=True, slots=True)
class Results:
    """The figures of one parcours: nothing where fewer than five people stand behind."""

    success: Shown | None = None
    ratings: Mapping[Name, Shown] = field(default_factory=dict)

    @property
    def satisfaction(self) -> Shown | None:
        return self.ratings.get(_WHOLE)

    @property
    def any(self) -> bool:
        """There is something to print about the parcours as a whole."""
        return self.success is not None or self.satisfaction is not None


def _columns(figures: QuerySet[Figure]) -> QuerySet[Figure, Any]:
    return figures.order_by("id").values_list(*_COLUMNS)


_of_one = PreparedRows(lambda slug: _columns(shown_figures([slug])), example=("slug",))
_of_a_page = PreparedRows(
    lambda *slugs: _columns(shown_figures(slugs).filter(unit=Unit.PARCOURS)),
    example=tuple(f"slug {number}" for number in range(AT_ONCE)),
    fixed=True,
)


def figures_of(parcours: str) -> tuple[Shown, ...]:
    """All that is shown of one parcours and of its units: one query."""
    return tuple(Shown(*row) for row in _of_one.get(parcours))


def results_of(parcours: str) -> Results:
    return gathered(figures_of(parcours))


def results_of_a_page(parcours: Sequence[str]) -> dict[str, Results]:
    """Of twelve parcours at most, without their units: one query, none for nothing."""
    if not parcours:
        return {}
    # A prepared read has a fixed number of keys: the last is asked for again.
    asked = [*parcours, *([parcours[-1]] * (AT_ONCE - len(parcours)))]
    found: defaultdict[str, list[Shown]] = defaultdict(list)
    for row in _of_a_page.get(*asked):
        found[row[0]].append(Shown(*row))
    return {slug: gathered(found[slug]) for slug in parcours}


def gathered(figures: Iterable[Shown]) -> Results:
    """The figures of one parcours, each in its place."""
    ratings: dict[Name, Shown] = {}
    success = None
    for figure in figures:
        if figure.measure == Figure.Measure.SUCCESS:
            success = figure
        else:
            ratings[figure.unit, figure.place] = figure
    return Results(success, ratings)
