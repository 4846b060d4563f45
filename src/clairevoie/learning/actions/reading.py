"""Reading a chapter, and saying that one is done with it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

from django.db import transaction

from clairevoie import privacy
from clairevoie.learning.actions.enrolling import TRAINING
from clairevoie.learning.models import (
    Attempt,
    Chapter,
    Completion,
    Enrolment,
    Package,
    PackageResult,
)
from clairevoie.learning.progress import progress_of

_OFTEN_ENOUGH = timedelta(hours=1)


class AfterFinishing(Protocol):
    """What higher apps do when a parcours is finished, in the same transaction.

    If it raises, what finished it is not done.
    """

    def __call__(self, *, enrolment: Enrolment, at: datetime) -> object: ...


# Filled by higher apps when they start (AppConfig.ready); each is called once an enrolment.
after_finishing: list[AfterFinishing] = []


class NotInThisEdition(Exception):
    """Ce chapitre n’est pas de l’édition que vous suivez."""


class ReadingNotKept(Exception):
    """Un verrouillage de vos données est en cours : ce chapitre n’est pas marqué terminé."""


class ExercisesLeft(Exception):
    """Essayez d’abord chaque exercice de ce chapitre, même sans réussir."""


class PackageLeft(Exception):
    """Jouez d’abord le contenu de ce chapitre jusqu’au bout, même sans réussir."""


def read(*, enrolment: Enrolment, chapter: Chapter, at: datetime) -> bool:
    """Note where the reader is; at most one write an hour a page. Whether it was written."""
    place = place_of(chapter)
    if enrolment.last_place == place and at - enrolment.last_at < _OFTEN_ENOUGH:
        return False
    enrolment.last_place, enrolment.last_at = place, at
    # Not where a lock stands on their data (RGPD, art. 18): they read, and nothing is written.
    return bool(Enrolment.objects.filter(pk=enrolment.pk).update(last_place=place, last_at=at))


@transaction.atomic
def complete(*, enrolment: Enrolment, chapter: Chapter, at: datetime) -> Completion:
    """The reader says that they are done with ``chapter``; once, whatever happens after.

    Raises :class:`NotInThisEdition`, :class:`ReadingNotKept`; :class:`ExercisesLeft` while one was
    never attempted, :class:`PackageLeft` while what another tool made was not played to its end.
    """
    held = Enrolment.including_restricted.select_for_update(of=("self",)).get(pk=enrolment.pk)
    if held.left_at is not None or chapter.edition.uuid != held.edition_id:
        raise NotInThisEdition
    if not privacy.may(held.subject, TRAINING).allowed:
        raise ReadingNotKept
    if attempted(held, chapter=chapter) < chapter.exercise_count:
        raise ExercisesLeft
    if not _played(held, chapter):
        raise PackageLeft
    done, new = Completion.including_restricted.get_or_create(
        enrolment=held,
        chapter=chapter,
        defaults={
            "subject_id": held.subject_id,
            "place": place_of(chapter),
            "completed_at": at,
        },
    )
    if new:
        held.last_at = at
        held.save(update_fields=["last_at"])
        finish_if_done(enrolment=held, at=at)
    return done


def finish_if_done(*, enrolment: Enrolment, at: datetime) -> bool:
    """Write the day a parcours was finished, once; to call when a chapter or project is done."""
    if enrolment.finished_at is None and progress_of([enrolment])[enrolment.pk].finished:
        enrolment.finished_at = at
        enrolment.save(update_fields=["finished_at"])
        for follow_up in after_finishing:
            follow_up(enrolment=enrolment, at=at)
        return True
    return False


def attempted(enrolment: Enrolment, *, chapter: Chapter) -> int:
    """How many exercises of ``chapter`` this learner tried at least once."""
    if not chapter.exercise_count:
        return 0
    tried = Attempt.including_restricted.filter(
        enrolment=enrolment, exercise__chapter=chapter
    ).values("exercise")
    return int(tried.distinct().count())


def _played(enrolment: Enrolment, chapter: Chapter) -> bool:
    """All that the package of ``chapter`` launches has ended once; trying is enough, as with an
    exercise: « failed » is an end too. One that is no longer offered asks for nothing.
    """
    if chapter.package_id is None:
        return True
    package = Package.objects.filter(uuid=chapter.package_id, offered=True).first()
    if package is None:
        return True
    ended = PackageResult.including_restricted.filter(enrolment=enrolment, package=package)
    done = set(ended.exclude(status=PackageResult.Status.BEGUN).values_list("item", flat=True))
    return done.issuperset(item["id"] for item in package.items)


def place_of(chapter: Chapter) -> str:
    """What names a chapter in a person's own data, from one edition to the next."""
    return f"{chapter.module.slug}/{chapter.slug}"
