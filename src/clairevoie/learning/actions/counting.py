"""Taking the figures that the public reads: every night, in steps (``learning.figures``)."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from clairevoie import privacy
from clairevoie.learning.figures import MEASURES, THRESHOLD, Group, Measure, Tally
from clairevoie.learning.models import Figure
from clairevoie.lib.calendar import paris_date


def count(*, at: datetime) -> int:
    """Renew each figure that may be, show those of five people or more; how many are new."""
    return sum(_count_one(measure, at=at) for measure in MEASURES)


@transaction.atomic
def _count_one(measure: Measure, *, at: datetime) -> int:
    on = paris_date(at)
    tallies = measure.tallies(on)
    in_force = {
        (figure.parcours_id, figure.unit, figure.place): figure
        for figure in Figure.objects.filter(measure=measure.code, superseded_on=None)
    }
    due = [
        key
        for key, tally in tallies.items()
        if tally.is_due(in_force[key].people if key in in_force else 0)
    ]
    for key in due:
        _renew(measure, key, in_force.pop(key, None), on=on)
    for key, figure in in_force.items():
        _show(figure, tallies.get(key, Tally()))
    if due:
        facts = {"measure": measure.code.value, "figures": len(due)}
        privacy.ledger.append(executor="learning.count", at=at, facts=facts)
    return len(due)


@transaction.atomic
def _renew(measure: Measure, key: Group, before: Figure | None, *, on: date) -> None:
    total, people = measure.count(key, on=on)
    if people < THRESHOLD:  # somebody left while we were counting: tomorrow
        transaction.set_rollback(True)
        return
    if before is not None:
        before.superseded_on, before.shown = on, False
        before.save(update_fields=["superseded_on", "shown"])
    parcours, unit, place = key
    Figure.objects.create(
        parcours_id=parcours,
        measure=measure.code,
        unit=unit,
        place=place,
        people=people,
        value=measure.rounded(total, people),
        taken_on=on,
    )


def _show(figure: Figure, tally: Tally) -> None:
    """The figure in force is read while enough people stand behind the unit."""
    enough = tally.people >= THRESHOLD
    if figure.shown != enough:
        figure.shown = enough
        figure.save(update_fields=["shown"])


def hide_if_too_few(measure: Measure, *, key: Group, on: date) -> None:
    """Somebody took theirs back: below five, nothing is shown from this instant (P-023)."""
    if measure.rows(on).filter(measure.group(key)).count() < THRESHOLD:
        parcours, unit, place = key
        Figure.objects.filter(
            parcours__slug=parcours, measure=measure.code, unit=unit, place=place, shown=True
        ).update(shown=False)
