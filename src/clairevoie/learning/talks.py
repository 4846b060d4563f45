"""All that passed between a learner and their trainers about one project."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Prefetch

from clairevoie.accounts.models import Member
from clairevoie.learning.models import (
    Correction,
    Document,
    Enrolment,
    Project,
    Remark,
    Submission,
    talk_about,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One trainer's correction, with the name of who wrote it."""

    correction: Correction
    by: str

    @property
    def total(self) -> tuple[int, int]:
        """Points given, and of how many."""
        lines = self.correction.points
        return sum(one["points"] for one in lines), sum(one["out_of"] for one in lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A project as handed in once, and how it was read."""

    submission: Submission
    documents: list[Document]
    readings: list[Reading]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A message and who wrote it; nothing for what the learner wrote."""

    remark: Remark
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """The versions, the latest first, and the talk, the oldest first."""

    versions: list[Version]
    talk: list[Line]

    @property
    def latest(self) -> Submission | None:
        return self.versions[0].submission if self.versions else None


def exchange_about(enrolment: Enrolment, project: Project) -> Exchange:
    """Five queries, whatever was said."""
    handed_in = (
        Submission.including_restricted.filter(enrolment=enrolment, project=project)
        .order_by("-number")
        .prefetch_related(
            Prefetch("documents", Document.including_restricted.order_by("id")),
            Prefetch("corrections", Correction.including_restricted.order_by("id")),
        )
    )
    submissions = list(handed_in)
    remarks = list(talk_about(enrolment, project))
    authors = {c.corrector for one in submissions for c in one.corrections.all()}
    names = _names(authors | {remark.author for remark in remarks if not remark.by_learner})
    return Exchange(
        versions=[_version(one, names) for one in submissions],
        talk=[
            Line(remark=remark, by="" if remark.by_learner else names.get(remark.author, ""))
            for remark in remarks
        ],
    )


def _version(submission: Submission, names: dict[UUID, str]) -> Version:
    return Version(
        submission=submission,
        documents=list(submission.documents.all()),
        readings=[
            Reading(correction=one, by=names.get(one.corrector, ""))
            for one in submission.corrections.all()
        ],
    )


def _names(authors: Iterable[UUID]) -> dict[UUID, str]:
    """Of trainers who are still there."""
    wanted = set(authors)
    if not wanted:
        return {}
    found = Member.objects.filter(subject__uuid__in=wanted).select_related("subject")
    return {member.subject.uuid: member.full_name for member in found}
