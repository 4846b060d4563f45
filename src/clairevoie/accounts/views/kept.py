"""What is kept and until when: computed, drawn, explained."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from clairevoie import privacy
from clairevoie.accounts.views.guards import member_of, own_page, page
from clairevoie.lib import calendar
from clairevoie.lib.speech import day_in_full
from clairevoie.privacy import KeptCategory
from clairevoie.privacy.models import DataSubject

_TICKS_YEARS = (1, 5, 10, 50)


@require_GET
@own_page
def kept(request: HttpRequest) -> HttpResponse:
    """Each category with its computed end, nearest first."""
    member, on = member_of(request), calendar.today()
    categories = sorted(
        privacy.kept_until(member.subject, on=on), key=lambda c: (c.last_day or date.max, c.title)
    )
    return page(
        request,
        "kept",
        section="kept",
        today=day_in_full(on),
        subject=member.subject,
        categories=categories,
        timeline=draw(categories, on=on),
    )


Weight = tuple[str, str]


def what_goes_and_what_stays(
    subject: DataSubject, *, on: date
) -> tuple[list[Weight], list[Weight]]:
    """What closing takes away, and what the law keeps, why and until when (P-089)."""
    categories = privacy.kept_until(subject, on=on)
    return (
        [(_counted(c), "") for c in categories if not c.archived],
        [(_counted(c), _until(c)) for c in categories if c.archived],
    )


def _counted(category: KeptCategory) -> str:
    rows = ngettext("%(n)d ligne", "%(n)d lignes", category.rows) % {"n": category.rows}
    return f"{category.title} ({rows})"


def _until(category: KeptCategory) -> str:
    if category.last_day is None:
        return category.because
    until = {"day": day_in_full(category.last_day), "why": category.because}
    return _("Jusqu’au %(day)s. %(why)s") % until


@dataclass(frozen=True, slots=True)
class Bar:
    """One category, from today to its last day; lengths in per cent of the figure's width."""

    title: str
    day: str
    width: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A year on the scale."""

    label: str
    x: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """The figure, ready for a template that holds no arithmetic."""

    bars: Sequence[Bar]
    ticks: Sequence[Tick]


def draw(categories: Iterable[KeptCategory], *, on: date) -> Timeline:
    """Bars on a scale that shows thirty days beside fifty years: it is logarithmic."""
    dated = sorted(
        ((c.last_day, c) for c in categories if c.last_day is not None), key=lambda pair: pair[0]
    )
    furthest = max((last_day for last_day, _category in dated), default=on)
    end = max((furthest - on).days, 366)
    bars = [
        Bar(
            title=category.title,
            day=day_in_full(last_day),
            width=_percent((last_day - on).days, end),
        )
        for last_day, category in dated
    ]
    return Timeline(bars=bars, ticks=_ticks(on, end))


def _ticks(on: date, end: int) -> list[Tick]:
    days = ((years, (calendar.add_months(on, 12 * years) - on).days) for years in _TICKS_YEARS)
    return [
        Tick(
            label=ngettext("%(n)d an", "%(n)d ans", years) % {"n": years},
            x=_percent(distance, end),
        )
        for years, distance in days
        if distance <= end
    ]


def _percent(days: int, end: int) -> str:
    """Where a day stands; written with a point whatever the reader's language."""
    share = math.log1p(max(days, 0) / 90) / math.log1p(end / 90)
    return f"{max(share * 100, 0.5):.2f}%"
