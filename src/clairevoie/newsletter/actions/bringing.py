"""Bringing a file of addresses in, with its proof; and forgetting it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import IO
from uuid import UUID

from django.core.files.base import File
from django.db import transaction

from clairevoie import privacy
from clairevoie.lib import orphans
from clairevoie.lib.calendar import paris_date
from clairevoie.newsletter.actions.reading import finish
from clairevoie.newsletter.csv_lines import layout_of
from clairevoie.newsletter.models import Import, RefusedLine, Topic, import_folder

LARGEST = 12 * 1024 * 1024  # bytes
REPORT_DAYS = 7
STUCK_AFTER = timedelta(days=2)


class TooLarge(Exception):
    """Ce fichier dépasse 12 Mo : coupez-le en plusieurs."""

    field = "file"


class Unattested(Exception):
    """Sans preuve, une adresse ne peut pas être importée : origine, date et texte accepté."""

    field = "attested"


class NotPast(Exception):
    """Cette date n’est pas encore passée."""

    field = "collected_on"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """Where the agreements of a file come from; a line may say more precisely."""

    source: str
    collected_on: date
    text: str
    confirmed: bool  # each address was confirmed by its owner, and the proof of it is kept
    attested: bool


@transaction.atomic
def bring(
    *,
    file: IO[bytes],
    size: int,
    topics: Collection[Topic],
    proof: Proof,
    author: UUID | None,
    at: datetime,
) -> Import:
    """Keep the file for the worker, with the proof that came with it.

    Raises :class:`Unattested`, :class:`TooLarge`, :class:`NotPast`, ``NoAddresses``.
    """
    if not (proof.attested and proof.source.strip() and proof.text.strip()):
        raise Unattested
    if proof.collected_on > paris_date(at):
        raise NotPast
    if size > LARGEST:
        raise TooLarge
    layout_of(file.readline())
    file.seek(0)
    batch = Import(
        source=proof.source.strip(),
        collected_on=proof.collected_on,
        text=proof.text.strip(),
        confirmed=proof.confirmed,
        author=author,
        at=at,
        size=size,
        report_until=paris_date(at) + timedelta(days=REPORT_DAYS),
    )
    batch.file.save(f"{batch.uuid}.csv", File(file), save=False)
    batch.save()
    batch.topics.set(topics)
    privacy.ledger.append(
        executor="newsletter.bring",
        at=at,
        facts={"import": batch.uuid, "author": author, "confirmed": proof.confirmed},
    )
    return batch


def forget_reports(*, at: datetime) -> int:
    """Line numbers after a week; a file whose worker never came back, after two days."""
    stuck = Import.objects.filter(state=Import.State.RUNNING, at__lt=at - STUCK_AFTER)
    for batch in stuck:
        finish(batch=batch, state=Import.State.FAILED, at=at)
    _sweep(before=at - STUCK_AFTER)
    old = RefusedLine.objects.filter(batch__report_until__lt=paris_date(at))
    return old.delete()[0]


def _sweep(*, before: datetime) -> None:
    """A kill between a file and its row leaves addresses that nobody would delete."""
    rows = Import.objects.exclude(file="").values_list("file", flat=True)
    orphans.sweep(store=import_folder(), folder="", named=rows.iterator(), before=before)
