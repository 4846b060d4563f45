"""The page /gestion/audience/: one period, drawn; every number is a sum, never a person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.utils.translation import gettext as _
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
    """One day of the drawing, and what it says in words."""

    x: int
    y: str
    height: str
    hidden: bool
    day: date
    said: int | str


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
        "columns": _columns(found.days),
        "width": 10 * len(found.days),
        "pages": _bars(found.pages),
        "ways_in": _bars(found.ways_in, WAYS_IN),
        "hours": _bars(found.hours, {f"{hour:02}": f"{hour} h" for hour in range(24)}),
        "returns": _bars(found.returns, RETURNS),
    }


def said(n: int | None) -> int | str:
    return n if n is not None else _("moins de %(n)d") % {"n": FEWEST}


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


def _columns(figures: Iterable[Figure]) -> list[Column]:
    drawn = []
    for place, figure in enumerate(figures):
        height = max(figure.share * HEIGHT / 100, 1.0 if figure.n != 0 else 0.0)
        drawn.append(
            Column(
                x=10 * place + 1,
                y=f"{HEIGHT - height:.1f}",
                height=f"{height:.1f}",
                hidden=figure.n is None,
                day=date.fromisoformat(figure.label),
                said=said(figure.n),
            )
        )
    return drawn
