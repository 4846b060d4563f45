"""Under fifteen, a consent is the child's and a parent's together (GDPR art. 8, LIL art. 45).

No birth date is asked: « 15 ans ou plus ? » stands on the button. Below, the child's word waits
for a parent, who answers by a link of their own; a refusal, or thirty days of silence, deletes
it. The same link withdraws later. The message itself is the caller's: messages stand above us.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import date, datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, Signer
from django.db import transaction

from clairevoie import policy, privacy
from clairevoie.consent.giving import Words, give, tell, withdraw, words
from clairevoie.consent.models import ParentalConsent
from clairevoie.consent.receipts import BY_PARENT
from clairevoie.lib.calendar import last_lawful_day, paris_date
from clairevoie.lib.contact import EMAIL, normalise, strict_key
from clairevoie.privacy import scope, wordings
from clairevoie.privacy.models import Consent, DataSubject

AGE = 15  # LIL art. 45
RULE = "parental-consent"
_signer = Signer(salt="consent.parent", sep=".")


class UnknownParentLink(Exception):
    """Ce lien n’ouvre aucune demande : elle a été refusée, retirée ou effacée."""


class OwnAddress(Exception):
    """Donnez l’adresse de l’un de vos parents : celle-ci est la vôtre."""


class AskedForOtherThings(Exception):
    """Ce que votre enfant avait accepté a changé depuis : demandez-lui de recommencer."""


class NothingAsked(Exception):
    """Il n’y a plus rien à confirmer ici."""


@transaction.atomic
def ask_parent(
    subject: DataSubject,
    *,
    activity: str,
    parent_email: str,
    source: str,
    at: datetime,
    language: str = "fr",
) -> ParentalConsent:
    """The child says yes; nothing is allowed until a parent does too.

    Asked again, the former question and its link are gone. Raises ``NotAContact``,
    :class:`OwnAddress`, ``NotByConsent``.
    """
    address = normalise(EMAIL, parent_email)
    if _is_ones_own(subject, address):
        raise OwnAddress
    said: Words = words(activity, language=language)
    entry = privacy.activity_named(activity)
    version = wordings.wording(entry, text=said.text, language=said.language, at=at)
    ParentalConsent.including_restricted.filter(subject=subject, activity=activity).delete()
    asked: ParentalConsent = ParentalConsent.including_restricted.create(
        subject=subject,
        activity=activity,
        wording=version,
        source=source,
        parent_email=address,
        asked_on=paris_date(at),
        waiting_since=paris_date(at),
    )
    _write_down("consent.ask-parent", asked, at)
    return asked


def parent_token(asked: ParentalConsent) -> str:
    """What stands in the parent's link: a random number and its signature."""
    return _signer.sign(asked.uuid.hex)


def behind_parent_token(token: str, *, on: date) -> ParentalConsent:
    """What a parent's link opens. Raises :class:`UnknownParentLink`, also after thirty days."""
    try:
        number = _signer.unsign(token)
        found: ParentalConsent = ParentalConsent.including_restricted.select_related(
            "subject", "wording"
        ).get(uuid=number)
    except (BadSignature, ValidationError, ParentalConsent.DoesNotExist):
        raise UnknownParentLink from None
    if found.waiting_since is not None and on > last_day(found):
        raise UnknownParentLink  # tonight's round deletes it
    return found


def last_day(asked: ParentalConsent) -> date:
    """The last day on which a parent may answer."""
    duration = policy.current().retention[RULE].duration
    assert duration is not None
    return last_lawful_day(asked.asked_on, duration)


@transaction.atomic
def confirm(asked: ParentalConsent, *, at: datetime) -> Consent:
    """A parent says yes to what the child read; it counts from now. A second time is no act.

    Raises :class:`AskedForOtherThings`, :class:`NothingAsked`.
    """
    row = _locked(asked)
    if row.waiting_since is None:
        raise NothingAsked
    present = scope.facts_of(privacy.activity_named(row.activity))
    if not scope.covers(row.wording.facts, present):
        raise AskedForOtherThings
    row.parent_proof, row.parent_email = proof_of(row.parent_email), ""
    row.waiting_since, row.confirmed_on = None, paris_date(at)
    row.save(update_fields=["parent_proof", "parent_email", "waiting_since", "confirmed_on"])
    return give(
        row.subject,
        activity=row.activity,
        source=f"{row.source}{BY_PARENT}",
        text=row.wording.text,
        language=row.wording.language,
        at=at,
    )


@transaction.atomic
def refuse(asked: ParentalConsent, *, at: datetime) -> None:
    """A parent says no, or takes their yes back: nothing of the question is kept.

    Whoever follows the activity hears of both: what was waiting for the answer goes too.
    """
    row = _locked(asked)
    if row.confirmed_on is not None:
        withdraw(row.subject, activity=row.activity, source=f"lien{BY_PARENT}", at=at)
    row.delete()
    _write_down("consent.refused-by-parent", row, at)
    if row.confirmed_on is None:
        tell(row.activity, row.subject, given=False, at=at)


def waiting(subject: DataSubject) -> dict[str, ParentalConsent]:
    """What waits for a parent, by activity: one query."""
    rows = ParentalConsent.including_restricted.filter(
        subject=subject, waiting_since__isnull=False
    )
    return {row.activity: row for row in rows.select_related("wording")}


def proof_of(email: str) -> str:
    """A keyed hash of a parent's address: it recognises the address, it cannot give it back."""
    key = f"parent:{strict_key(EMAIL, email)}"
    return hmac.new(settings.PEPPER.encode(), key.encode(), hashlib.sha256).hexdigest()


def _is_ones_own(subject: DataSubject, address: str) -> bool:
    mine = subject.contact_points.filter(kind=EMAIL).values_list("raw", flat=True)
    return strict_key(EMAIL, address) in {strict_key(EMAIL, raw) for raw in mine}


def _locked(asked: ParentalConsent) -> ParentalConsent:
    """As it stands now: two answers at once are one. Raises :class:`NothingAsked`."""
    rows = ParentalConsent.including_restricted.select_for_update(of=("self",))
    try:
        found: ParentalConsent = rows.select_related("subject", "wording").get(pk=asked.pk)
    except ParentalConsent.DoesNotExist:
        raise NothingAsked from None
    return found


def _write_down(executor: str, asked: ParentalConsent, at: datetime) -> None:
    privacy.ledger.append(
        executor=executor,
        at=at,
        subject=asked.subject.uuid,
        facts={"activity": asked.activity},
    )
