"""Bringing packages of other tools, and keeping what they report of a learner."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import transaction

from clairevoie import privacy
from clairevoie.learning.actions.answering import TRAINING, AnswerNotKept, NotYours
from clairevoie.learning.content.packages import Item, PackageText, read_package
from clairevoie.learning.models import Enrolment, Package, PackageResult, Parcours
from clairevoie.learning.reports import Report, better


class AlreadyBrought(Exception):
    """Ce paquet est déjà dans ce parcours."""


def bring(*, parcours: Parcours, archive: bytes, author: UUID, at: datetime) -> Package:
    """Keep a SCORM archive as it came, and offer it to who follows ``parcours``.

    Raises :class:`AlreadyBrought`, :class:`ContentRefused` (``content.problems``).
    """
    text = read_package(archive)
    with transaction.atomic():
        package, new = _kept(parcours, archive, text, author=author, at=at)
    if not new:
        raise AlreadyBrought
    return package


@transaction.atomic
def place_package(
    *, parcours: Parcours, archive: bytes, text: PackageText, author: UUID | None, at: datetime
) -> Package:
    """Keep what a chapter of ``parcours`` plays; learners find it there, and no longer apart."""
    package, _new = _kept(parcours, archive, text, author=author, at=at)
    if not package.placed:
        package.placed = True
        package.save(update_fields=["placed"])
    return package


def _kept(
    parcours: Parcours, archive: bytes, text: PackageText, *, author: UUID | None, at: datetime
) -> tuple[Package, bool]:
    """The package of these very bytes, and whether it is new here."""
    Parcours.objects.select_for_update(of=("self",)).get(pk=parcours.pk)
    package, new = Package.objects.get_or_create(
        parcours=parcours,
        sha256=sha256(archive).hexdigest(),
        defaults={
            "title": text.title,
            "standard": text.standard,
            "items": [asdict(item) for item in text.items],
            "size": len(archive),
            "brought_at": at,
        },
    )
    if new:
        store = storages["content"]
        if not store.exists(package.file_name):
            store.save(package.file_name, ContentFile(archive))
        _note("learning.bring-package", package, author=author, at=at)
    return package, new


@transaction.atomic
def offer(*, package: Package, offered: bool, author: UUID, at: datetime) -> None:
    """Show it to learners, or no longer: results stay."""
    package.offered = offered
    package.save(update_fields=["offered"])
    executor = "learning.offer-package" if offered else "learning.withdraw-package"
    _note(executor, package, author=author, at=at)


@transaction.atomic
def keep(
    *, enrolment: Enrolment, package: Package, item: Item, report: Report, at: datetime
) -> PackageResult:
    """What a package reports: the last place to resume from, the best score and status.

    Raises :class:`NotYours`, :class:`AnswerNotKept`.
    """
    held = Enrolment.including_restricted.select_for_update(of=("self",)).get(pk=enrolment.pk)
    if held.left_at is not None or package.parcours_id != held.parcours_id:
        raise NotYours
    if not privacy.may(held.subject, TRAINING).allowed:
        raise AnswerNotKept
    result: PackageResult
    result, _new = PackageResult.including_restricted.get_or_create(
        enrolment=held,
        package=package,
        item=item.id,
        defaults={
            "subject_id": held.subject_id,
            "title": item.title,
            "state": {},
            "begun_at": at,
            "last_at": at,
        },
    )
    result.status = better(result.status, report.status)
    if report.points is not None:
        result.points = max(result.points or 0, report.points)
    result.state, result.last_at = report.state, at
    result.save(update_fields=["status", "points", "state", "last_at"])
    return result


def _note(executor: str, package: Package, *, author: UUID | None, at: datetime) -> None:
    facts = {"package": package.uuid, "parcours": package.parcours_id, "author": author}
    privacy.ledger.append(executor=executor, at=at, facts=facts)
