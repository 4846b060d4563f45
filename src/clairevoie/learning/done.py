"""What one learner has done of a parcours, and where they take it up again."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from datetime import datetime
from uuid import UUID

from clairevoie.learning.models import Completion, Enrolment, Submission
from clairevoie.learning.outline import Outline, Step
from clairevoie.lib.prepared import PreparedRows

Done = Mapping[str, datetime]  # place of a step → when it was done
States = Mapping[str, Submission.State]  # place of a project handed in → what became of it
HandedIn = tuple[int, str, datetime | None]  # the project, the state, when that was decided
WAITING = (Submission.State.WAITING, Submission.State.SECOND)  # for somebody to read it

_completed = PreparedRows(
    lambda enrolment: Completion.including_restricted.filter(
        enrolment__uuid=enrolment
    ).values_list("place", "completed_at"),
    example=(UUID(int=0),),
)
_handed_in = PreparedRows(
    lambda enrolment: (
        Submission.including_restricted.filter(enrolment__uuid=enrolment)
        .order_by("number")
        .values_list("project", "state", "decided_at")
    ),
    example=(UUID(int=0),),
)


def done_by(enrolment: Enrolment, outline: Outline) -> tuple[Done, States]:
    """Chapters completed and projects accepted, with their instants; what projects wait for.

    Two queries, whatever was done.
    """
    return done_from(outline, _completed.get(enrolment.uuid), _handed_in.get(enrolment.uuid))


def done_from(
    outline: Outline, read: Iterable[tuple[str, datetime]], handed_in: Iterable[HandedIn]
) -> tuple[Done, States]:
    """The same of rows that were read: chapters completed, and submissions by their number."""
    done: dict[str, datetime] = dict(read)
    states: dict[str, Submission.State] = {}
    for project, state, at in handed_in:
        place = outline.projects.get(project)
        if place is None or place in done:
            continue
        states[place] = Submission.State(state)
        if state == Submission.State.ACCEPTED and at is not None:
            done[place] = at
    return done, states


def waiting_in(outline: Outline, states: States) -> Step | None:
    """The first project that waits for its correction."""
    return next((step for step in outline.steps if states.get(step.place) in WAITING), None)


def resume_at(enrolment: Enrolment, outline: Outline, done: Container[str]) -> Step | None:
    """Where one left, unless that is done: then the first step that is left; None at the end."""
    last = outline.at(enrolment.last_place)
    if last is not None and last.place not in done:
        return last
    return outline.first_left(done)
