"""What can be rated in an edition, and how it is called."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from django.db.models import F
from django.utils.translation import gettext as _

from clairevoie.learning.models import Exercise, Unit
from clairevoie.learning.outline import outline_of

Name = tuple[str, str]  # a unit and its place, as ratings say them


@dataclass(frozen=True, slots=True)
class Rateable:
    """One thing that a learner may rate; ``title`` is its author's, ``rank`` an exercise's."""

    unit: Unit
    place: str
    title: str
    rank: int = 0

    @property
    def name(self) -> Name:
        return self.unit.value, self.place

    @property
    def heading(self) -> str:
        """« Exercice 2 du chapitre « La moyenne » », or the title."""
        if not self.rank:
            return self.title
        return _("Exercice %(rank)d – %(chapter)s") % {"rank": self.rank, "chapter": self.title}


@lru_cache(maxsize=128)
def units_of(edition: UUID) -> dict[Name, Rateable]:
    """All that can be rated, in the order it is met: one query, and the outline's, once."""
    exercises: dict[str, list[str]] = {}
    for module, chapter, code in (
        Exercise.objects.filter(edition__uuid=edition)
        .order_by("chapter__position", "position")
        .annotate(of_module=F("chapter__module__slug"), of_chapter=F("chapter__slug"))
        .values_list("of_module", "of_chapter", "code")
    ):
        exercises.setdefault(f"{module}/{chapter}", []).append(code)
    return {one.name: one for one in _walk(edition, exercises)}


def _walk(edition: UUID, exercises: dict[str, list[str]]) -> Iterator[Rateable]:
    outline = outline_of(edition)
    yield Rateable(Unit.PARCOURS, "", outline.title)
    for part in outline.parts:
        yield Rateable(Unit.MODULE, part.slug, part.title)
        for step in part.steps:
            unit = Unit.PROJECT if step.is_project else Unit.CHAPTER
            yield Rateable(unit, step.place, step.title)
            for rank, code in enumerate(exercises.get(step.place, ()), start=1):
                yield Rateable(Unit.EXERCISE, code, step.title, rank)
