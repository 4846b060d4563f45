"""Signing up, and proving that an address or a number is one's own."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.utils import translation

from clairevoie import messaging, policy, privacy
from clairevoie.accounts.actions.rectifying import tell_recipients
from clairevoie.accounts.models import Member
from clairevoie.lib.calendar import paris_date
from clairevoie.lib.contact import EMAIL, PHONE
from clairevoie.lib.speech import day_in_full

_UNVERIFIED_DAYS = 1
# Where a page leaves, in the visitor's session, the address that the form of « Inscription »
# shows when it opens next: never in a URL, which logs keep. It proves nothing.
EXPECTED_EMAIL = "expected_email"


class ContactUnavailable(Exception):
    """Aucun compte ne peut être ouvert avec cette coordonnée."""


class ContactMissing(Exception):
    """Donnez une adresse e-mail ou un numéro de téléphone."""


class TermsNotRead(Exception):
    """Prenez connaissance des conditions d’utilisation pour ouvrir un compte."""


def sign_up(
    *,
    last_name: str,
    first_names: str,
    email: str | None,
    phone: str | None,
    password: str | None,
    terms_read: bool,
    at: datetime,
) -> Member:
    """Open an account whose contact is not proved yet (P-006, P-013, P-014).

    Terms and policy are acknowledged, nothing is consented to; None as a password opens
    nothing. Raises :class:`ContactMissing`, :class:`TermsNotRead`, :class:`ContactUnavailable`
    – taken or barred: the caller answers as if it were not, and writes to its owner.
    """
    if not terms_read:
        raise TermsNotRead
    member = Member(
        last_name=last_name,
        first_names=first_names,
        email=email or None,
        phone=phone or None,
        password=make_password(password),  # slow on purpose: before any answer, the same for all
        joined_on=paris_date(at),
    )
    contacts = _contacts(member)
    _refuse_barred(contacts, on=paris_date(at))
    return _open(member, contacts, at)


def _contacts(member: Member) -> list[tuple[str, str]]:
    both = ((EMAIL, member.email), (PHONE, member.phone))
    given = [(kind, raw) for kind, raw in both if raw]
    if not given:
        raise ContactMissing
    return given


def _refuse_barred(contacts: list[tuple[str, str]], *, on: date) -> None:
    """Nobody comes round a suspension with another account (P-090)."""
    if any(privacy.contact_is_barred(kind=kind, raw=raw, on=on) for kind, raw in contacts):
        raise ContactUnavailable


def _open(member: Member, contacts: list[tuple[str, str]], at: datetime) -> Member:
    """All or nothing. Two sign-ups at once: the database lets one through."""
    try:
        with transaction.atomic():
            _register(member, contacts, at)
    except IntegrityError as clash:
        raise ContactUnavailable from clash
    return member


def _register(member: Member, contacts: list[tuple[str, str]], at: datetime) -> None:
    on = paris_date(at)
    member.subject = privacy.register_subject(on=on)
    member.save(force_insert=True)
    for kind, raw in contacts:
        privacy.note_contact(member.subject, kind=kind, raw=raw, on=on)
    if member.email:
        EmailAddress.objects.create(user=member, email=member.email, primary=True)
    version = policy.current().version_in_force(on)
    for document in ("cgu", "policy"):
        privacy.acknowledge(member.subject, document=document, version=str(version.number), at=at)
    privacy.ledger.append(
        executor="accounts.sign-up",
        at=at,
        subject=member.subject.uuid,
        facts={"contacts": [kind for kind, _ in contacts], "policy": version.number},
    )


@transaction.atomic
def answer_sign_up_again(*, kind: str, contact: str, at: datetime) -> None:
    """Write to the owner of a contact that somebody tried to sign up with again.

    The page says nothing. Whoever reads the mailbox learns that an account exists; or that it
    is closed, and from when a new one can be opened; or that none can be after a suspension,
    and how to contest that.
    """
    owner = Member.objects.select_related("subject").filter(**{kind: contact}).first()
    letter, context = _answer(owner, kind=kind, contact=contact, on=paris_date(at))
    subject = owner.subject if owner else None
    messaging.send_code(contact, kind, letter, subject=subject, context=context, at=at)


def _answer(
    owner: Member | None, *, kind: str, contact: str, on: date
) -> tuple[str, dict[str, str]]:
    """Which letter, and what it needs.

    A closed account keeps its contacts until the night's erasure, and is not erased sooner for
    somebody who signs up again: its owner has the day to say « ce n’était pas moi ».
    """
    if privacy.contact_is_barred(kind=kind, raw=contact, on=on):
        return "accounts/sign-up-refused", {}
    if owner is None or owner.subject.closed_on is None:
        return "accounts/already-member", {}
    if owner.subject.restricted or owner.subject.held:
        return "accounts/closed-not-erased", {}
    with translation.override(owner.language):
        return "accounts/closed-not-erased", {"again_on": day_in_full(on + timedelta(days=1))}


@transaction.atomic
def prove_email(*, member: Member, email: str, at: datetime) -> None:
    """The member typed the code sent to ``email``: it is their one address from now on.

    A prospect's file under the same address becomes the member's. Raises
    :class:`ContactUnavailable` when another account proved it first.
    """
    if member.email != email:
        if member.email:
            tell_recipients(member, fields=(EMAIL,), at=at)
        member.email = email
        _save(member, "email")
    _prove(member, EMAIL, email, at)


@transaction.atomic
def prove_phone(*, member: Member, phone: str, at: datetime) -> None:
    """The member typed the code sent to ``phone``. Raises :class:`ContactUnavailable`."""
    if member.phone and member.phone != phone:
        tell_recipients(member, fields=(PHONE,), at=at)
    member.phone, member.phone_verified = phone, True
    _save(member, "phone", "phone_verified")
    _prove(member, PHONE, phone, at)


def _save(member: Member, *fields: str) -> None:
    try:
        with transaction.atomic():
            member.save(update_fields=fields)
    except IntegrityError as clash:
        raise ContactUnavailable from clash


def _prove(member: Member, kind: str, raw: str, at: datetime) -> None:
    on = paris_date(at)
    privacy.forget_contact(member.subject, kind=kind)
    contact = privacy.note_contact(member.subject, kind=kind, raw=raw, on=on)
    try:
        privacy.verify_contact(contact, on=on)
    except privacy.TwoAccounts as clash:
        raise ContactUnavailable from clash
    messaging.note_reached(kind=kind, raw=raw)
    privacy.ledger.append(
        executor=f"accounts.prove-{kind}", at=at, subject=member.subject.uuid, facts={}
    )


def forget_unverified(*, on: date) -> int:
    """Erase the sign-ups that nobody proved for a day: they may hold somebody else's address."""
    waiting = Member.objects.filter(
        joined_on__lt=on - timedelta(days=_UNVERIFIED_DAYS),
        subject__last_use__isnull=True,
        phone_verified=False,
    )
    unproved = waiting.exclude(emailaddress__verified=True).values("subject")
    people = privacy.DataSubject.objects.filter(pk__in=unproved)
    return privacy.erase_many(people, because="sign-up-not-verified", on=on)
