"""Those who followed « Le RGPD dans une petite entreprise », and what they thought of it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from clairevoie.config.demonstration.timeline import Event, World
from clairevoie.learning.actions import (
    answering,
    correcting,
    enrolling,
    playing,
    rating,
    reading,
    reviewing,
    submitting,
)
from clairevoie.learning.answering import Given
from clairevoie.learning.content.exercises import (
    Choices,
    Definition,
    Fill,
    Numeric,
    Order,
    Short,
    definition_from,
)
from clairevoie.learning.content.packages import Item
from clairevoie.learning.models import (
    Chapter,
    Cohort,
    Enrolment,
    Package,
    PackageResult,
    Parcours,
    Project,
    Rating,
    Teaching,
    Unit,
    Way,
)
from clairevoie.learning.reports import Report

PARCOURS: Final = "rgpd-petite-entreprise"
COHORT: Final = "rgpd-ete"
BEGUN, FINISHED = 110, 50  # days ago
_SHEETS = "# Registre\n\nCinq fiches, une notice en deux étages, une note d’une page.\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Learner:
    """Somebody of the session: stars, a word, and whether they let it be shown."""

    key: str
    stars: int
    days_ago: int
    begun: int = BEGUN
    review: str = ""
    shown: bool = False
    finishes: bool = False


_LEARNERS = (
    Learner(key="mehdi.haddad", stars=5, days_ago=49, finishes=True),
    Learner(
        key="theo.garnier",
        stars=5,
        days_ago=48,
        review="J’ai écrit le registre de notre garage pas à pas\u00a0: quatre pages.",
        shown=True,
        finishes=True,
    ),
    Learner(
        key="claire.perrin",
        stars=4,
        days_ago=47,
        review="Enfin des exemples d’une entreprise de ma taille.",
        finishes=True,
    ),
    Learner(key="noemie.roy", stars=4, days_ago=46, finishes=True),
    Learner(
        key="antoine.da-silva",
        stars=3,
        days_ago=60,
        review="Bien fait, mais long pour mes soirées.",
    ),
    Learner(key="yann.le-goff", stars=5, days_ago=55),
    Learner(
        key="amina.diallo",
        stars=4,
        days_ago=42,
        begun=70,
        review="Clair et concret. Le chapitre sur les transferts demande deux lectures.",
        shown=True,
    ),
    Learner(
        key="alice",
        stars=5,
        days_ago=12,
        begun=70,
        review="Je relis le chapitre des durées à chaque nouveau dossier.",
        shown=True,
    ),
)
_OF_A_MODULE = (5, 4, 5, 4, 4)  # the first module, by the first of them


def ratings(world: World) -> Iterator[Event]:
    """A session begins, some finish, most say what they think; Eve reads the reviews again."""
    yield Event(world.at(BEGUN + 1, 9), _open)
    for learner in _LEARNERS:
        yield Event(world.at(learner.begun, 11), partial(_begin, key=learner.key))
        if learner.finishes:
            yield Event(world.at(FINISHED, 18), partial(_finish, key=learner.key))
        yield Event(world.at(learner.days_ago, 20), partial(_rate, learner=learner))
    for stars, learner in zip(_OF_A_MODULE, _LEARNERS, strict=False):
        yield Event(world.at(45, 20), partial(_rate_module, key=learner.key, stars=stars))
    yield Event(world.at(40, 10), _read_again)


def _parcours() -> Parcours | None:
    """The content of the demonstration may be somebody else's (CLAIREVOIE_CONTENT)."""
    found: Parcours | None = (
        Parcours.objects.select_related("current").filter(slug=PARCOURS, published=True).first()
    )
    return found


def _open(world: World, at: datetime) -> None:
    if (parcours := _parcours()) is None:
        return
    cohort = Cohort.objects.create(
        slug=COHORT,
        parcours=parcours,
        name="RGPD, été 2026",
        starts_on=at.date(),
        ends_on=at.date() + timedelta(days=80),
    )
    bob = world.members["bob"].subject
    Teaching.objects.create(subject=bob, cohort=cohort, since=at.date())


def _begin(world: World, at: datetime, *, key: str) -> None:
    if (parcours := _parcours()) is None:
        return
    enrolling.enrol(
        subject=world.members[key].subject,
        parcours=parcours,
        way=Way.OPEN,
        cohort=Cohort.objects.get(slug=COHORT),
        at=at,
    )


def _enrolment(world: World, key: str) -> Enrolment | None:
    mine = Enrolment.objects.filter(subject=world.members[key].pk, parcours__slug=PARCOURS)
    found: Enrolment | None = mine.select_related("subject").first()
    return found


def _rate(world: World, at: datetime, *, learner: Learner) -> None:
    if (enrolment := _enrolment(world, learner.key)) is None:
        return
    given = rating.rate(
        enrolment=enrolment,
        unit=Unit.PARCOURS,
        place="",
        score=learner.stars,
        review=learner.review,
        at=at,
    )
    if learner.shown:
        reviewing.publish(rating=given, text=str(reviewing.PUBLICATION_WORDS), at=at)


def _rate_module(world: World, at: datetime, *, key: str, stars: int) -> None:
    if (enrolment := _enrolment(world, key)) is None:
        return
    module = Chapter.objects.filter(edition__uuid=enrolment.edition_id).first()
    if module is not None:
        rating.rate(
            enrolment=enrolment,
            unit=Unit.MODULE,
            place=module.module.slug,
            score=stars,
            review="",
            at=at,
        )


def _read_again(world: World, at: datetime) -> None:
    """What was given by then; Alice’s, which came later, still waits for Eve."""
    eve = world.members["eve"].subject.uuid
    for given in Rating.objects.filter(consent__isnull=False).select_related("subject"):
        reviewing.moderate(rating=given, accepted=True, moderator=eve, at=at)


# --- Learning to the end ------------------------------------------------------------------------


def _finish(world: World, at: datetime, *, key: str) -> None:
    if (enrolment := _enrolment(world, key)) is None:
        return
    chapters = Chapter.objects.filter(edition__uuid=enrolment.edition_id)
    for rank, chapter in enumerate(chapters.select_related("module", "edition")):
        read = at - timedelta(days=50 - 3 * rank)
        for exercise in chapter.exercises.select_related("edition"):
            right = _right(definition_from(exercise.kind, exercise.definition))
            answering.answer(enrolment=enrolment, exercise=exercise, given=right, at=read)
        _play(enrolment, chapter, at=read)
        reading.complete(enrolment=enrolment, chapter=chapter, at=read)
    projects = Project.objects.filter(edition__uuid=enrolment.edition_id)
    for project in projects.select_related("module", "edition"):
        _hand_in(world, enrolment, project, at=at)


def _play(enrolment: Enrolment, chapter: Chapter, *, at: datetime) -> None:
    """What another tool made for the chapter, as it reports it."""
    if chapter.package_id is None:
        return
    package = Package.objects.get(uuid=chapter.package_id)
    for item in package.items:
        playing.keep(
            enrolment=enrolment,
            package=package,
            item=Item(**item),
            report=Report(status=PackageResult.Status.PASSED, points=80, state={}),
            at=at,
        )


def _hand_in(world: World, enrolment: Enrolment, project: Project, *, at: datetime) -> None:
    file = submitting.Given(name="registre.md", content=io.BytesIO(_SHEETS.encode()))
    submission = submitting.submit(
        enrolment=enrolment,
        project=project,
        words="",
        files=[file],
        at=at - timedelta(days=3),
    )
    correcting.correct(
        submission=submission,
        trainer=world.members["bob"].subject,
        verdict="accept",
        points=[line["points"] for line in project.rubric],
        comment="Des fiches complètes, une notice que l’on comprend. Validé.",
        at=at,
    )


def _right(definition: Definition) -> Given:
    match definition:
        case Choices(choices=choices):
            picked = tuple(rank for rank, choice in enumerate(choices) if choice.right)
            return Given(said=tuple(choices[rank].text for rank in picked), picked=picked)
        case Short(answers=answers):
            return Given(said=answers[:1])
        case Numeric(answer=number):
            return Given(said=(f"{number:g}".replace(".", ","),))
        case Order(items=items):
            return Given(said=items, picked=tuple(range(len(items))))
        case Fill(blanks=blanks):
            return Given(said=tuple(accepted[0] for accepted in blanks))
