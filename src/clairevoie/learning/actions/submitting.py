"""Handing a project in: its files are checked before anything is written."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import IO, Final

from django.core.files import File
from django.db import IntegrityError, transaction
from django.db.models import Max

from clairevoie import privacy
from clairevoie.learning.documents import Checked, check
from clairevoie.learning.models import (
    Document,
    Enrolment,
    Project,
    Submission,
    desk_of,
    private_folder,
)
from clairevoie.lib import orphans

MOST_FILES: Final = 10
MOST_VERSIONS: Final = 50
LONGEST_WORDS: Final = 5_000
_FOLDER: Final = "projects"
_SETTLED: Final = timedelta(hours=1)  # longer than any upload between its file and its row


class NotOfThisParcours(Exception):
    """Ce projet n’est pas de l’édition que vous suivez."""


class StillWaiting(Exception):
    """Votre version précédente attend sa correction : la suivante se remet après."""


class AlreadyAccepted(Exception):
    """Ce projet est déjà validé : il n’y a plus rien à remettre."""


class TooManyVersions(Exception):
    """Vous avez remis 50 versions de ce projet. Parlez-en d’abord avec votre formateur."""


class HandingInRefused(Exception):
    """Un verrouillage de vos données est en cours : rien n’a été enregistré."""


class NoFile(Exception):
    """Choisissez au moins un fichier."""

    field = "documents"


class TooManyFiles(Exception):
    """Remettez dix fichiers au plus ; au-delà, réunissez-les dans un seul document."""

    field = "documents"


class TooHeavy(Exception):
    """Vos fichiers dépassent ensemble la taille que ce projet accepte : rien n’a été gardé."""

    field = "documents"


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A file as it came: the name somebody gave it, and a stream one can read again."""

    name: str
    content: IO[bytes]


def submit(
    *,
    enrolment: Enrolment,
    project: Project,
    words: str,
    files: Sequence[Given],
    at: datetime,
) -> Submission:
    """Hand in a new version of ``project``.

    Raises a kind of ``DocumentRefused``, :class:`NoFile`, :class:`TooManyFiles`,
    :class:`TooHeavy`, :class:`StillWaiting`, :class:`AlreadyAccepted`,
    :class:`TooManyVersions`, :class:`HandingInRefused`, :class:`NotOfThisParcours`.
    """
    if project.edition.uuid != enrolment.edition_id:
        raise NotOfThisParcours
    if not privacy.may(enrolment.subject, "training").allowed:
        raise HandingInRefused
    number = _next_number(enrolment, project)
    checked = _check(files, project)
    documents = [_document(enrolment, one, at=at) for one in checked]
    try:
        # Before the transaction: copying holds no lock of the database.
        for document, given in zip(documents, files, strict=True):
            name = str(document.file.name)
            document.file.name = document.file.storage.save(name, File(given.content))
        return _write(enrolment, project, number, words, documents, at=at)
    except BaseException:
        for document in documents:  # the storage knows no transaction
            document.file.storage.delete(str(document.file.name))
        raise


def sweep_documents(*, at: datetime) -> int:
    """Remove files that no row has: a process killed between the file and its row."""
    rows = Document.including_restricted.values_list("file", flat=True)
    return orphans.sweep(
        store=private_folder(), folder=_FOLDER, named=rows.iterator(), before=at - _SETTLED
    )


def _next_number(enrolment: Enrolment, project: Project) -> int:
    """Said before the files are read; the constraints say it again when the row is written."""
    before = Submission.including_restricted.filter(enrolment=enrolment, project=project)
    states = set(before.values_list("state", flat=True))
    if Submission.State.ACCEPTED in states:
        raise AlreadyAccepted
    if states & {Submission.State.WAITING, Submission.State.SECOND}:
        raise StillWaiting
    number: int = (before.aggregate(last=Max("number"))["last"] or 0) + 1
    if number > MOST_VERSIONS:
        raise TooManyVersions
    return number


def _check(files: Sequence[Given], project: Project) -> list[Checked]:
    if not files:
        raise NoFile
    if len(files) > MOST_FILES:
        raise TooManyFiles
    checked = [check(one.name, one.content, extensions=project.extensions) for one in files]
    if sum(one.size for one in checked) > largest_of(project):
        raise TooHeavy
    return checked


def largest_of(project: Project) -> int:
    """How many bytes its files may have together."""
    return project.max_megabytes * 1024 * 1024


def _document(enrolment: Enrolment, checked: Checked, *, at: datetime) -> Document:
    number = uuid.uuid4()
    return Document(
        uuid=number,
        subject_id=enrolment.subject_id,
        name=checked.name,
        file=f"{_FOLDER}/{number}",
        size=checked.size,
        sha256=checked.sha256,
        added_at=at,
    )


def _write(
    enrolment: Enrolment,
    project: Project,
    number: int,
    words: str,
    documents: Sequence[Document],
    *,
    at: datetime,
) -> Submission:
    submission = Submission(
        subject_id=enrolment.subject_id,
        enrolment=enrolment,
        project=project,
        title=project.title,
        number=number,
        words=words.strip(),
        desk=desk_of(enrolment),
        submitted_at=at,
    )
    try:
        with transaction.atomic():
            submission.save(force_insert=True)
            for document in documents:
                document.submission = submission
            Document.including_restricted.bulk_create(documents)
            _note(submission, at=at)
    except IntegrityError as clash:  # twice at once, from two windows
        raise StillWaiting from clash
    return submission


def _note(submission: Submission, *, at: datetime) -> None:
    privacy.ledger.append(
        executor="learning.submit",
        at=at,
        subject=submission.subject.uuid,
        facts={"submission": submission.uuid, "number": submission.number},
    )
