"""What a person learned, in the words of other platforms: statements of xAPI 1.0.3.

One a chapter completed, one an answer to an exercise, one a verdict on a project. The person is
an account of this site, by their public number: no address, no name. Read and written row by
row, so that memory does not grow with what they did (docs/reference/xapi.md).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from typing import Any, Final
from urllib.parse import quote
from uuid import UUID, uuid5

from django.conf import settings
from django.db.models import QuerySet

from clairevoie.learning.answering import numbers_in
from clairevoie.learning.models import Attempt, Completion, Kind, Submission
from clairevoie.lib.prepared import PreparedRows
from clairevoie.privacy.models import DataSubject, PersonalRecord

NAME: Final = "xapi.json"
_CHUNK: Final = 2_000
_ADL: Final = "http://adlnet.gov/expapi"
_VERBS: Final = {
    "completed": ("a terminé", "completed"),
    "answered": ("a répondu à", "answered"),
    "passed": ("a réussi", "passed"),
    "failed": ("doit retravailler", "failed"),
}
_INTERACTIONS: Final = {
    Kind.SINGLE: "choice",
    Kind.MULTIPLE: "choice",
    Kind.SHORT: "fill-in",
    Kind.NUMERIC: "numeric",
    Kind.ORDER: "sequencing",
    Kind.FILL: "fill-in",
}

Json = dict[str, Any]
_encode = json.JSONEncoder(ensure_ascii=False).encode


def pieces(subject: DataSubject) -> Iterator[str]:
    """The file, an array that a record store takes as it is: a statement a line."""
    made = chain(_completions(subject), _attempts(subject), _verdicts(subject))
    before = "["
    for statement in made:
        yield f"{before}\n{_encode(statement)}"
        before = ","
    yield "[]\n" if before == "[" else "\n]\n"


# --- Reading ------------------------------------------------------------------------------------

_FOLLOWED: Final = (
    "enrolment__uuid",
    "enrolment__parcours__slug",
    "enrolment__edition__number",
    "enrolment__edition__title",
    "enrolment__edition__language",
)


def _read(model: type[PersonalRecord], *columns: str, **more: Any) -> PreparedRows:
    """Of one person and after one row, a page in the order of the index (subject, id)."""

    def page(subject: int, after: int) -> QuerySet[Any, Any]:
        rows = model.including_restricted.filter(**more, subject=subject).filter(pk__gt=after)
        found: QuerySet[Any, Any] = rows.order_by("pk").values_list("pk", *_FOLLOWED, *columns)
        return found[:_CHUNK]

    return PreparedRows(page, example=(1, 2))


_COMPLETED: Final = _read(Completion, "place", "chapter__title", "completed_at")
_ANSWERED: Final = _read(
    Attempt,
    *("exercise__kind", "code", "number", "answer", "points", "out_of", "attempted_at"),
)
_DECIDED: Final = _read(
    Submission,
    *("project__module__slug", "title", "state", "number", "decided_at"),
    decided_at__isnull=False,
)
_VERDICTS: Final = {Submission.State.ACCEPTED: "passed", Submission.State.REWORK: "failed"}


def _rows(read: PreparedRows, subject: DataSubject) -> Iterator[tuple[Any, ...]]:
    """All of a person's rows, a page at a time."""
    page: list[Any] = []
    after = 0
    while not after or len(page) == _CHUNK:
        page = read.get(subject.pk, after)
        if not page:
            return
        for row in page:
            yield row[1:]
        after = page[-1][0]


def _completions(subject: DataSubject) -> Iterator[Json]:
    for *followed, place, title, at in _rows(_COMPLETED, subject):
        context = _Followed(*followed)
        yield {
            **context.statement(subject, "completed", at, place),
            "object": context.activity("lesson", f"{place}/", title),
            "result": {"completion": True},
        }


def _attempts(subject: DataSubject) -> Iterator[Json]:
    rows = _rows(_ANSWERED, subject)
    for *followed, kind, code, number, answer, points, out_of, at in rows:
        context = _Followed(*followed)
        exercise = context.activity("cmi.interaction", f"exercices/{code}/", code)
        exercise["definition"]["interactionType"] = _INTERACTIONS[Kind(kind)]
        score = {"scaled": points / out_of, "raw": points, "min": 0, "max": out_of}
        yield {
            **context.statement(subject, "answered", at, code, str(number)),
            "object": exercise,
            "result": {"score": score, "success": points == out_of, **_response(answer, kind)},
        }


def _verdicts(subject: DataSubject) -> Iterator[Json]:
    for *followed, module, title, state, number, at in _rows(_DECIDED, subject):
        if state not in _VERDICTS:
            continue
        context, accepted = _Followed(*followed), state == Submission.State.ACCEPTED
        yield {
            **context.statement(subject, _VERDICTS[state], at, f"{module}/projet", str(number)),
            "object": context.activity("assessment", f"{module}/projet/", title),
            "result": {"success": accepted, "completion": accepted},
        }


def _response(answer: Any, kind: str) -> Json:
    """In the learner's words; nothing where another tool reported points alone."""
    said = answer.get("said") if isinstance(answer, dict) else None
    if not said:
        return {}
    words = [str(one) for one in said]
    if kind == Kind.NUMERIC:  # xAPI 1.0.3, 2.4.4.1: « 12,5 » is 12.5 where it can be nothing else
        numbers = [numbers_in(one) for one in words]
        words = [
            format(found[0], "f") if len(found) == 1 else one
            for one, found in zip(words, numbers, strict=True)
        ]
    return {"response": "[,]".join(words)}


# --- Saying -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Followed:
    """The parcours and the edition in which something was done."""

    registration: UUID
    slug: str
    edition: int
    title: str
    language: str

    def statement(self, subject: DataSubject, verb: str, at: datetime, *what: str) -> Json:
        """All but object and result. The same deed has the same number in every copy."""
        french, english = _VERBS[verb]
        whole = {
            "objectType": "Activity",
            "id": _iri(f"parcours/{self.slug}/"),
            "definition": self._defined("course", self.title),
        }
        return {
            "id": str(uuid5(self.registration, "/".join((verb, *what)))),
            "actor": {
                "objectType": "Agent",
                "account": {"homePage": _iri(""), "name": str(subject.uuid)},
            },
            "verb": {"id": f"{_ADL}/verbs/{verb}", "display": {"fr": french, "en": english}},
            "context": {
                "registration": str(self.registration),
                "revision": str(self.edition),
                "platform": "Clairevoie",
                "language": self.language,
                "contextActivities": {"grouping": [whole]},
            },
            "timestamp": at.astimezone(UTC).isoformat(timespec="milliseconds"),
        }

    def activity(self, kind: str, path: str, name: str) -> Json:
        """Something of this parcours, by its address in the learner's pages."""
        return {
            "objectType": "Activity",
            "id": _iri(f"apprendre/{self.slug}/{path}"),
            "definition": self._defined(kind, name),
        }

    def _defined(self, kind: str, name: str) -> Json:
        return {"type": f"{_ADL}/activities/{kind}", "name": {self.language: name}}


def _iri(path: str) -> str:
    return f"{settings.SITE_URL.rstrip('/')}/{quote(path)}"
