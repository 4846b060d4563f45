"""Who follows the parcours of the demonstration, each at their own pace.

A long history is written in one go, as the actions would have written it: the same rows, marked by
the same rules, a hundred times sooner.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from clairevoie.config.demonstration.timeline import Event, World
from clairevoie.learning.actions import (
    deciding,
    enrolling,
    following,
    gathering,
    inviting,
    inviting_addresses,
    reading,
)
from clairevoie.learning.answering import Given, mark
from clairevoie.learning.content.exercises import (
    Choices,
    Definition,
    Fill,
    Numeric,
    Order,
    definition_from,
)
from clairevoie.learning.models import (
    Attempt,
    Candidacy,
    Chapter,
    Cohort,
    Completion,
    Enrolment,
    Exercise,
    Parcours,
    Way,
)
from clairevoie.privacy.models import DataSubject

PYTHON, RGPD = "python-analyse-de-donnees", "rgpd-petite-entreprise"
COHORT = "python-automne"  # opened with the projects


@dataclass(frozen=True, slots=True, kw_only=True)
class Follower:
    """Somebody's way through a parcours; days are before today."""

    key: str
    parcours: str
    began: int
    done: int  # chapters
    until: int  # the day they last read
    resists: bool = False  # the next chapter's first exercise


FOLLOWERS = (
    Follower(key="amina.diallo", parcours=PYTHON, began=58, done=20, until=26),
    Follower(key="alice", parcours=PYTHON, began=58, done=20, until=17),
    Follower(key="theo.garnier", parcours=PYTHON, began=58, done=20, until=10),
    Follower(key="charlie", parcours=PYTHON, began=58, done=19, until=7),
    Follower(key="ines.fontaine", parcours=PYTHON, began=58, done=17, until=6),
    Follower(key="yann.le-goff", parcours=PYTHON, began=58, done=16, until=3),
    Follower(key="sofia.moreau", parcours=PYTHON, began=58, done=14, until=2),
    Follower(key="claire.perrin", parcours=PYTHON, began=40, done=11, until=1),
    Follower(key="lucas.barbier", parcours=PYTHON, began=40, done=8, until=4, resists=True),
    Follower(key="mehdi.haddad", parcours=PYTHON, began=58, done=4, until=31),
    Follower(key="noemie.roy", parcours=PYTHON, began=3, done=0, until=3),
    Follower(key="alice", parcours=RGPD, began=15, done=6, until=1),
    Follower(key="pierre.vidal", parcours=RGPD, began=88, done=3, until=75),
    Follower(key="elodie.lambert", parcours=RGPD, began=60, done=12, until=8),
)
_PROJECT = (
    "Je tiens la comptabilité d’une association de quartier, et c’est moi qui réponds quand un "
    "adhérent demande ce que nous savons de lui. Je voudrais le faire bien."
)


def learners(world: World) -> Iterator[Event]:
    """Those who follow, one who asks and is accepted, one who waits, one invited."""
    for follower in FOLLOWERS:
        yield Event(world.at(follower.began, 11), partial(_begin, follower=follower))
        if follower.done:
            yield Event(world.at(follower.until, 19), partial(_work, follower=follower))
    yield Event(world.at(12, 9), partial(_change_way, way=Way.APPLICATION))
    yield Event(world.at(11, 18), partial(_ask, key="karim.benali"))
    yield Event(world.at(9, 10), partial(_answer, key="karim.benali"))
    yield Event(world.at(2, 21), partial(_ask, key="suryani"))
    yield Event(world.at(1, 9), partial(_change_way, way=Way.OPEN))
    yield Event(world.at(1, 10), partial(_invite, key="julie.colin"))


def _subject(world: World, key: str) -> DataSubject:
    return world.members[key].subject


def _parcours(slug: str) -> Parcours | None:
    """The parcours of the demonstration may be somebody else's (CLAIREVOIE_CONTENT)."""
    return Parcours.objects.select_related("current").filter(slug=slug).first()


def _begin(world: World, at: datetime, *, follower: Follower) -> None:
    parcours = _parcours(follower.parcours)
    if parcours is not None:
        enrolling.enrol(
            subject=_subject(world, follower.key),
            parcours=parcours,
            way=Way.OPEN,
            cohort=Cohort.objects.filter(slug=COHORT, parcours=parcours).first(),
            at=at,
        )


def _work(world: World, at: datetime, *, follower: Follower) -> None:
    """All they did until then, evening after evening."""
    enrolment = Enrolment.including_restricted.filter(
        subject=_subject(world, follower.key), parcours__slug=follower.parcours
    ).first()
    if enrolment is None:
        return
    chapters = list(
        Chapter.objects.filter(edition__uuid=enrolment.edition_id)
        .select_related("module", "edition")
        .prefetch_related("exercises")
        .defer("html", "source", "exercises_source")
        .order_by("position")
    )
    read = chapters[: follower.done]
    began = max(enrolment.enrolled_at, world.at(follower.began, 11))  # others enrolled some sooner
    evenings = _evenings(began, at, read)
    Attempt.objects.bulk_create(
        attempt
        for chapter, evening in zip(read, evenings, strict=True)
        for attempt in _attempts(enrolment, chapter, evening)
    )
    Completion.objects.bulk_create(
        Completion(
            subject_id=enrolment.subject_id,
            enrolment=enrolment,
            chapter=chapter,
            place=reading.place_of(chapter),
            completed_at=evening + timedelta(minutes=chapter.minutes),
        )
        for chapter, evening in zip(read, evenings, strict=True)
    )
    here = chapters[min(follower.done, len(chapters) - 1)]
    reading.read(enrolment=enrolment, chapter=here, at=at)
    if follower.resists:
        _miss(enrolment, here.exercises.all()[0], at)
    reading.finish_if_done(enrolment=enrolment, at=at)


def _evenings(first: datetime, last: datetime, read: Sequence[Chapter]) -> list[datetime]:
    """One for each chapter, from the first day to the last."""
    span = last - first - timedelta(hours=2)
    return [first + span * (rank + 1) / (len(read) + 1) for rank in range(len(read))]


def _attempts(enrolment: Enrolment, chapter: Chapter, evening: datetime) -> Iterator[Attempt]:
    """Each exercise, right at once or at the second try."""
    for rank, exercise in enumerate(chapter.exercises.all()):
        definition = definition_from(exercise.kind, exercise.definition)
        tries = [_right(definition)]
        if _stumbles(enrolment, chapter, rank):
            tries.insert(0, _wrong(definition))
        for number, given in enumerate(tries, start=1):
            marked = mark(definition, given)
            yield Attempt(
                subject_id=enrolment.subject_id,
                enrolment=enrolment,
                exercise=exercise,
                code=exercise.code,
                number=number,
                answer=given.stored(),
                points=marked.points,
                out_of=marked.out_of,
                attempted_at=evening + timedelta(minutes=3 * rank + number),
            )


def _stumbles(enrolment: Enrolment, chapter: Chapter, rank: int) -> bool:
    """Some exercises are harder than others, and not for the same people."""
    hardness = (chapter.position * 5 + rank * 3) % 8
    return (enrolment.pk * 7 + chapter.position) % 10 < hardness


def _right(definition: Definition) -> Given:
    match definition:
        case Choices():
            ranks = tuple(n for n, choice in enumerate(definition.choices) if choice.right)
            return Given(said=tuple(definition.choices[n].text for n in ranks), picked=ranks)
        case Order():
            return Given(said=definition.items, picked=tuple(range(len(definition.items))))
        case Numeric():
            return Given(said=(f"{definition.answer:g}",))
        case Fill():
            return Given(said=tuple(answers[0] for answers in definition.blanks))
        case _:
            return Given(said=definition.answers[:1] or ("?",))


def _wrong(definition: Definition) -> Given:
    match definition:
        case Choices():
            rank = next(n for n, choice in enumerate(definition.choices) if not choice.right)
            return Given(said=(definition.choices[rank].text,), picked=(rank,))
        case Order():
            ranks = tuple(reversed(range(len(definition.items))))
            return Given(said=tuple(definition.items[n] for n in ranks), picked=ranks)
        case Fill():
            return Given(said=("?",) * len(definition.blanks))
        case _:
            return Given(said=("?",))


def _miss(enrolment: Enrolment, exercise: Exercise, at: datetime) -> None:
    """Three times, and never right: Bob sees that somebody needs a hand."""
    given = _wrong(definition_from(exercise.kind, exercise.definition))
    for number in range(1, following.TRIES + 1):
        attempt = Attempt.objects.create(
            subject_id=enrolment.subject_id,
            enrolment=enrolment,
            exercise=exercise,
            code=exercise.code,
            number=number,
            answer=given.stored(),
            points=0,
            out_of=1,
            attempted_at=at,
        )
        following.note_attempt(enrolment=enrolment, attempt=attempt, at=at)


# --- Asking and inviting ------------------------------------------------------------------------


def _change_way(world: World, at: datetime, *, way: Way) -> None:
    parcours = _parcours(RGPD)
    if parcours is not None:
        author = _subject(world, "eve").uuid
        gathering.change_way(parcours=parcours, way=way, author=author, at=at)


def _ask(world: World, at: datetime, *, key: str) -> None:
    parcours = _parcours(RGPD)
    if parcours is not None:
        subject = _subject(world, key)
        deciding.ask(subject=subject, parcours=parcours, words=_PROJECT, at=at)


def _answer(world: World, at: datetime, *, key: str) -> None:
    candidacy = Candidacy.objects.of(_subject(world, key)).first()
    if candidacy is not None:
        deciding.accept(
            candidacy=candidacy,
            author=_subject(world, "flora").uuid,
            reason="Votre projet est clair\u00a0: bienvenue.",
            at=at,
        )


def _invite(world: World, at: datetime, *, key: str) -> None:
    cohort = Cohort.objects.filter(slug=COHORT).first()
    if cohort is not None:
        inviting.invite(
            cohort=cohort,
            people=[_subject(world, key)],
            author=_subject(world, "flora").uuid,
            at=at,
        )
        inviting_addresses.invite_addresses(
            cohort=cohort,
            addresses=["camille.roche@courriel.example"],  # who has no account
            author=_subject(world, "flora").uuid,
            at=at,
        )
