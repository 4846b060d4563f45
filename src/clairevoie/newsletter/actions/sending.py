"""Letting a letter go: a test, the sending, its pace, and what became of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef

from clairevoie import messaging, privacy
from clairevoie.messaging.models import Message
from clairevoie.newsletter.actions.starting import mailing_of, unfinished
from clairevoie.newsletter.actions.writing import locked_draft
from clairevoie.newsletter.letters import composed
from clairevoie.newsletter.models import (
    ACTIVITY,
    Campaign,
    Import,
    Topic,
    followers_by_topic,
    recipients_of,
)
from clairevoie.newsletter.tasks import read_import, start_letter
from clairevoie.privacy.models import Consent, DataSubject

COUNTED_FOR = timedelta(days=60)  # departures after a letter are counted for that long


class WrongNumber(Exception):
    """Ce n’est pas le nombre de destinataires affiché ci-dessus : relisez-le, puis écrivez-le."""

    field = "number"


class NobodyToWriteTo(Exception):
    """Personne ne recevrait cette lettre : choisissez d’autres thèmes ou un autre public."""


class NoAddressOfYourOwn(Exception):
    """Votre compte n’a pas d’adresse e-mail vérifiée : l’essai ne peut pas vous parvenir."""


def send_test(*, campaign: Campaign, reader: DataSubject, at: datetime) -> None:
    """The letter as it stands, to its author alone. Raises :class:`NoAddressOfYourOwn`."""
    letter = composed(campaign)
    message = messaging.send_test(
        reader,
        activity=ACTIVITY,
        title=letter.title,
        text=letter.text,
        html=letter.html,
        language=campaign.language,
        at=at,
    )
    if message.state == messaging.State.UNREACHABLE:
        raise NoAddressOfYourOwn


@transaction.atomic
def send_letter(*, campaign: Campaign, number: int, author: UUID, at: datetime) -> None:
    """Let it go to everyone the gate permits; ``number`` is how many the author read there are.

    The worker does the rest. Raises ``AlreadySent``, ``IsPlanned``, :class:`WrongNumber`,
    :class:`NobodyToWriteTo`.
    """
    letter = locked_draft(campaign)
    expected = require_number(letter=letter, number=number)
    letter.sent_at, letter.recipients = at, expected
    letter.save(update_fields=["sent_at", "recipients"])
    privacy.ledger.append(
        executor="newsletter.send",
        at=at,
        facts={"letter": letter.uuid, "author": author, "recipients": expected},
    )
    start_letter.enqueue(str(letter.uuid))


def require_number(*, letter: Campaign, number: int) -> int:
    """How many readers there are now. Raises :class:`WrongNumber`, :class:`NobodyToWriteTo`."""
    expected = recipients_of(letter).count()
    if not expected:
        raise NobodyToWriteTo
    if number != expected:
        raise WrongNumber
    return expected


# --- What became of it --------------------------------------------------------------------------


def departures_after(campaign: Campaign, *, until: datetime) -> int:
    """How many of its readers took their consent back before ``until``, or the next letter.

    Nobody is followed: it is the withdrawal itself, which the law makes us keep, that is counted.
    """
    if campaign.sent_at is None:
        return 0
    later = Campaign.objects.filter(sent_at__gt=campaign.sent_at).order_by("sent_at", "id")
    next_sent = later.values_list("sent_at", flat=True).first()
    end = min(until, campaign.sent_at + COUNTED_FOR, next_sent or until)
    received = Message.including_restricted.filter(
        mailing__uuid=campaign.uuid, subject=OuterRef("subject")
    )
    withdrawn = Consent.including_restricted.filter(
        activity=ACTIVITY, given=False, at__gt=campaign.sent_at, at__lte=end
    )
    return withdrawn.filter(Exists(received)).count()


def count(*, at: datetime) -> int:
    """Write down the figures of recent letters: they outlive the messages they come from."""
    letters = list(Campaign.objects.filter(sent_at__gt=at - COUNTED_FOR - timedelta(days=1)))
    for letter in letters:
        mailing = mailing_of(letter)
        if mailing is not None:
            progress = messaging.mailing_progress(mailing)
            letter.recipients, letter.reached = progress.total, progress.sent
            letter.refused, letter.bounced = progress.refused, progress.failed
        letter.departures = departures_after(letter, until=at)
    Campaign.objects.bulk_update(
        letters, ["recipients", "reached", "refused", "bounced", "departures"]
    )
    return len(letters)


def count_followers() -> int:
    """Write down how many follow each topic: pages of the back office count nobody."""
    counted = followers_by_topic()
    topics = list(Topic.objects.all())
    for topic in topics:
        topic.followers = counted.get(topic.slug, 0)
    Topic.objects.bulk_update(topics, ["followers"])
    return len(topics)


def hand_over_unfinished(at: datetime) -> int:
    """Letters and files whose worker died in the middle: the next one goes on with them."""
    letters = unfinished(at=at)
    files = list(Import.objects.filter(state=Import.State.RUNNING))
    for letter in letters:
        start_letter.enqueue(str(letter.uuid))
    for batch in files:
        read_later(batch)
    return len(letters) + len(files)


def read_later(batch: Import) -> None:
    """Have the worker read a file that was brought in."""
    read_import.enqueue(str(batch.uuid))
