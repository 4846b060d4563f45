"""A letter that leaves by itself: given a date, moved, called off; and one called back in time."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from clairevoie import privacy
from clairevoie.newsletter.actions.sending import require_number
from clairevoie.newsletter.actions.starting import mailing_of
from clairevoie.newsletter.actions.writing import locked_draft
from clairevoie.newsletter.models import Campaign
from clairevoie.newsletter.tasks import leave_planned

LONGEST = timedelta(days=366)


class NotAhead(Exception):
    """Choisissez un jour et une heure à venir, dans l’année."""

    field = "leaves_at"


class NotPlanned(Exception):
    """Cet envoi n’est plus prévu : la lettre est partie, ou il a été annulé."""


class AlreadyTaken(Exception):
    """L’envoi a commencé : il ne se rappelle plus, mais il se suspend et s’annule."""


@transaction.atomic
def plan_letter(
    *, campaign: Campaign, number: int, leaves_at: datetime, author: UUID, at: datetime
) -> None:
    """It will leave at ``leaves_at``; ``number`` is how many readers the author saw there are.

    Whom the gate permits then is who gets it. Raises ``AlreadySent``, ``IsPlanned``,
    :class:`NotAhead`, ``WrongNumber``, ``NobodyToWriteTo``.
    """
    letter = locked_draft(campaign)
    _require_ahead(leaves_at, at=at)
    require_number(letter=letter, number=number)
    _set(letter, leaves_at)
    _note("newsletter.plan", letter, author=author, at=at, leaves_at=leaves_at)


@transaction.atomic
def move_letter(*, campaign: Campaign, leaves_at: datetime, author: UUID, at: datetime) -> None:
    """Another date. Raises :class:`NotPlanned`, :class:`NotAhead`."""
    letter = _locked_planned(campaign)
    _require_ahead(leaves_at, at=at)
    _set(letter, leaves_at)
    _note("newsletter.move", letter, author=author, at=at, leaves_at=leaves_at)


@transaction.atomic
def call_off(*, campaign: Campaign, author: UUID, at: datetime) -> None:
    """It leaves no more by itself, and is a draft again. Raises :class:`NotPlanned`."""
    letter = _locked_planned(campaign)
    letter.leaves_at = None
    letter.save(update_fields=["leaves_at"])
    _note("newsletter.call-off", letter, author=author, at=at)


@transaction.atomic
def call_back(*, campaign: Campaign, author: UUID, at: datetime) -> None:
    """Sent a moment ago, and the worker has not begun: it is a draft again.

    Raises :class:`AlreadyTaken`.
    """
    letter = Campaign.objects.select_for_update().get(pk=campaign.pk)
    if letter.sent_at is None or mailing_of(letter) is not None:
        raise AlreadyTaken
    letter.sent_at, letter.recipients, letter.public = None, 0, False
    letter.save(update_fields=["sent_at", "recipients", "public"])
    _note("newsletter.call-back", letter, author=author, at=at)


def _set(letter: Campaign, leaves_at: datetime) -> None:
    letter.leaves_at = leaves_at
    letter.save(update_fields=["leaves_at"])
    # A task of a former date finds that it is too early, and does nothing.
    leave_planned.using(run_after=leaves_at).enqueue(str(letter.uuid))


def _locked_planned(campaign: Campaign) -> Campaign:
    planned = Campaign.objects.select_for_update().filter(leaves_at__isnull=False)
    letter = planned.filter(pk=campaign.pk).first()
    if letter is None:
        raise NotPlanned
    return letter


def _require_ahead(leaves_at: datetime, *, at: datetime) -> None:
    if not at < leaves_at <= at + LONGEST:
        raise NotAhead


def _note(
    executor: str, letter: Campaign, *, author: UUID, at: datetime, **facts: datetime
) -> None:
    privacy.ledger.append(
        executor=executor, at=at, facts={"letter": letter.uuid, "author": author, **facts}
    )
