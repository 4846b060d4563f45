"""What a learner sees of the exercises of a chapter: the questions, and what became of them.

An edition never changes, so its questions are read once by each process.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import zip_longest
from typing import Any, Final
from uuid import UUID

from django.urls import reverse
from django.utils.functional import Promise

from clairevoie.learning.answering import Given, given_from, mark
from clairevoie.learning.asking import fields_of, order_shown
from clairevoie.learning.content.exercises import (
    Choices,
    Definition,
    Fill,
    Numeric,
    Order,
    definition_from,
)
from clairevoie.learning.models import Attempt, Enrolment, Exercise, Kind
from clairevoie.lib.prepared import PreparedRows

_SMALLEST_BLANK: Final = 8  # characters


@dataclass(frozen=True, kw_only=True, eq=False)
class Question:
    """An exercise of an edition; its words are HTML."""

    number: int  # the row's own
    position: int
    code: str
    kind: str
    prompt: str
    hint: str
    explanation: str
    definition: Definition

    @property
    def form(self) -> str | Promise:
        return Kind(self.kind).label

    def order_for(self, enrolment: Enrolment) -> tuple[int, ...]:
        return order_shown(self.definition, enrolment=enrolment.uuid, code=self.code)


@lru_cache(maxsize=512)
def questions_of(edition: UUID, chapter: int) -> tuple[Question, ...]:
    """The exercises of the chapter of that number, in order: one query the first time."""
    found = Exercise.objects.filter(edition__uuid=edition, chapter=chapter)
    return tuple(question_of(exercise) for exercise in found)


def question_of(exercise: Exercise) -> Question:
    return Question(
        number=exercise.pk,
        position=exercise.position,
        code=exercise.code,
        kind=exercise.kind,
        prompt=exercise.prompt,
        hint=exercise.hint,
        explanation=exercise.explanation,
        definition=definition_from(exercise.kind, exercise.definition),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Tries:
    """What one learner made of one exercise: how often, the best, and the last."""

    count: int
    best: int
    points: int
    out_of: int
    last: Given | None


_ATTEMPTS = PreparedRows(
    lambda enrolment, chapter: (
        Attempt.including_restricted.filter(enrolment__uuid=enrolment)
        .filter(exercise__chapter=chapter)
        .order_by("number")
        .values_list("exercise", "points", "out_of", "answer")
    ),
    example=(UUID(int=0), 1),
)


def tries_in(enrolment: Enrolment, chapter: int) -> Mapping[int, Tries]:
    """By the exercise's number, those of the chapter that were tried at least once. One query."""
    return tries_from(_ATTEMPTS.get(enrolment.uuid, chapter))


def tries_from(attempts: Iterable[tuple[int, int, int, Any]]) -> Mapping[int, Tries]:
    """The same of rows that were read: exercise, points, out of, answer; in order."""
    found: dict[int, Tries] = {}
    for number, points, out_of, answer in attempts:
        before = found.get(number)
        found[number] = Tries(
            count=before.count + 1 if before else 1,
            best=max(before.best, points) if before else points,
            points=points,
            out_of=out_of,
            last=given_from(answer),
        )
    return found


# --- The sheet of one exercise ------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One thing to fill in, tick or rank. ``state``: right, wrong, or nothing yet."""

    name: str
    id: str
    value: str
    text: str = ""
    why: str = ""
    state: str = ""
    chosen: bool = False


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """One exercise as it is drawn (``learning/exercises/exercise.html``).

    ``sent`` holds what was typed and refused, and ``refused`` why: nothing is marked then.
    """

    question: Question
    slug: str
    order: tuple[int, ...]
    tries: Tries | None = None
    sent: Mapping[str, list[str]] | None = None
    refused: str = ""
    refused_field: str = ""
    parts: tuple[bool, ...] | None = None  # which parts of the last try are right, where known

    @property
    def anchor(self) -> str:
        return f"exercice-{self.question.code}"

    @property
    def action(self) -> str:
        return reverse("learning:answer", args=[self.slug, self.question.code])

    @property
    def status(self) -> str:
        """todo, right, partly or wrong: by the best of the tries."""
        if self.tries is None:
            return "todo"
        if self.tries.best == self.tries.out_of:
            return "right"
        return "partly" if self.tries.best else "wrong"

    @property
    def verdict(self) -> str:
        """The same of the last try; empty while there is none, or where an answer was refused."""
        if self.tries is None or self.refused:
            return ""
        if self.tries.points == self.tries.out_of:
            return "right"
        return "partly" if self.tries.points else "wrong"

    @property
    def was_better(self) -> bool:
        return self.tries is not None and self.tries.best > self.tries.points

    @property
    def type(self) -> str:
        return "checkbox" if self.question.kind == Kind.MULTIPLE else "radio"

    @property
    def unit(self) -> str:
        definition = self.question.definition
        return definition.unit if isinstance(definition, Numeric) else ""

    @property
    def blank_size(self) -> int:
        """The same for all the blanks, so that none tells the length of its answer."""
        definition = self.question.definition
        if not isinstance(definition, Fill):
            return 0
        longest = max(len(answers[0]) for answers in definition.blanks)
        return min(24, max(_SMALLEST_BLANK, longest + 2))

    @property
    def fields(self) -> list[Field]:
        match self.question.definition:
            case Choices() as choices:
                return list(self._options(choices))
            case Order() as order:
                items = list(self._ranks(order))
                return sorted(items, key=lambda item: int(item.value)) if self._last else items
            case _:
                return list(self._words())

    @property
    def pieces(self) -> list[tuple[str, Field | None]]:
        """A text and the blank after it, where there is one."""
        definition = self.question.definition
        assert isinstance(definition, Fill)
        return list(zip_longest(definition.segments, self._words()))

    @property
    def first_field(self) -> str:
        """The id of the field a refusal leads to; the exercise's own, where it is about it all."""
        if not self.refused_field:
            return self.anchor
        is_offered = isinstance(self.question.definition, Choices)
        return f"{self.anchor}-{'1' if is_offered else self.refused_field}"

    @property
    def _last(self) -> Given | None:
        return self.tries.last if self.tries and self.sent is None else None

    def _parts(self) -> tuple[bool, ...]:
        if self.parts is not None:
            return self.parts
        return mark(self.question.definition, self._last).parts if self._last else ()

    def _options(self, definition: Choices) -> Iterator[Field]:
        last = self._last
        picked = last.picked if last else ()
        sent = (self.sent or {}).get("reponse", [])
        for shown, rank in enumerate(self.order, start=1):
            choice, is_picked = definition.choices[rank], rank in picked
            yield Field(
                name="reponse",
                id=f"{self.anchor}-{shown}",
                value=str(shown),
                text=choice.text,
                why=choice.why if is_picked else "",
                state=("right" if choice.right else "wrong") if is_picked else "",
                chosen=is_picked or str(shown) in sent,
            )

    def _ranks(self, definition: Order) -> Iterator[Field]:
        last, parts = self._last, self._parts()
        rank_of = {item: rank for rank, item in enumerate(last.picked)} if last else {}
        for shown, item in enumerate(self.order, start=1):
            name = f"rang-{shown}"
            value = "".join((self.sent or {}).get(name, [])[-1:])
            if item in rank_of:
                value = str(rank_of[item] + 1)
            yield Field(
                name=name,
                id=f"{self.anchor}-{name}",
                value=value if value.isdecimal() and value.isascii() else "",
                text=definition.items[item],
                state=_state(parts, rank_of[item]) if item in rank_of else "",
            )

    def _words(self) -> Iterator[Field]:
        last, parts = self._last, self._parts()
        names = fields_of(self.question.definition)
        for rank, name in enumerate(names):
            yield Field(
                name=name,
                id=f"{self.anchor}-{name}",
                value=last.said[rank] if last else "".join((self.sent or {}).get(name, [])[-1:]),
                state=_state(parts, rank),
            )


def _state(parts: tuple[bool, ...], rank: int) -> str:
    if not parts:
        return ""
    return "right" if parts[rank] else "wrong"
