"""What one learner has done of a parcours, and where they take it up again."""

from __future__ import annotations

from collections.abc import Container, Mapping
from datetime import datetime
from uuid import UUID

from clairevoie.learning.models import Cohort, Completion, Enrolment, Submission, Teaching
from clairevoie.learning.outline import Outline, Step
from clairevoie.lib.prepared import PreparedRows

Done = Mapping[str, datetime]  # place of a step → when it was done
States = Mapping[str, Submission.State]  # place of a project handed in → what became of it
WAITING = (Submission.State.WAITING, Submission.State.SECOND)  # for somebody to read it

_completed = PreparedRows(
    lambda enrolment: Completion.including_restricted.filter(
        enrolment__uuid=enrolment
    ).values_list("place", "completed_at"),
    example=(UUID(int=0),),
)
_places = PreparedRows(
    lambda enrolment: Completion.including_restricted.filter(
        enrolment__uuid=enrolment
    ).values_list("place"),
    example=(UUID(int=0),),
)
_instant = PreparedRows(
    lambda enrolment, place: (
        Completion.including_restricted.filter(enrolment__uuid=enrolment)
        .filter(place=place)
        .values_list("completed_at")
    ),
    example=(UUID(int=0), "place"),
)
_accepted = PreparedRows(
    lambda enrolment, state: (
        Submission.including_restricted.filter(enrolment__uuid=enrolment)
        .filter(state=state)
        .values_list("project")
    ),
    example=(UUID(int=0), "state"),
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
    done: dict[str, datetime] = dict(_completed.get(enrolment.uuid))
    states: dict[str, Submission.State] = {}
    for project, state, at in _handed_in.get(enrolment.uuid):
        place = outline.projects.get(project)
        if place is None or place in done:
            continue
        states[place] = Submission.State(state)
        if state == Submission.State.ACCEPTED:
            done[place] = at
    return done, states


def places_done(enrolment: Enrolment, outline: Outline) -> set[str]:
    """The same places without their instants: two queries that convert nothing."""
    accepted = _accepted.get(enrolment.uuid, Submission.State.ACCEPTED.value)
    projects = {outline.projects[number] for (number,) in accepted if number in outline.projects}
    return {place for (place,) in _places.get(enrolment.uuid)} | projects


def done_at(enrolment: Enrolment, place: str) -> datetime | None:
    """When a chapter was completed. One query."""
    return next((at for (at,) in _instant.get(enrolment.uuid, place)), None)


def waiting_in(outline: Outline, states: States) -> Step | None:
    """The first project that waits for its correction."""
    return next((step for step in outline.steps if states.get(step.place) in WAITING), None)


def resume_at(enrolment: Enrolment, outline: Outline, done: Container[str]) -> Step | None:
    """Where one left, unless that is done: then the first step that is left; None at the end."""
    last = outline.at(enrolment.last_place)
    if last is not None and last.place not in done:
        return last
    return outline.first_left(done)


def trainers_of(cohort: Cohort) -> list[str]:
    """Names of those who teach it. One query."""
    taught = Teaching.objects.filter(cohort=cohort).select_related("subject__member")
    return [each.subject.member.full_name for each in taught.order_by("id")]
