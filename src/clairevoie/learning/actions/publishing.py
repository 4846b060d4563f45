"""Which edition the public reads, and whether it reads any."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from clairevoie import privacy
from clairevoie.learning.models import Edition, Enrolment, Parcours, Withdrawal


class NotOnline(Exception):
    """Ce parcours n’est pas publié."""


class EditionWithdrawn(Exception):
    """Cette édition est retirée : pour la publier, importez-la à nouveau."""


class NotWaiting(Exception):
    """Cette édition a été publiée, est déjà retirée, ou quelqu’un la suit : elle reste."""


@transaction.atomic
def put_online(*, edition: Edition, author: UUID | None, at: datetime) -> bool:
    """Make ``edition`` the one that new readers begin; False when it was already.

    Those who began another edition keep it. Raises :class:`EditionWithdrawn`.
    """
    parcours = Parcours.objects.select_for_update().get(pk=edition.parcours_id)
    if Withdrawal.objects.filter(edition=edition).exists():
        raise EditionWithdrawn
    if parcours.published and parcours.current_id == edition.pk:
        return False
    parcours.current, parcours.published, parcours.published_at = edition, True, at
    parcours.save(update_fields=["current", "published", "published_at"])
    edition.parcours = parcours
    _note("learning.publish", parcours, edition=edition.number, author=author, at=at)
    return True


@transaction.atomic
def take_offline(*, parcours: Parcours, author: UUID, at: datetime) -> None:
    """Out of the catalogue; those who began it read on. Raises :class:`NotOnline`."""
    held = Parcours.objects.select_for_update().select_related(None).get(pk=parcours.pk)
    if not held.published:
        raise NotOnline
    held.published = False
    held.save(update_fields=["published"])
    _note("learning.unpublish", held, edition=None, author=author, at=at)


@transaction.atomic
def withdraw(*, edition: Edition, author: UUID | None, at: datetime) -> None:
    """Take back an edition that waits to be published: nobody will begin it.

    Nothing of it is deleted, as nothing of any edition ever is. Raises :class:`NotWaiting`.
    """
    Parcours.objects.select_for_update(of=("self",)).get(pk=edition.parcours_id)
    held = Edition.objects.select_related("parcours__current", "withdrawal").get(pk=edition.pk)
    begun = Enrolment.including_restricted.filter(edition=held).exists()
    if begun or not held.is_waiting:
        raise NotWaiting
    Withdrawal.objects.create(edition=held, at=at)
    _note("learning.withdraw-edition", held.parcours, edition=held.number, author=author, at=at)


def _note(
    executor: str, parcours: Parcours, *, edition: int | None, author: UUID | None, at: datetime
) -> None:
    facts = {"parcours": parcours.slug, "edition": edition, "author": author}
    privacy.ledger.append(executor=executor, at=at, facts=facts)
