"""What a trainer reads of the cohorts they teach, and of no other (P-024).

Every list is one range of one index, read from where the page before ended: a cohort of a hundred
and one of a hundred thousand cost the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import F, Q, QuerySet, TextChoices
from django.utils.translation import gettext_lazy as _

from clairevoie.learning.models import (
    Cohort,
    Difficulty,
    Enrolment,
    Exercise,
    Motivation,
    Parcours,
    Submission,
    Teaching,
)
from clairevoie.learning.outline import Step, outline_of
from clairevoie.learning.progress import Progress, progress_of
from clairevoie.lib.calendar import paris_date
from clairevoie.privacy.models import DataSubject

A_PAGE: Final = 50
COUNTED: Final = 100  # beyond, « 100 et plus »: nobody waits for a count
QUIET: Final = timedelta(days=14)


class Group(TextChoices):
    """The lists of a cohort; their codes stand in its address."""

    TO_HELP = "a-aider", _("À aider")
    UNDER_WAY = "en-cours", _("En cours")
    FINISHED = "termine", _("Terminé")


class NotAPlace(ValueError):
    """Cette page de la liste n’existe pas."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ended: the instant its list is ordered by, and the row's number."""

    at: datetime
    number: int

    def __str__(self) -> str:
        return f"{self.at:%Y%m%dT%H%M%S.%f%z}-{self.number}"

    @classmethod
    def read(cls, text: str) -> Place:
        """Raises :class:`NotAPlace`."""
        at, _dash, number = text.rpartition("-")
        try:
            # In UTC, as it is asked of the database: what overflows there is nowhere either.
            instant = datetime.strptime(at, "%Y%m%dT%H%M%S.%f%z").astimezone(UTC)
            return cls(instant, int(number))
        except (ValueError, OverflowError):
            raise NotAPlace from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Resisting:
    """The exercise a learner failed three times, and the lesson it is in."""

    chapter: str
    edition: UUID
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Learner:
    """One line of the table."""

    name: str
    progress: Progress
    here: Step | None
    last_on: date
    finished_on: date | None
    waits: bool  # for the correction of a project: it is the trainer's turn
    quiet_days: int  # since the last activity, from fourteen on; otherwise 0
    resisting: Resisting | None
    motivation: Motivation | None


@dataclass(frozen=True, slots=True)
class Page:
    """Some learners, and where the next page begins."""

    learners: list[Learner]
    after: Place | None


def cohorts_of(trainer: DataSubject) -> QuerySet[Cohort, Any]:
    """Those a trainer helps, the latest first, with ``title`` and ``language`` of the parcours."""
    taught = Teaching.objects.of(trainer).values("cohort")
    return (
        Cohort.objects.filter(slug__in=taught)
        .annotate(title=F("parcours__current__title"), language=F("parcours__current__language"))
        .order_by("-starts_on", "slug")
    )


def page_of(cohort: Cohort, group: Group, *, after: Place | None, at: datetime) -> Page:
    """One page of a list, whoever waits longest first."""
    found: list[Enrolment] = []
    for rows, clock in _ranges(cohort, group, at=at):
        room = A_PAGE + 1 - len(found)
        if room:
            found += _from(rows, clock, after)[:room]
    last = found[A_PAGE - 1] if len(found) > A_PAGE else None
    clock = "finished_at" if group == Group.FINISHED else "last_at"
    next_page = Place(getattr(last, clock), last.pk) if last is not None else None
    return Page(_learners(found[:A_PAGE], at=at), next_page)


def counts_of(cohort: Cohort, *, at: datetime) -> Mapping[Group, int]:
    """How many are in each list, counted up to :data:`COUNTED`."""
    return {
        group: min(
            COUNTED,
            # In order, so that the first of an index are counted and no table is walked.
            sum(
                rows.order_by(clock, "pk")[:COUNTED].count()
                for rows, clock in _ranges(cohort, group, at=at)
            ),
        )
        for group in Group
    }


def hardest() -> QuerySet[Difficulty]:
    """The exercises missed most often at first, of the editions that are read today."""
    found = Difficulty.objects.filter(
        missed_percent__gt=0, exercise__edition__in=Parcours.objects.values("current")
    )
    return (
        found.select_related("exercise__chapter__edition")
        .only(
            *("people", "missed_percent", "computed_on"),
            *("exercise__prompt", "exercise__chapter__title", "exercise__chapter__position"),
            *("exercise__chapter__edition__uuid", "exercise__chapter__edition__title"),
            "exercise__chapter__edition__language",
        )
        .order_by("-missed_percent", "exercise")[:A_PAGE]
    )


def _ranges(
    cohort: Cohort, group: Group, *, at: datetime
) -> Sequence[tuple[QuerySet[Enrolment], str]]:
    """The ranges of indexes that make a list up, in its order, and their column of order."""
    theirs = Enrolment.objects.filter(cohort=cohort.slug, left_at__isnull=True)
    if group == Group.FINISHED:
        return [(theirs.filter(finished_at__isnull=False), "finished_at")]
    under_way = theirs.filter(finished_at__isnull=True)
    if group == Group.UNDER_WAY:
        return [(under_way, "last_at")]
    quiet_since = at - QUIET
    return [
        (under_way.filter(last_at__lt=quiet_since), "last_at"),
        (under_way.filter(stuck_at__isnull=False, last_at__gte=quiet_since), "last_at"),
    ]


def _from(rows: QuerySet[Enrolment], clock: str, after: Place | None) -> QuerySet[Enrolment]:
    if after is not None:
        # The first condition is the range; the second tells equal instants apart.
        rows = rows.filter(**{f"{clock}__gte": after.at}).filter(
            Q(**{f"{clock}__gt": after.at}) | Q(pk__gt=after.number)
        )
    return rows.select_related("subject__member", "motivation").order_by(clock, "pk")


def _learners(enrolments: Sequence[Enrolment], *, at: datetime) -> list[Learner]:
    progress = progress_of(enrolments)
    resisting, waiting = _resisting(enrolments), _waiting(enrolments)
    return [
        Learner(
            name=_name_of(enrolment),
            progress=progress[enrolment.pk],
            here=outline_of(enrolment.edition_id).at(enrolment.last_place),
            last_on=paris_date(enrolment.last_at),
            finished_on=paris_date(enrolment.finished_at) if enrolment.finished_at else None,
            waits=enrolment.uuid in waiting,
            quiet_days=_quiet_days(enrolment, at=at),
            resisting=resisting.get((enrolment.edition_id, enrolment.stuck_on)),
            motivation=getattr(enrolment, "motivation", None),
        )
        for enrolment in enrolments
    ]


def _name_of(enrolment: Enrolment) -> str:
    member = getattr(enrolment.subject, "member", None)
    return str(member.full_name) if member else ""


def _quiet_days(enrolment: Enrolment, *, at: datetime) -> int:
    if enrolment.finished_at is not None or enrolment.last_at >= at - QUIET:
        return 0
    return (paris_date(at) - paris_date(enrolment.last_at)).days


def _waiting(enrolments: Sequence[Enrolment]) -> set[UUID]:
    """Those whose project nobody has decided about yet."""
    handed_in = Submission.objects.filter(
        enrolment__uuid__in=[enrolment.uuid for enrolment in enrolments], decided_at__isnull=True
    )
    return set(handed_in.order_by().values_list("enrolment__uuid", flat=True))


def _resisting(enrolments: Iterable[Enrolment]) -> dict[tuple[UUID, str], Resisting]:
    """One query, and none where nobody is stuck."""
    wanted = {(one.edition_id, one.stuck_on) for one in enrolments if one.stuck_on}
    if not wanted:
        return {}
    rows = Exercise.objects.filter(
        edition__uuid__in={edition for edition, _code in wanted},
        code__in={code for _edition, code in wanted},
    ).values_list("edition__uuid", "code", "chapter__title", "chapter__position")
    return {
        (edition, code): Resisting(chapter=title, edition=edition, position=position)
        for edition, code, title, position in rows
    }
