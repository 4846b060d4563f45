"""How far people are: counted from what they did, never stored, never above all there is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet

from clairevoie.learning.models import Completion, Edition, Enrolment, Project, Submission

_totals: dict[UUID, int] = {}  # an edition never changes


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Chapters read and projects accepted, of those of the edition that is followed."""

    done: int
    total: int

    @property
    def percent(self) -> int:
        """0 to 100; 100 means all of it."""
        return self.done * 100 // self.total if self.total else 0

    @property
    def finished(self) -> bool:
        return 0 < self.total == self.done


def progress_of(enrolments: Iterable[Enrolment]) -> Mapping[int, Progress]:
    """Progress by the enrolment's ``pk``: two queries for any number, two more for editions that
    this process has not met."""
    followed = list(enrolments)
    uuids = [enrolment.uuid for enrolment in followed]
    read = _counted(Completion.including_restricted.filter(enrolment__uuid__in=uuids))
    accepted = _counted(
        Submission.including_restricted.filter(
            enrolment__uuid__in=uuids, state=Submission.State.ACCEPTED
        )
    )
    totals = _totals_of({enrolment.edition_id for enrolment in followed})
    return {
        enrolment.pk: progress_from(
            done=read.get(enrolment.uuid, 0) + accepted.get(enrolment.uuid, 0),
            total=totals[enrolment.edition_id],
        )
        for enrolment in followed
    }


def progress_from(*, done: int, total: int) -> Progress:
    return Progress(done=min(done, total), total=total)


def _counted(rows: QuerySet[Any]) -> dict[UUID, int]:
    return dict(rows.order_by().values_list("enrolment").annotate(n=Count("pk")))


def _totals_of(editions: set[UUID]) -> dict[UUID, int]:
    unknown = editions - _totals.keys()
    if unknown:
        projects = dict(
            Project.objects.filter(edition__uuid__in=unknown)
            .order_by()
            .values_list("edition__uuid")
            .annotate(n=Count("pk"))
        )
        chapters = Edition.objects.filter(uuid__in=unknown).values_list("uuid", "chapter_count")
        _totals.update({uuid: count + projects.get(uuid, 0) for uuid, count in chapters})
    return {uuid: _totals[uuid] for uuid in editions}
