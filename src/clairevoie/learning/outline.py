"""The steps of an edition, kept by each process: an edition never changes.

What learners' pages show of a parcours besides the text of one chapter comes from here, without
a query once the edition was met.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from functools import cached_property, lru_cache
from uuid import UUID

from clairevoie.learning.models import Chapter, Edition, Module, Project
from clairevoie.learning.models import outline_of as modules_of

PROJECT = "projet"  # the last word of a project's place and address


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A chapter to read or a project to make. ``number`` is the row's own, among its kind."""

    module: str
    slug: str
    title: str
    minutes: int
    exercises: int
    is_project: bool
    number: int

    @property
    def place(self) -> str:
        """``module/chapter`` or ``module/projet``: as completions and ratings name it."""
        return f"{self.module}/{self.slug}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A module and its steps, the project last."""

    position: int
    slug: str
    title: str
    summary: str
    minutes: int
    steps: tuple[Step, ...]


@dataclass(frozen=True, kw_only=True)
class Outline:
    """All the steps of one edition, in order."""

    edition: UUID
    parcours: str
    number: int
    title: str
    language: str
    minutes: int
    parts: tuple[Part, ...]

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        return tuple(step for part in self.parts for step in part.steps)

    @cached_property
    def projects(self) -> dict[int, str]:
        """Places of the projects, by the number of their row."""
        return {step.number: step.place for step in self.steps if step.is_project}

    @cached_property
    def _ranks(self) -> dict[str, int]:
        return {step.place: rank for rank, step in enumerate(self.steps)}

    def at(self, place: str) -> Step | None:
        rank = self._ranks.get(place)
        return None if rank is None else self.steps[rank]

    def around(self, place: str) -> tuple[Step | None, Step | None]:
        """The steps before and after; None at either end. Raises ``KeyError``."""
        rank = self._ranks[place]
        before = self.steps[rank - 1] if rank else None
        after = self.steps[rank + 1] if rank + 1 < len(self.steps) else None
        return before, after

    def first_left(self, done: Container[str]) -> Step | None:
        """The first step whose place is not in ``done``; None when all are."""
        return next((step for step in self.steps if step.place not in done), None)

    def minutes_left(self, done: Container[str]) -> int:
        """Of the steps whose place is not in ``done``."""
        return sum(step.minutes for step in self.steps if step.place not in done)


@lru_cache(maxsize=128)
def outline_of(edition: UUID) -> Outline:
    """The steps of that edition: four queries the first time. Raises ``DoesNotExist``."""
    found = (
        Edition.objects.select_related("parcours").defer("source", "searched").get(uuid=edition)
    )
    return Outline(
        edition=found.uuid,
        parcours=found.parcours.slug,
        number=found.number,
        title=found.title,
        language=found.language,
        minutes=found.minutes,
        parts=tuple(_part(module) for module in modules_of(found)),
    )


def _part(module: Module) -> Part:
    steps = [_of_chapter(module, chapter) for chapter in module.chapters.all()]
    project: Project | None = getattr(module, "project", None)
    if project is not None:
        steps.append(_of_project(module, project))
    return Part(
        position=module.position,
        slug=module.slug,
        title=module.title,
        summary=module.summary,
        minutes=module.minutes,
        steps=tuple(steps),
    )


def _of_chapter(module: Module, chapter: Chapter) -> Step:
    return Step(
        module=module.slug,
        slug=chapter.slug,
        title=chapter.title,
        minutes=chapter.minutes,
        exercises=chapter.exercise_count,
        is_project=False,
        number=chapter.pk,
    )


def _of_project(module: Module, project: Project) -> Step:
    return Step(
        module=module.slug,
        slug=PROJECT,
        title=project.title,
        minutes=project.minutes,
        exercises=0,
        is_project=True,
        number=project.pk,
    )


@lru_cache(maxsize=512)
def chapter_at(edition: UUID, place: str) -> Chapter | None:
    """The chapter of that place, with its module and edition; shared by readers: never changed."""
    module, _slash, slug = place.partition("/")
    return (
        Chapter.objects.select_related("module", "edition")
        .defer("source", "exercises_source", "module__source", "edition__source")
        .defer("edition__searched")
        .filter(edition__uuid=edition, module__slug=module, slug=slug)
        .first()
    )
