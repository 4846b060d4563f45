"""Alice finishes a small parcours: three chapters and a project that Bob accepts."""

from __future__ import annotations

from datetime import date, datetime

from clairevoie.credentials.actions.issuing import Achievement, issue
from clairevoie.credentials.models import Credential, Kind
from clairevoie.learning.actions import reading
from clairevoie.learning.models import Attempt, Chapter, Enrolment, Submission
from clairevoie.lib.calendar import PARIS
from tests.cast import NOW, Person
from tests.learning.desk import cohort, enrolled, handed_in, project
from tests.learning.folder import SLUG

EARNED = Achievement(
    kind=Kind.CERTIFICATE,
    title="Lire des chiffres",
    result="3 chapitres terminés, 1 projet validé.",
    parcours=SLUG,
    edition=1,
)


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=PARIS)


def certificate(person: Person, *, on: date | None = None) -> Credential:
    """A certificate, through the action."""
    at = noon(on) if on else NOW
    return issue(holder=person.subject, earned=EARNED, author=None, at=at)


def waiting(alice: Person, bob: Person) -> Submission:
    """Alice's project, in the queue of Bob."""
    project()
    return handed_in(enrolled(alice, cohort=cohort(trainers=(bob,))))


def read_everything(enrolment: Enrolment, *, at: datetime = NOW) -> None:
    """Each chapter is done, its exercises tried."""
    for chapter in Chapter.objects.filter(edition__uuid=enrolment.edition_id):
        for exercise in chapter.exercises.all():
            Attempt.objects.create(
                subject_id=enrolment.subject_id,
                enrolment=enrolment,
                exercise=exercise,
                code=exercise.code,
                number=1,
                answer={},
                points=0,
                out_of=1,
                attempted_at=at,
            )
        reading.complete(enrolment=enrolment, chapter=chapter, at=at)
