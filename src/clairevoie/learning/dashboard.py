"""What a learner reads of themself: how far, for how long yet, what comes next (P-024).

One statement whatever the size: it is the page that learners open most, and Django writes four
statements in more time than the database takes to answer them. The editions are kept by the
process (``learning.outline``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from operator import itemgetter
from typing import Final
from uuid import UUID

from django.db import connection
from django.db.models import F

from clairevoie.learning.models import Motivation, Submission
from clairevoie.learning.outline import Outline, Step, outline_of
from clairevoie.learning.progress import Progress, progress_from
from clairevoie.learning.streak import Streak, day_of_hour, streak_of
from clairevoie.lib.prepared import ready_cursor
from clairevoie.privacy.models import DataSubject

# Of one person, whatever lock stands on their data: they read it themself. Instants come by the
# hour and as text (``learning.streak``): reading a thousand of them as instants costs more than
# the whole page, and the days and weeks of Paris begin on the hour.
_READ: Final = """
SELECT 'follows', {text_of_uuid}, parcours_id, {text_of_edition}, {last_at}, {finished_at}
  FROM learning_enrolment WHERE subject_id = %s AND left_at IS NULL
UNION ALL
SELECT 'read', {text_of_enrolment}, place, {completed_at}, '', ''
  FROM learning_completion WHERE subject_id = %s
UNION ALL
SELECT 'answered', '', '', hour, '', '' FROM (
  SELECT DISTINCT {attempted_at} AS hour FROM learning_attempt WHERE subject_id = %s
) AS hours
UNION ALL
SELECT 'handed', {text_of_enrolment}, {text_of_project}, state, {text_of_number}, ''
  FROM learning_submission WHERE subject_id = %s
"""
_last_at: Final = itemgetter(4)
_HOUR: Final = len("2026-11-23 16")
_WAITING: Final = (Submission.State.WAITING, Submission.State.SECOND)


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


@dataclass(slots=True)
class _Done:
    """What was done in one enrolment."""

    places: set[str]
    handed: dict[int, tuple[int, str]]  # of each project, its last version and that one's state


def dashboard_of(subject: DataSubject, *, on: date) -> Dashboard:
    """All of it, as of ``on``."""
    hours: set[str] = set()
    follows: list[tuple[str, ...]] = []
    done: defaultdict[str, _Done] = defaultdict(lambda: _Done(set(), {}))
    chapters = 0
    for row in _rows(subject):
        kind, enrolment, what, hour_or_state, number, _finished = row
        if kind == "answered":
            hours.add(hour_or_state)
        elif kind == "read":
            done[enrolment].places.add(what)
            hours.add(hour_or_state)
            chapters += 1
        elif kind == "follows":
            follows.append(row)
        else:
            _note_project(done[enrolment].handed, what, hour_or_state, number)
    follows.sort(key=_last_at, reverse=True)
    followed = [_followed(row, done[row[1]]) for row in follows]
    return Dashboard(
        under_way=[one for one in followed if one.finished_on is None],
        finished=[one for one in followed if one.finished_on is not None],
        streak=streak_of(hours, on=on),
        chapters=chapters,
    )


def motivations_of(subject: DataSubject) -> Sequence[Motivation]:
    """The indicators of the learner, each with the ``title`` of its edition."""
    found = Motivation.including_restricted.filter(
        subject=subject.pk, enrolment__left_at__isnull=True
    )
    titled = found.annotate(title=F("enrolment__edition__title"))
    return list(titled.order_by("-enrolment__last_at"))


def _rows(subject: DataSubject) -> Iterable[tuple[str, ...]]:
    with ready_cursor() as cursor:
        cursor.execute(_statement(connection.vendor), [subject.pk] * 4)
        rows: list[tuple[str, ...]] = cursor.fetchall()
    return rows


@lru_cache(maxsize=2)
def _statement(vendor: str) -> str:
    if vendor == "postgresql":
        hour = "coalesce(to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24'), '')"
        second = "to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS')"
        text = "{}::text"
    else:
        hour, text = "coalesce(substr({}, 1, 13), '')", "CAST({} AS text)"
        second = "substr({}, 1, 19)"
    instants = ("finished_at", "completed_at", "attempted_at")
    return _READ.format(
        text_of_uuid=text.format("uuid"),
        text_of_edition=text.format("edition_id"),
        text_of_enrolment=text.format("enrolment_id"),
        text_of_project=text.format("project_id"),
        text_of_number=text.format("number"),
        last_at=second.format("last_at"),  # what was read last stands first
        **{name: hour.format(name) for name in instants},
    )


def _note_project(
    handed: dict[int, tuple[int, str]], project: str, state: str, number: str
) -> None:
    version = (int(number), state)
    handed[int(project)] = max(handed.get(int(project), version), version)


def _followed(row: Sequence[str], done: _Done) -> Followed:
    _kind, _uuid, parcours, edition, last_at, finished_at = row
    outline = outline_of(_uuid_of(edition))
    waiting = None
    seen = done.places
    for step in outline.steps if done.handed else ():
        state = done.handed.get(step.number, (0, ""))[1] if step.is_project else ""
        if state == Submission.State.ACCEPTED:
            seen.add(step.place)
        elif state in _WAITING:
            waiting = waiting or step
    left = [step for step in outline.steps if step.place not in seen]
    reading = (step for step in left if not _waits(step, done))
    return Followed(
        parcours=parcours,
        outline=outline,
        progress=progress_from(done=len(seen), total=len(outline.steps)),
        minutes_left=sum(step.minutes for step in left if not _waits(step, done)),
        next=next(reading, None),
        begun=bool(seen or done.handed),
        waiting=waiting,
        last_on=day_of_hour(last_at[:_HOUR]),
        finished_on=day_of_hour(finished_at) if finished_at else None,
    )


def _waits(step: Step, done: _Done) -> bool:
    return step.is_project and done.handed.get(step.number, (0, ""))[1] in _WAITING


@lru_cache(maxsize=512)
def _uuid_of(text: str) -> UUID:
    return UUID(text)
