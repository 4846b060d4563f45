"""What becomes of a document later: handed out again, made again for a new name, revoked.

A record never changes what it says. Each act leaves a line of evidence with its reason as a code
and the reference of the request, by UUIDs: never a name.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from clairevoie import messaging, privacy
from clairevoie.credentials.actions.issuing import Achievement, mine, sealed, written
from clairevoie.credentials.models import Credential, Kind, State
from clairevoie.credentials.numbers import next_version
from clairevoie.credentials.printing import is_whole
from clairevoie.lib.calendar import paris_date
from clairevoie.privacy.models import DataSubject


class Reason(TextChoices):
    """Why a document is read in the archive, handed out again or made again."""

    PERSON = "person-asks", _("la personne le demande, identité vérifiée")
    HEIR = "heir-asks", _("un ayant droit le demande, qualité vérifiée")
    RECTIFICATION = "rectification", _("rectification ou changement de nom (RGPD, art. 16)")
    COURT = "court-asks", _("une autorité l’exige, réquisition au dossier")
    CLAIM = "claim", _("constater ou défendre un droit en justice")


class NoLongerValid(Exception):
    """Ce document est remplacé ou révoqué\u00a0: il ne se délivre plus."""


class SameName(Exception):
    """C’est déjà le nom imprimé."""

    field = "name"


class ReasonMissing(Exception):
    """Dites pourquoi\u00a0: la personne le lira."""

    field = "because"


def read_archive(
    *, credential: Credential, reason: str, reference: str, author: UUID, at: datetime
) -> None:
    """Somebody of the archive reads a record that is over five years old, and says why."""
    _note("credentials.read-archive", credential, author, at, _why(reason, reference))


def duplicate(
    *, credential: Credential, reason: str, reference: str, author: UUID, at: datetime
) -> Credential:
    """Hand the document out again, as it was printed. Raises :class:`NoLongerValid`.

    Needs no account: fifty years are longer than any.
    """
    if credential.state != State.VALID:
        raise NoLongerValid
    _note("credentials.duplicate", credential, author, at, _why(reason, reference))
    return credential


@transaction.atomic
def reissue(
    *,
    credential: Credential,
    name: str,
    reason: str,
    reference: str,
    author: UUID,
    at: datetime,
) -> Credential:
    """The same act of validation in another name; the old number says « remplacé » (P-098).

    The day of the decision and the fifty years stay. The same name is printed again only where
    it could not be the first time. Raises :class:`NoLongerValid`, :class:`SameName`.
    """
    old = _valid(credential)
    if name == old.name and _is_whole(old):
        raise SameName
    new = sealed(
        holder=old.holder,
        name=name,
        earned=Achievement(
            kind=Kind(old.kind),
            title=old.title,
            result=old.result,
            parcours=old.parcours,
            edition=old.edition,
            part=old.part,
        ),
        on=old.issued_on,
        made_on=paris_date(at),
        number=next_version(old.number),
    )
    Credential.objects.filter(pk=old.pk).update(replaced_by=new.number)
    if not written(new, at=at):
        raise NoLongerValid
    _tell_holder(old, revoked=False, at=at)
    facts = {**_why(reason, reference), "new": str(new.uuid), "sha256": new.sha256}
    _note("credentials.reissue", old, author, at, facts)
    return new


@transaction.atomic
def revoke(*, credential: Credential, because: str, author: UUID, at: datetime) -> None:
    """It proves nothing any more, for good. Its holder reads why; nobody else does.

    Raises :class:`NoLongerValid`, :class:`ReasonMissing`.
    """
    if not because.strip():
        raise ReasonMissing
    current = _valid(credential)
    Credential.objects.filter(pk=current.pk).update(
        revoked_on=paris_date(at), revoked_because=because.strip()
    )
    _tell_holder(current, revoked=True, at=at)
    _note("credentials.revoke", current, author, at, {})


def _valid(credential: Credential) -> Credential:
    """The record, locked: two at once make one new document."""
    current = Credential.objects.select_for_update().get(pk=credential.pk)
    if current.state != State.VALID:
        raise NoLongerValid
    return current


def _is_whole(credential: Credential) -> bool:
    """Its document says all of it; one that was lost is not made again for that."""
    try:
        with credential.document.open("rb") as printed:
            return is_whole(printed.read())
    except FileNotFoundError:
        return True


def _tell_holder(credential: Credential, *, revoked: bool, at: datetime) -> None:
    """While they have an account: where the reason, or the new document, is."""
    holder = DataSubject.objects.filter(uuid=credential.holder, erased_on=None).first()
    if holder is not None:
        messaging.send(
            holder,
            "credentials/changed",
            "service-notices",
            context={"link": mine(), "revoked": revoked},
            at=at,
        )


def _why(reason: str, reference: str) -> dict[str, str]:
    return {"reason": Reason(reason).value, "reference": reference.lower()}


def _note(
    executor: str, credential: Credential, author: UUID, at: datetime, facts: dict[str, str]
) -> None:
    privacy.ledger.append(
        executor=executor,
        at=at,
        subject=credential.holder,
        facts={"credential": str(credential.uuid), "author": str(author), **facts},
    )
