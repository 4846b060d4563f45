"""The link that stops messages: opaque, valid for ever, and enough by itself.

A token names the activity, the person's number and a keyed hash of the address it was sent to;
AES-SIV (RFC 5297) under a key derived from the instance's pepper hides and seals them. Nothing
is stored for it, so it works on mail of any age, after the account is erased, and for whoever
was written to. Forged or cut tokens cost no query.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import transaction
from django.urls import reverse

from clairevoie import consent, policy, privacy
from clairevoie.lib import peppers
from clairevoie.messaging.addresses import NOWHERE, reachable
from clairevoie.messaging.models import Suppression
from clairevoie.messaging.suppression import (
    EVERYTHING,
    CannotBeStopped,
    Contact,
    contact_key,
    contact_keys,
    is_stoppable,
    lift,
    note_readmission,
    purposes_refused,
    stoppable,
    suppress_keys,
)
from clairevoie.policy import Basis
from clairevoie.privacy.models import DataSubject, Objection

_FORM = b"\x01"  # how what follows is laid out: number (16), contact's key (16), activity
_CONTEXT = [b"clairevoie.messaging.unsubscribe"]
_LONGEST = 300  # characters: no token of ours is longer

Told = Callable[[DataSubject, str, datetime], None]
_told: list[Told] = []


class UnknownLink(Exception):
    """Ce lien de désinscription n’est pas complet, ou n’est pas de nous."""


class NeedsConsent(Exception):
    """Ces messages demandent votre accord : abonnez-vous de nouveau."""


@dataclass(frozen=True, slots=True)
class Link:
    """What a token says: whose, sent where, for which activity."""

    person: UUID
    key: bytes
    activity: str


@dataclass(frozen=True, slots=True)
class Stopped:
    """What is stopped from now on, and whether it was not so before."""

    activities: tuple[policy.Activity, ...]
    now: bool


def when_unsubscribed(told: Told) -> Told:
    """Teach an app above to follow: ``told(subject, activity, at)``, in the same transaction."""
    _told.append(told)
    return told


def unsubscribe_url(subject: DataSubject, activity: str, *, contact: Contact | None = None) -> str:
    """The personal address that stops ``activity``; empty for what cannot be stopped.

    ``contact`` (kind, address or number) is where the message goes, else the person's first
    verified one: refusing is remembered of it even once the person is erased.
    """
    if not is_stoppable(activity):
        return ""
    contact = contact or _contact_of(subject)
    key = contact_key(*contact) if contact else bytes(16)
    token = token_of(Link(person=subject.uuid, key=key, activity=activity))
    return settings.SITE_URL + reverse("messaging:unsubscribe", args=[token])


def token_of(link: Link) -> str:
    """The same link always makes the same token."""
    words = _FORM + link.person.bytes + link.key + link.activity.encode()
    sealed = _cipher(peppers.present()).encrypt(words, _CONTEXT)
    return urlsafe_b64encode(sealed).rstrip(b"=").decode()


def link_behind(token: str) -> Link:
    """Raises :class:`UnknownLink` for whatever we did not make; asks no database."""
    if len(token) > _LONGEST or not token.isascii():
        raise UnknownLink
    try:
        sealed = urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except ValueError:
        raise UnknownLink from None
    words = _opened(sealed)
    if words[:1] != _FORM or len(words) < 34:
        raise UnknownLink
    link = Link(UUID(bytes=words[1:17]), words[17:33], words[33:].decode())
    if link.activity in policy.current().activities and not is_stoppable(link.activity):
        raise UnknownLink  # an activity that has left the register is merely stopped already
    return link


def _opened(sealed: bytes) -> bytes:
    """Under the present pepper, else the one of the time. Raises :class:`UnknownLink`."""
    for pepper in peppers.every():
        try:
            return _cipher(pepper).decrypt(sealed, _CONTEXT)
        except (ValueError, InvalidTag):
            continue
    raise UnknownLink


def person_behind(token: str, activity: str) -> UUID | None:
    """Whose link it is, when it stops ``activity``: an app above may show them their choices."""
    try:
        link = link_behind(token)
    except UnknownLink:
        return None
    return link.person if link.activity == activity else None


def still_comes(link: Link) -> tuple[policy.Activity, ...]:
    """What this link could still stop."""
    refused = _refused_by(link)
    return tuple(activity for activity in stoppable() if activity.code not in refused)


@transaction.atomic
def unsubscribe(
    link: Link, *, everything: bool = False, source: str = "lien", at: datetime
) -> Stopped:
    """Stop what the link names, or all that can be; a second time changes nothing."""
    if not (everything or is_stoppable(link.activity)):
        return Stopped((), now=False)  # nothing is sent under it any more
    subject = person_of(link)
    return stop(
        subject,
        keys={link.key} - {bytes(16)},
        activity=None if everything else link.activity,
        because=Suppression.Because.LINK,
        source=source,
        at=at,
    )


@transaction.atomic
def stop(
    subject: DataSubject | None,
    *,
    keys: Iterable[bytes],
    activity: str | None,
    because: str,
    source: str,
    at: datetime,
    author: UUID | None = None,
) -> Stopped:
    """Refuse ``activity`` (None: all that can be stopped) for a person and these contacts.

    The refusal holds for every way the person can be reached: it is theirs, not an address's.
    Raises :class:`CannotBeStopped`.
    """
    if activity is not None and not is_stoppable(activity):
        raise CannotBeStopped
    chosen = tuple(a for a in stoppable() if activity in (None, a.code))
    whole = set(keys) | _keys_of(subject)
    purpose = activity if activity is not None else EVERYTHING
    changed = bool(
        whole
        and chosen
        and suppress_keys(
            whole, purpose=purpose, because=because, at=at, source=source, subject=subject
        )
    )
    if subject is not None:
        changed |= _take_back(subject, chosen, source=source, at=at)
        _tell(subject, chosen if changed else (), at=at)
    if changed:
        privacy.ledger.append(
            executor="messaging.unsubscribe",
            at=at,
            subject=subject.uuid if subject else None,
            facts={"purpose": purpose, "because": because, "source": source}
            | ({"author": str(author)} if author else {}),
        )
    return Stopped(chosen, changed)


def stop_on_request(
    *, kind: str, raw: str, activity: str | None, source: str, author: UUID, at: datetime
) -> Stopped:
    """Somebody wrote, called or came, and a member of staff does it for them (P-058).

    Whoever asks is believed: stopping needs no proof. Raises ``NotAContact``.
    """
    return stop(
        privacy.owner_of(kind=kind, raw=raw),
        keys={contact_key(kind, raw)},
        activity=activity,
        because=Suppression.Because.REQUEST,
        source=source,
        at=at,
        author=author,
    )


@transaction.atomic
def start_again(subject: DataSubject, *, activity: str, source: str, at: datetime) -> bool:
    """The person themself, signed in or by their own link, lets ``activity`` be again.

    Not for what needs consent: that is given again (``consent.give``). True when it was stopped.
    """
    if policy.current().activities[activity].basis is Basis.CONSENT:
        raise NeedsConsent
    lifted = lift(_every_key_of(subject), purpose=activity, reachable=False)
    if activity in objections_of(subject):
        privacy.lift_objection(subject, activity=activity, source=source, at=at)
    elif not lifted:
        return False
    note_readmission(subject, purpose=activity, source=source, count=lifted, at=at)
    return True


def _take_back(
    subject: DataSubject, chosen: Iterable[policy.Activity], *, source: str, at: datetime
) -> bool:
    """The person's own word, which the gate reads: at once (GDPR art. 7(3), 21)."""
    objected, changed = objections_of(subject), False
    for activity in chosen:
        if activity.basis is Basis.CONSENT:
            changed |= bool(
                consent.withdraw(subject, activity=activity.code, source=source, at=at)
            )
        elif activity.code not in objected:
            privacy.object_to(subject, activity=activity.code, source=source, at=at)
            changed = True
    return changed


def _tell(subject: DataSubject, stopped: Iterable[policy.Activity], *, at: datetime) -> None:
    for activity in stopped:
        for told in _told:
            told(subject, activity.code, at)


def objections_of(subject: DataSubject) -> set[str]:
    """Activities on which the person's last word is an objection: one query."""
    acts = Objection.including_restricted.filter(subject=subject).order_by("id")
    last_word = dict(acts.values_list("activity", "raised"))
    return {activity for activity, raised in last_word.items() if raised}


def refusals_of(subject: DataSubject) -> set[str]:
    """Activities the person refused, in whatever way: three queries."""
    return objections_of(subject) | purposes_refused(_every_key_of(subject))


def _refused_by(link: Link) -> set[str]:
    person = person_of(link)
    return purposes_refused({link.key}) | (refusals_of(person) if person else set())


def person_of(link: Link) -> DataSubject | None:
    """Whose link it is; None once their data are erased: no word can be written beside them."""
    found = privacy.numbered(link.person)
    return found if found is not None and found.erased_on is None else None


def _keys_of(subject: DataSubject | None) -> set[bytes]:
    points = subject.contact_points.values_list("kind", "raw") if subject else ()
    return {contact_key(kind, raw) for kind, raw in points}


def _every_key_of(subject: DataSubject) -> set[bytes]:
    """Those of former peppers too: what a reader looks for."""
    points = subject.contact_points.values_list("kind", "raw")
    return {key for kind, raw in points for key in contact_keys(kind, raw)}


def _contact_of(subject: DataSubject) -> Contact | None:
    found = reachable([subject.pk]).get(subject.pk, NOWHERE)
    return None if found is NOWHERE else found.contact


@lru_cache(maxsize=16)
def _cipher(pepper: str) -> AESSIV:
    """Twice 256 bits, for this use alone; derived once a process."""
    return AESSIV(HKDF(SHA256(), 64, salt=None, info=_CONTEXT[0]).derive(pepper.encode()))
