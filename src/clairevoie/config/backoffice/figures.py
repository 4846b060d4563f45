"""The figures of the back office: each one a handful of indexed counts, drawn by the server."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy

from clairevoie import policy, privacy
from clairevoie.privacy.backoffice import clock_of
from clairevoie.privacy.models import DataSubject, Incident


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar: ``width`` is in hundredths of the longest."""

    label: str | Promise
    count: int
    width: float
    link: str = ""
    tone: str = "plain"


def bars(rows: list[tuple[Any, int, str, str]]) -> list[Bar]:
    """Bars to one scale; a count of one is still seen."""
    longest = max((count for _, count, _, _ in rows), default=0) or 1
    return [
        Bar(
            label=label,
            count=count,
            width=round(max(100 * count / longest, 1.5 if count else 0), 1),
            link=link,
            tone=tone,
        )
        for label, count, link, tone in rows
    ]


def people() -> dict[str, Any]:
    """Persons by state, the strictest state counting alone: one query."""
    present = DataSubject.objects.filter(erased_on=None)
    locked = Q(restricted=True)
    suspended = ~locked & Q(suspended_on__isnull=False)
    closed = ~locked & Q(suspended_on=None, closed_on__isnull=False)
    rest = ~locked & Q(suspended_on=None, closed_on=None)
    no_account, dormant = Q(member__isnull=True), Q(dormant_since__isnull=False)
    counts = present.aggregate(
        total=Count("pk"),
        active=Count("pk", filter=rest & ~no_account & ~dormant),
        dormant=Count("pk", filter=rest & ~no_account & dormant),
        prospect=Count("pk", filter=rest & no_account),
        suspended=Count("pk", filter=suspended),
        closed=Count("pk", filter=closed),
        locked=Count("pk", filter=locked),
        held=Count("pk", filter=Q(held=True)),
    )
    listing = reverse("admin:privacy_datasubject_changelist")
    rows = [
        (pgettext_lazy("personnes", "Actives"), counts["active"], "active", "success"),
        (gettext_lazy("Dormantes"), counts["dormant"], "dormante", "muted"),
        (gettext_lazy("Sans compte"), counts["prospect"], "sans-compte", "info"),
        (gettext_lazy("Suspendues"), counts["suspended"], "suspendue", "danger"),
        (gettext_lazy("Compte fermé"), counts["closed"], "fermee", "muted"),
        (gettext_lazy("Verrouillées"), counts["locked"], "verrouillee", "danger"),
    ]
    return {
        "total": counts["total"],
        "held": counts["held"],
        "bars": bars(
            [(words, n, f"{listing}?etat={slug}", tone) for words, n, slug, tone in rows]
        ),
    }


def due_lines(plan: Any) -> list[dict[str, Any]]:
    """The lines of a plan with something in them, as people read them."""
    found = [due for due in plan.due if due.count or due.skipped]
    drawn = bars([(due.line.rule.title, due.count, "", "plain") for due in found])
    return [
        {"due": due, "bar": bar, "what": _table_title(due.line)}
        for due, bar in zip(found, drawn, strict=True)
    ]


def _table_title(line: Any) -> str:
    if line.table is None:
        return str(DataSubject._meta.verbose_name_plural)
    heading: str = line.table.declaration.heading
    return heading


def leaving(plan: Any) -> int:
    """How much goes for good; whoever falls asleep stays."""
    return sum(due.count for due in plan.due if due.line.rule.then is policy.Ending.ERASE)


def tonight(on: date) -> dict[str, Any]:
    """What leaves tonight, by rule: the plan of tomorrow's first hour, changing nothing."""
    plan = privacy.retention.plan(on + timedelta(days=1))
    return {"leaving": leaving(plan), "lines": due_lines(plan)}


def open_incidents(at: datetime) -> list[dict[str, Any]]:
    """Open incidents, the most urgent clock first."""
    found = Incident.objects.filter(closed_on=None).order_by("aware_at", "detected_at")[:8]
    return [
        {
            "incident": incident,
            "clock": clock_of(incident, at),
            "link": reverse("admin:privacy_incident_change", args=[incident.uuid]),
        }
        for incident in found
    ]


def last_daily_run(at: datetime) -> dict[str, Any]:
    """When the nightly job last succeeded, and whether that is too long ago."""
    last = privacy.ledger.last_run("daily.run")
    return {
        "last": last,
        "late": privacy.daily.is_late(at=at),
        "missed": privacy.daily.missed_night(at=at),
    }


def promises() -> dict[str, Any]:
    """How many promises are executed, and how many are still planned."""
    every = policy.current().promises.values()
    planned = sum(promise.planned for promise in every)
    total = len(every)
    return {
        "total": total,
        "planned": planned,
        "kept": total - planned,
        "width": round(100 * (total - planned) / total, 1) if total else 0,
    }
