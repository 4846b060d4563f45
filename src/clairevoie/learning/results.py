"""What is shown of a parcours to whoever hesitates: figures in force, of five people or more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from clairevoie.learning.models import Figure, Unit, shown_figures
from clairevoie.learning.units import Name

_WHOLE: Name = (Unit.PARCOURS.value, "")


@dataclass(frozen=True, slots=True)
class Results:
    """The figures of one parcours: nothing where fewer than five people stand behind."""

    success: Figure | None = None
    ratings: Mapping[Name, Figure] = field(default_factory=dict)

    @property
    def satisfaction(self) -> Figure | None:
        return self.ratings.get(_WHOLE)

    @property
    def any(self) -> bool:
        """There is something to print about the parcours as a whole."""
        return self.success is not None or self.satisfaction is not None


def results_of(parcours: Iterable[str]) -> dict[str, Results]:
    """Of each parcours: one query for all."""
    ratings: defaultdict[str, dict[Name, Figure]] = defaultdict(dict)
    success: dict[str, Figure] = {}
    slugs = list(parcours)
    for figure in shown_figures(slugs):
        if figure.measure == Figure.Measure.SUCCESS:
            success[figure.parcours_id] = figure
        else:
            ratings[figure.parcours_id][figure.unit, figure.place] = figure
    return {slug: Results(success.get(slug), ratings.get(slug, {})) for slug in slugs}
