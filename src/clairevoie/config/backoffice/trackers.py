"""The page of trackers: which are served, why the others are not, and what people choose."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib.admin import AdminSite
from django.db.models import Count, Q
from django.http import HttpRequest
from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _

from clairevoie import policy
from clairevoie.config.backoffice.figures import bars
from clairevoie.consent import trackers
from clairevoie.consent.models import TrackerChoice
from clairevoie.lib import calendar
from clairevoie.lib.speech import day_in_full
from clairevoie.policy import Tracker
from clairevoie.site.words import CATEGORIES

DAYS = 30


@dataclass(frozen=True, slots=True)
class State:
    """One tracker and what becomes of it today."""

    tracker: Tracker
    category: str | Lazy
    tone: str
    said: str | Lazy


def listed(_request: HttpRequest, _site: AdminSite) -> dict[str, Any]:
    """Every tracker of the policy; the choices of the last thirty days."""
    on = calendar.today()
    since = on - timedelta(days=DAYS - 1)
    return {
        "states": [_state(tracker, on) for tracker in policy.current().trackers.values()],
        "days": DAYS,
        "by_choice": _by_choice(since),
        "by_day": _by_day(since),
    }


def _state(tracker: Tracker, on: date) -> State:
    tone, said = _served(tracker, on)
    return State(tracker, CATEGORIES.get(tracker.category, tracker.category), tone, said)


def _served(tracker: Tracker, on: date) -> tuple[str, str | Lazy]:
    if tracker in trackers.register(on).served:
        return ("success", _("à demander")) if tracker.optional else ("info", _("exempté"))
    if not tracker.active:
        return "muted", _("inactif")
    if tracker.recipient in trackers.cut_off():
        return "danger", _("destinataire coupé")
    return "warning", _("politique du tiers à revérifier")


def _by_choice(since: date) -> list[Any]:
    made = TrackerChoice.objects.filter(chosen_on__gte=since).aggregate(
        everything=Count("pk", filter=~Q(accepted="") & Q(refused="")),
        part=Count("pk", filter=~Q(accepted="") & ~Q(refused="")),
        nothing=Count("pk", filter=Q(accepted="")),
        taken_back=Count("pk", filter=~Q(withdrawn="")),
    )
    return bars(
        [
            (_("Tout accepté"), made["everything"], "", "plain"),
            (_("Une partie"), made["part"], "", "plain"),
            (_("Tout refusé"), made["nothing"], "", "plain"),
            (_("dont des retraits"), made["taken_back"], "", "plain"),
        ]
    )


def _by_day(since: date) -> list[Any]:
    made = (
        TrackerChoice.objects.filter(chosen_on__gte=since)
        .values_list("chosen_on")
        .annotate(count=Count("pk"))
        .order_by("-chosen_on")
    )
    return bars([(day_in_full(day), count, "", "plain") for day, count in made])
