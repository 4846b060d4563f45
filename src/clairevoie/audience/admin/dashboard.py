"""The page /gestion/audience/: one period, drawn; every number is a sum, never a person."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from clairevoie.audience.counting import tally
from clairevoie.audience.figures import FEWEST, PERIODS, Figure, report
from clairevoie.lib import calendar

HEIGHT = 60.0  # of the drawing of days, in its own units; a day is 10 wide

WAYS_IN = {
    "none": gettext_lazy("Adresse tapée, favori, message"),
    "cross-site": gettext_lazy("Lien d’un autre site"),
}
RETURNS = {
    "first": gettext_lazy("Première visite"),
    "same-day": gettext_lazy("Le jour même"),
    "week": gettext_lazy("Dans la semaine"),
    "month": gettext_lazy("Dans le mois"),
    "quarter": gettext_lazy("Dans les trois mois"),
    "later": gettext_lazy("Plus tard"),
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a drawing, and what it says in words."""

    x: int
    y: str
    height: str
    hidden: bool
    label: date | str
    said: int | str


@dataclass(frozen=True, slots=True)
class Drawing:
    """Columns side by side, each ten wide, for ``gestion/columns.html``."""

    columns: Sequence[Column]
    first: date | str
    last: date | str

    @property
    def width(self) -> int:
        return 10 * len(self.columns)


def show(request: HttpRequest, _site: AdminSite) -> dict[str, Any]:
    """The values of the page. An unknown period is the usual one."""
    asked = request.GET.get("jours", "")
    days = int(asked) if asked.isdigit() and int(asked) in PERIODS else PERIODS[1]
    tally.settle()
    found = report(on=calendar.today(), days=days)
    return {
        "report": found,
        "fewest": FEWEST,
        "periods": [(period, period == days) for period in PERIODS],
        "days": _drawing(found.days, date.fromisoformat),
        "pages": _bars(found.pages),
        "ways_in": _bars(found.ways_in, WAYS_IN),
        "hours": _drawing(found.hours, lambda hour: f"{int(hour)}\u00a0h"),
        "returns": _bars(found.returns, RETURNS),
    }


def said(n: int | None) -> int | str:
    return n if n is not None else f"<\u00a0{FEWEST}"


def _bars(
    figures: Iterable[Figure], names: Mapping[str, Any] = MappingProxyType({})
) -> list[dict[str, Any]]:
    """For ``gestion/bars.html``."""
    return [
        {
            "label": names.get(figure.label, figure.label),
            "count": said(figure.n),
            "width": figure.share,
            "tone": "accent" if figure.n is not None else "muted",
        }
        for figure in figures
    ]


def _drawing(figures: Sequence[Figure], named: Callable[[str], date | str]) -> Drawing:
    drawn = [_column(place, figure, named(figure.label)) for place, figure in enumerate(figures)]
    return Drawing(columns=drawn, first=drawn[0].label, last=drawn[-1].label)


def _column(place: int, figure: Figure, label: date | str) -> Column:
    """A hidden number is drawn as the thinnest line: something, and no more is told."""
    height = max(figure.share * HEIGHT / 100, 1.0 if figure.n != 0 else 0.0)
    return Column(
        x=10 * place + 1,
        y=f"{HEIGHT - height:.1f}",
        height=f"{height:.1f}",
        hidden=figure.n is None,
        label=label,
        said=said(figure.n),
    )
