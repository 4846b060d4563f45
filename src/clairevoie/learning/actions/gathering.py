"""Opening a cohort of learners, and saying who helps it."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.text import slugify

from clairevoie import privacy
from clairevoie.accounts.models import Member, Role
from clairevoie.learning.models import Cohort, Parcours, Teaching, Way
from clairevoie.lib.calendar import paris_date
from clairevoie.privacy.models import DataSubject


class AlreadyOpen(Exception):
    """Une session de ce parcours porte déjà ce nom."""

    field = "name"


class EndsTooSoon(Exception):
    """La fin vient avant le début."""

    field = "ends_on"


class NotATrainer(Exception):
    """Cette personne n’a pas le rôle de formateur."""

    field = "trainer"


class DoesNotTeach(Exception):
    """Cette personne n’encadre pas cette session."""

    field = "trainer"


@transaction.atomic
def open_cohort(
    *,
    parcours: Parcours,
    name: str,
    starts_on: date,
    ends_on: date | None,
    author: UUID,
    at: datetime,
) -> Cohort:
    """A new session. Raises :class:`AlreadyOpen`, :class:`EndsTooSoon`."""
    if ends_on is not None and ends_on < starts_on:
        raise EndsTooSoon
    cohort, new = Cohort.objects.get_or_create(
        slug=slugify(f"{parcours.slug[:50]} {name}")[:100].rstrip("-"),
        defaults={
            "parcours": parcours,
            "name": name,
            "starts_on": starts_on,
            "ends_on": ends_on,
        },
    )
    if not new:
        raise AlreadyOpen
    privacy.ledger.append(
        executor="learning.gather", at=at, facts={"cohort": cohort.slug, "author": author}
    )
    return cohort


@transaction.atomic
def say_who_teaches(*, cohort: Cohort, trainer: DataSubject, author: UUID, at: datetime) -> None:
    """``trainer`` sees the learners of this cohort from now on. Raises :class:`NotATrainer`."""
    if not Member.objects.filter(pk=trainer.pk, role=Role.TRAINER, is_active=True).exists():
        raise NotATrainer
    Teaching.including_restricted.get_or_create(
        cohort=cohort, subject=trainer, defaults={"since": paris_date(at)}
    )
    _note("learning.teach", cohort, trainer, author=author, at=at)


@transaction.atomic
def stop_teaching(*, cohort: Cohort, trainer: DataSubject, author: UUID, at: datetime) -> None:
    """``trainer`` sees nothing of it any more. Raises :class:`DoesNotTeach`."""
    gone, _rows = Teaching.including_restricted.filter(cohort=cohort, subject=trainer).delete()
    if not gone:
        raise DoesNotTeach
    _note("learning.stop-teaching", cohort, trainer, author=author, at=at)


@transaction.atomic
def change_way(*, parcours: Parcours, way: str, author: UUID, at: datetime) -> None:
    """How one comes to follow ``parcours`` from now on; those who follow it are not touched."""
    parcours.way = Way(way)
    parcours.save(update_fields=["way"])
    privacy.ledger.append(
        executor="learning.change-way",
        at=at,
        facts={"parcours": parcours.slug, "way": way, "author": author},
    )


def _note(
    executor: str, cohort: Cohort, trainer: DataSubject, *, author: UUID, at: datetime
) -> None:
    privacy.ledger.append(
        executor=executor,
        at=at,
        subject=trainer.uuid,
        facts={"cohort": cohort.slug, "author": author},
    )
