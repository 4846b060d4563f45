"""Where a learner stands in a parcours: all that its pages say of them, in one read.

The enrolment, and beside it what they did: the parcours itself is kept by the process
(``learning.outline``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db.models import OuterRef, QuerySet
from django.db.models.functions import Length

from clairevoie.accounts.models import Member
from clairevoie.learning.done import Done, States, done_from
from clairevoie.learning.models import (
    Attempt,
    Completion,
    Enrolment,
    Exercise,
    Package,
    Rating,
    Submission,
    Teaching,
)
from clairevoie.learning.opinions import Stars
from clairevoie.learning.outline import Outline, outline_of
from clairevoie.learning.showing import Tries, tries_from
from clairevoie.learning.units import Name
from clairevoie.lib.prepared import Prepared
from clairevoie.lib.rows import Rows, instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One learner in one parcours."""

    enrolment: Enrolment
    outline: Outline
    done: Done
    states: States
    stars: Mapping[Name, Stars]


@dataclass(frozen=True, slots=True, kw_only=True)
class AtAStep(Standing):
    """On the page of a chapter: what they answered there, by the number of the exercise."""

    tries: Mapping[int, Tries]


@dataclass(frozen=True, slots=True, kw_only=True)
class OnTheWhole(Standing):
    """On the page of the parcours: with whom they learn, and whether there is more to play."""

    trainers: Sequence[str]
    plays: bool


def _of_this(model: Any) -> QuerySet[Any]:
    """The rows of the enrolment; the learner's own, whatever lock stands on them."""
    rows: QuerySet[Any] = model.including_restricted.filter(enrolment=OuterRef("uuid"))
    return rows


_RATED: Final = Rating.including_restricted.filter(
    parcours=OuterRef("parcours"), subject=OuterRef("subject")
).annotate(words=Length("review"))
_TEACH: Final = Teaching.including_restricted.filter(
    cohort=OuterRef("cohort"), subject__restricted=False
)
_PLAYS: Final = Package.objects.filter(
    parcours=OuterRef("parcours"), offered=True, placed=False
).order_by()


def _followed(slug: Any, subject: Any) -> QuerySet[Enrolment]:
    enrolments: QuerySet[Enrolment] = Enrolment.including_restricted.filter(
        parcours__slug=slug, subject=subject, left_at=None
    )
    return enrolments.annotate(
        _read=Rows(_of_this(Completion).values_list("place", "completed_at")),
        _handed=Rows(
            _of_this(Submission).order_by("number").values_list("project", "state", "decided_at")
        ),
        _rated=Rows(_RATED.values_list("unit", "place", "score", "uuid", "words")),
    )


def _asked(module: Any, slug: Any) -> QuerySet[Exercise]:
    """The exercises of that chapter, in the edition of the enrolment: found from the smallest
    table down, and never through the pages of the edition's other chapters."""
    there = Exercise.objects.filter(chapter__module__slug=module).filter(chapter__slug=slug)
    edition = OuterRef(OuterRef("edition_id"))
    return there.filter(chapter__module__edition__uuid=edition).order_by()


_at_a_step: Prepared[Enrolment] = Prepared(
    lambda module, chapter, slug, subject: _followed(slug, subject).annotate(
        _tried=Rows(
            _of_this(Attempt)
            .filter(exercise__in=_asked(module, chapter).values("pk"))
            .order_by("exercise", "number")
            .values_list("exercise", "points", "out_of", "answer")
        )
    ),
    example=("module", "chapter", "slug", 1),
)
_on_the_whole: Prepared[Enrolment] = Prepared(
    lambda slug, subject: (
        _followed(slug, subject)
        .select_related("cohort")
        .annotate(
            _teach=Rows(
                _TEACH.order_by("id").values_list(
                    "subject__member__first_names", "subject__member__last_name"
                )
            ),
            _plays=Rows(_PLAYS.values_list("pk")),
        )
    ),
    example=("slug", 1),
)


def standing_at(member: Member, slug: str, module: str, chapter: str) -> AtAStep | None:
    """On the page of that chapter; None where they do not follow the parcours. One query."""
    found = _at_a_step.get(module, chapter, slug, member.pk)
    if found is None:
        return None
    return AtAStep(**_common(found), tries=tries_from(_beside(found, "_tried")))


def standing_in(member: Member, slug: str) -> OnTheWhole | None:
    """On the page of the parcours; None where they do not follow it. One query."""
    found = _on_the_whole.get(slug, member.pk)
    if found is None:
        return None
    names = _beside(found, "_teach")
    trainers = [Member(first_names=first, last_name=last).full_name for first, last in names]
    return OnTheWhole(**_common(found), trainers=trainers, plays=bool(_beside(found, "_plays")))


def _common(found: Enrolment) -> dict[str, Any]:
    outline = outline_of(found.edition_id)
    read = ((place, instant(at)) for place, at in _beside(found, "_read"))
    handed = (
        (project, state, at and instant(at)) for project, state, at in _beside(found, "_handed")
    )
    done, states = done_from(outline, read, handed)
    stars = {
        (unit, place): Stars(score=score, number=UUID(number), reviewed=bool(words))
        for unit, place, score, number, words in _beside(found, "_rated")
    }
    return {
        "enrolment": found,
        "outline": outline,
        "done": done,
        "states": states,
        "stars": stars,
    }


def _beside(found: Enrolment, name: str) -> list[Any]:
    rows: list[Any] = vars(found)[name]
    return rows
