"""Issuing what somebody earned: when a trainer accepts a project, when a parcours is finished.

Both are called by ``learning`` in the transaction that decides it, so that nothing is accepted
without its proof, nor proved without its decision.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.urls import reverse

from clairevoie import messaging, policy, privacy
from clairevoie.accounts.models import Member, Role
from clairevoie.credentials.badges.signing import sign_badge
from clairevoie.credentials.models import Credential, Kind, documents, key_of_name, seal_of
from clairevoie.credentials.numbers import draw_number
from clairevoie.credentials.printing import print_document
from clairevoie.learning.models import Edition, Enrolment, Project, Submission
from clairevoie.lib import orphans
from clairevoie.lib.calendar import add_months, paris_date
from clairevoie.privacy.models import DataSubject

_ACTIVE_MONTHS = 5 * 12  # then the intermediate archive (promises.md, R-CERT)
_SETTLED = timedelta(days=1)  # no decision is ever under way for that long


@dataclass(frozen=True, slots=True, kw_only=True)
class Achievement:
    """What was earned: a whole edition of a parcours, or the project of one of its modules."""

    kind: Kind
    title: str
    result: str
    parcours: str
    edition: int
    part: str = ""


def project_accepted(*, submission: Submission, corrector: UUID, at: datetime) -> Credential:
    """A trainer accepted a project: its validation is sealed, and never its content (P-093)."""
    project = Project.objects.select_related("edition__parcours", "module").get(
        pk=submission.project_id
    )
    edition = project.edition
    earned = Achievement(
        kind=Kind.PROJECT,
        title=project.title,
        result=f"Projet du parcours « {edition.title} », validé sur grille.",
        parcours=edition.parcours.slug,
        edition=edition.number,
        part=project.module.slug,
    )
    return issue(holder=submission.subject, earned=earned, author=corrector, at=at)


def parcours_finished(*, enrolment: Enrolment, at: datetime) -> Credential:
    """All chapters done and all projects accepted, of the edition the learner was pinned to."""
    edition = Edition.objects.select_related("parcours").get(uuid=enrolment.edition_id)
    projects = Project.objects.filter(edition=edition).count()
    earned = Achievement(
        kind=Kind.CERTIFICATE,
        title=edition.title,
        result=_result(chapters=edition.chapter_count, projects=projects),
        parcours=edition.parcours.slug,
        edition=edition.number,
    )
    return issue(holder=enrolment.subject, earned=earned, author=None, at=at)


def _result(*, chapters: int, projects: int) -> str:
    """In French, as the document is: « 12 chapitres terminés, 3 projets validés. »"""
    read = f"{chapters} chapitre{'s' * (chapters > 1)} terminé{'s' * (chapters > 1)}"
    made = f", {projects} projet{'s' * (projects > 1)} validé{'s' * (projects > 1)}"
    return f"{read}{made if projects else ''}."


def issue(
    *, holder: DataSubject, earned: Achievement, author: UUID | None, at: datetime
) -> Credential:
    """Seal a record and print it; the one that is there already, whoever asks at the same time.

    ``author`` is the trainer who decided; None when the last chapter was read.
    """
    known = _live(holder, earned)
    if known is not None:
        return known
    name = Member.objects.get(subject=holder).full_name
    credential = sealed(holder=holder.uuid, name=name, earned=earned, on=paris_date(at))
    if not written(credential, at=at):
        found = _live(holder, earned)
        assert found is not None, "what refused this one is there"
        return found
    privacy.ledger.append(
        executor="credentials.issue",
        at=at,
        subject=holder.uuid,
        facts={
            "credential": str(credential.uuid),
            "kind": str(earned.kind),
            "sha256": credential.sha256,
            **({"author": str(author)} if author else {}),
        },
    )
    if earned.kind != Kind.PROJECT:  # of a project, its correction tells
        messaging.send(
            holder, "credentials/issued", "service-notices", context={"link": mine()}, at=at
        )
    return credential


def mine() -> str:
    """« Mes certificats », in full: what a message leads to."""
    return f"{settings.SITE_URL}{reverse('credentials:mine')}"


def _live(holder: DataSubject, earned: Achievement) -> Credential | None:
    return Credential.objects.filter(
        holder=holder.uuid,
        kind=earned.kind,
        parcours=earned.parcours,
        edition=earned.edition,
        part=earned.part,
        replaced_by="",
        revoked_on__isnull=True,
    ).first()


def sealed(
    *,
    holder: UUID,
    name: str,
    earned: Achievement,
    on: date,
    made_on: date | None = None,
    number: str = "",
) -> Credential:
    """A complete record, not written yet: its seal and its document are made.

    ``on`` is the day of the decision. ``made_on`` and ``number`` are those of a document made
    again.
    """
    credential = Credential(
        number=number or draw_number(),
        holder=holder,
        kind=earned.kind,
        name=name,
        name_key=key_of_name(name),
        title=earned.title,
        result=earned.result,
        issued_on=on,
        made_on=made_on or on,
        issuer=policy.current().organisation.name,
        parcours=earned.parcours,
        edition=earned.edition,
        part=earned.part,
        archived_on=add_months(on, _ACTIVE_MONTHS) + timedelta(days=1),
    )
    credential.sha256 = seal_of(credential)
    return credential


def written(credential: Credential, *, at: datetime) -> bool:
    """Print it, sign its badge and write it down; False when an equal one was written meanwhile.

    The file is there before the row that names it: a row without its document would be a proof
    that nobody can hand out. A transaction that fails later leaves it to :func:`sweep_documents`.
    """
    sheet = print_document(credential)
    credential.document_sha256 = hashlib.sha256(sheet.content).hexdigest()
    name = documents().save(f"{credential.uuid}.pdf", ContentFile(sheet.content))
    credential.document.name = name
    try:
        with transaction.atomic():
            sign_badge(credential, at=at)
            credential.save(force_insert=True)
    except BaseException as failure:
        documents().delete(name)
        if isinstance(failure, IntegrityError):
            return False
        raise
    if not sheet.whole:
        _tell_administrators(credential, at=at)
    return True


def _tell_administrators(credential: Credential, *, at: datetime) -> None:
    """No font here writes the name: they install one, then make the document again."""
    privacy.ledger.append(
        executor="credentials.print-without-name",
        at=at,
        subject=credential.holder,
        facts={"credential": str(credential.uuid)},
    )
    page = reverse("admin:credentials_credential_changelist") + f"?q={credential.number}"
    administrators = Member.objects.filter(role=Role.ADMINISTRATOR, is_active=True)
    for person in administrators.select_related("subject"):
        context = {"link": f"{settings.SITE_URL}{page}"}
        messaging.send(
            person.subject, "credentials/incomplete", "security", context=context, at=at
        )


def sweep_documents(*, at: datetime) -> int:
    """Remove documents of which no record was kept: they name somebody, and prove nothing."""
    rows = Credential.objects.values_list("document", flat=True)
    return orphans.sweep(store=documents(), folder="", named=rows.iterator(), before=at - _SETTLED)
