"""What a learner reads of themself: how far, for how long yet, what comes next (P-024).

Five queries whatever the size; the editions are kept by the process (``learning.outline``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db.models import F
from django.urls import reverse

from clairevoie.learning.models import Attempt, Completion, Enrolment, Motivation, Submission
from clairevoie.learning.outline import Outline, Step, outline_of
from clairevoie.learning.progress import Progress, progress_from
from clairevoie.learning.streak import Hour, Streak, streak_of
from clairevoie.lib.calendar import paris_date
from clairevoie.privacy.models import DataSubject


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """One parcours of the learner's."""

    parcours: str
    outline: Outline
    progress: Progress
    minutes_left: int
    next: Step | None  # None: finished, or all that is left waits for a trainer
    begun: bool
    waiting: Step | None  # a project that waits for its correction
    last_on: date
    finished_on: date | None

    @property
    def address(self) -> str:
        return _address(self.parcours)

    @property
    def next_address(self) -> str:
        return _address(self.parcours, self.next) if self.next else ""

    @property
    def waiting_address(self) -> str:
        return _address(self.parcours, self.waiting) if self.waiting else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dashboard:
    """All that one follows; what is under way first."""

    under_way: Sequence[Followed]
    finished: Sequence[Followed]
    streak: Streak
    chapters: int  # finished, in all

    @property
    def minutes_left(self) -> int:
        return sum(one.minutes_left for one in self.under_way)


def dashboard_of(subject: DataSubject, *, on: date) -> Dashboard:
    """Read for the person themself, whatever lock stands on their data."""
    enrolments = (
        Enrolment.including_restricted.filter(subject=subject.pk, left_at__isnull=True)
        .order_by("-last_at")
        .values_list("uuid", "parcours_id", "edition_id", "last_at", "finished_at")
    )
    read = _read_by(subject)
    handed = _handed_in_by(subject)
    followed = [_followed(row, read[row[0]][0], handed[row[0]]) for row in enrolments]
    hours = {hour for _places, hours in read.values() for hour in hours}
    return Dashboard(
        under_way=[one for one in followed if one.finished_on is None],
        finished=[one for one in followed if one.finished_on is not None],
        streak=streak_of(hours | _answered_by(subject), on=on),
        chapters=sum(len(places) for places, _hours in read.values()),
    )


def motivations_of(subject: DataSubject) -> Sequence[Motivation]:
    """The indicators of the learner, each with the ``title`` of its edition."""
    found = Motivation.including_restricted.filter(
        subject=subject.pk, enrolment__left_at__isnull=True
    )
    titled = found.annotate(title=F("enrolment__edition__title"))
    return list(titled.order_by("-enrolment__last_at"))


@lru_cache(maxsize=4096)
def _address(parcours: str, step: Step | None = None) -> str:
    if step is None:
        return reverse("learning:learn", args=[parcours])
    return reverse("learning:read", args=[parcours, step.module, step.slug])


def _read_by(subject: DataSubject) -> dict[UUID, tuple[set[str], set[str]]]:
    """Of each enrolment, the places of the chapters finished and the hours when."""
    found: dict[UUID, tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
    rows = Completion.including_restricted.filter(subject=subject.pk)
    for enrolment, place, hour in rows.values_list("enrolment_id", "place", Hour("completed_at")):
        places, hours = found[enrolment]
        places.add(place)
        hours.add(hour)
    return found


def _answered_by(subject: DataSubject) -> set[str]:
    rows = Attempt.including_restricted.filter(subject=subject.pk).order_by()
    return set(rows.values_list(Hour("attempted_at"), flat=True).distinct())


def _handed_in_by(subject: DataSubject) -> dict[UUID, dict[int, str]]:
    """Of each enrolment, the last state of each project handed in."""
    found: dict[UUID, dict[int, str]] = defaultdict(dict)
    rows = Submission.including_restricted.filter(subject=subject.pk).order_by("number")
    for enrolment, project, state in rows.values_list("enrolment_id", "project_id", "state"):
        found[enrolment][project] = state
    return found


def _followed(row: tuple[Any, ...], read: Collection[str], handed: dict[int, str]) -> Followed:
    _uuid, parcours, edition, last_at, finished_at = row
    outline = outline_of(edition)
    projects = {
        step: handed[step.number]
        for step in (outline.steps if handed else ())
        if step.is_project and step.number in handed
    }
    state = Submission.State
    accepted = {step.place for step, said in projects.items() if said == state.ACCEPTED}
    waiting = [step for step, said in projects.items() if said in (state.WAITING, state.SECOND)]
    done = {*read, *accepted}
    return Followed(
        parcours=parcours,
        outline=outline,
        progress=progress_from(done=len(done), total=len(outline.steps)),
        minutes_left=outline.minutes_left(done),
        next=outline.first_left({*done, *(step.place for step in waiting)}),
        begun=bool(done or handed),
        waiting=waiting[0] if waiting else None,
        last_on=paris_date(last_at),
        finished_on=paris_date(finished_at) if finished_at else None,
    )
