"""Topics and drafts: what is prepared before anything leaves."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.text import slugify

from clairevoie import privacy
from clairevoie.newsletter.letters import images_in
from clairevoie.newsletter.models import Campaign, Topic, pictures_of


class OnSeveralLines(Exception):
    """Le titre et le résumé tiennent chacun sur une seule ligne, sans caractère invisible."""

    field = "title"


class ForeignImage(Exception):
    """Une image vient d’un site, qui verrait qui ouvre la lettre : joignez-la au brouillon."""

    field = "body"


class UnknownImage(Exception):
    """Le texte montre une image qui n’est pas jointe à cette lettre : joignez-la d’abord."""

    field = "body"


class UndescribedImage(Exception):
    """Une image n’a pas de description : écrivez-la entre les crochets, ![description](nom)."""

    field = "body"


class NothingWritten(Exception):
    """Cette lettre est vide : écrivez-la d’abord."""

    field = "body"


class AlreadySent(Exception):
    """Cette lettre est partie : elle ne change plus."""


class IsPlanned(Exception):
    """L’envoi de cette lettre est prévu : annulez-le d’abord."""


class NotSent(Exception):
    """Cette lettre n’est pas partie : elle ne peut être dans les archives."""


class TopicExists(Exception):
    """Un thème porte déjà ce nom."""

    field = "name"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What the editor gives."""

    title: str
    preheader: str
    body: str
    language: str
    audience: str
    topics: Collection[Topic]


@transaction.atomic
def write_letter(
    *, draft: Draft, campaign: Campaign | None, author: UUID, at: datetime
) -> Campaign:
    """Begin a letter, or change a draft.

    Raises :class:`OnSeveralLines`, :class:`ForeignImage`, :class:`UnknownImage`,
    :class:`UndescribedImage`, :class:`NothingWritten`, :class:`AlreadySent`,
    :class:`IsPlanned`.
    """
    letter = locked_draft(campaign) if campaign else Campaign()
    _refuse(draft, joined=set(pictures_of(letter).values_list("name", flat=True)))
    letter.title, letter.preheader = draft.title.strip(), draft.preheader.strip()
    letter.body, letter.language, letter.audience = draft.body, draft.language, draft.audience
    letter.written_at = at
    letter.save()
    letter.topics.set(draft.topics)
    _note("newsletter.write", letter, author=author, at=at)
    return letter


@transaction.atomic
def discard_letter(*, campaign: Campaign, author: UUID, at: datetime) -> None:
    """A draft is thrown away. Raises :class:`AlreadySent`, :class:`IsPlanned`."""
    letter = locked_draft(campaign)
    _note("newsletter.discard", letter, author=author, at=at)
    letter.delete()


def locked_draft(campaign: Campaign) -> Campaign:
    """The draft as it stands now. Raises :class:`AlreadySent`, :class:`IsPlanned`."""
    letter = Campaign.objects.select_for_update().get(pk=campaign.pk)
    if letter.sent_at is not None:
        raise AlreadySent
    if letter.is_planned:
        raise IsPlanned
    return letter


def _refuse(draft: Draft, *, joined: Collection[str]) -> None:
    if any(is_invisible(sign) for sign in draft.title + draft.preheader):
        raise OnSeveralLines
    if not draft.body.strip() or not draft.title.strip():
        raise NothingWritten
    for image in images_in(draft.body):
        if image.name not in joined:
            raise ForeignImage if _is_elsewhere(image.name) else UnknownImage
        if not image.description:
            raise UndescribedImage


def _is_elsewhere(name: str) -> bool:
    """A whole address, or a path: not the name of a picture that goes with the letter."""
    return "/" in name or ":" in name


def is_invisible(sign: str) -> bool:
    """Line breaks and other controls: in a title they would open a mail header."""
    return unicodedata.category(sign) in ("Cc", "Zl", "Zp")


@transaction.atomic
def publish_letter(*, campaign: Campaign, public: bool, author: UUID, at: datetime) -> None:
    """Show a letter that was sent in the archive, or take it back. Raises :class:`NotSent`."""
    sent = Campaign.objects.select_for_update().filter(pk=campaign.pk, sent_at__isnull=False)
    letter = sent.first()
    if letter is None:
        raise NotSent
    letter.public = public
    letter.save(update_fields=["public"])
    _note("newsletter.publish" if public else "newsletter.unpublish", letter, author=author, at=at)


@transaction.atomic
def open_topic(*, name: str, description: str, author: UUID, at: datetime) -> Topic:
    """A new topic, the last of the list. Raises :class:`TopicExists`."""
    slug = slugify(name)[:60]
    if not slug or Topic.objects.filter(slug=slug).exists():
        raise TopicExists
    last = Topic.objects.aggregate(last=Max("position"))["last"] or 0
    topic = Topic.objects.create(slug=slug, name=name, description=description, position=last + 1)
    _note_topic("newsletter.open-topic", topic, author=author, at=at)
    return topic


@transaction.atomic
def rename_topic(*, topic: Topic, name: str, description: str, author: UUID, at: datetime) -> None:
    """Its code stays: whoever follows it follows the same one."""
    Topic.objects.filter(pk=topic.pk).update(name=name, description=description)
    _note_topic("newsletter.rename-topic", topic, author=author, at=at)


@transaction.atomic
def close_topic(*, topic: Topic, closed: bool, author: UUID, at: datetime) -> None:
    """A closed topic is not offered any more; those who follow it keep their choice."""
    Topic.objects.filter(pk=topic.pk).update(closed=closed)
    verb = "newsletter.close-topic" if closed else "newsletter.reopen-topic"
    _note_topic(verb, topic, author=author, at=at)


def _note(executor: str, letter: Campaign, *, author: UUID, at: datetime) -> None:
    privacy.ledger.append(
        executor=executor, at=at, facts={"letter": letter.uuid, "author": author}
    )


def _note_topic(executor: str, topic: Topic, *, author: UUID, at: datetime) -> None:
    privacy.ledger.append(executor=executor, at=at, facts={"topic": topic.slug, "author": author})
