"""The cast: eight people every test knows, each with values found nowhere else.

A test that erases Alice searches the whole instance for ``alice.canaries``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from clairevoie import privacy
from clairevoie.accounts.models import Member, Role
from clairevoie.lib.calendar import PARIS
from clairevoie.privacy.models import ContactPoint, DataSubject

TODAY = date(2026, 11, 22)  # promises.md: the reference day of every test, a Sunday
NOW = datetime(2026, 11, 22, 10, 30, tzinfo=PARIS)
PASSWORD = "Claire-voie, 4 lattes de chêne"


@dataclass(frozen=True, slots=True, kw_only=True)
class Canaries:
    """What one person leaves in the platform: each value is unique to that person."""

    last_name: str
    first_names: str
    pseudo: str
    email: str
    phone: str  # E.164
    street: str
    postcode: str
    town: str
    ip: str

    @property
    def all(self) -> tuple[str, ...]:
        """The strings whose presence anywhere proves a trace of this very person."""
        return (
            self.last_name,
            self.first_names,
            self.pseudo,
            self.email,
            self.phone,
            self.street,
            self.ip,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One of the cast: the subject, the account (none for Dora) and the canaries."""

    subject: DataSubject
    canaries: Canaries
    account: Member | None = None

    @property
    def member(self) -> Member:
        """The account, for ``client.force_login(alice.member)``."""
        assert self.account is not None, "Dora is a prospect: she has no account"
        return self.account


def _canaries(number: int, name: str, street: str) -> Canaries:
    tag = f"{name.lower().replace('é', 'e').replace('è', 'e')}"
    return Canaries(
        last_name=f"Zzyx{name}nom",
        first_names=f"{name}-Zzyxprenom",
        pseudo=f"zzyx_{tag}",
        email=f"zzyx.{tag}@exemple.fr",
        phone=f"+3361234{number:02d}{number:02d}",
        street=f"{number} {street}",
        postcode=f"930{number:02d}",
        town="Bagnolet",
        ip=f"203.0.113.{number}",
    )


CANARIES = {
    "alice": _canaries(11, "Alice", "impasse des Zzyxlilas"),
    "bob": _canaries(12, "Bob", "rue des Zzyxchênes"),
    "charlie": _canaries(13, "Charlie", "allée des Zzyxormes"),
    "dora": _canaries(14, "Dora", "quai des Zzyxsaules"),
    "eve": _canaries(15, "Eve", "place des Zzyxtilleuls"),
    "flora": _canaries(16, "Flora", "cours des Zzyxhêtres"),
    "gaston": _canaries(17, "Gaston", "villa des Zzyxfrênes"),
    "helene": _canaries(18, "Hélène", "sente des Zzyxifs"),
}


@cache
def _password_hash() -> str:
    return make_password(PASSWORD)  # Argon2 is slow on purpose: once is enough


def prospect(name: str, *, on: date = TODAY) -> Person:
    """A person without an account who left an e-mail and a phone number on ``on``."""
    canaries = CANARIES[name]
    subject = privacy.register_subject(on=on)
    privacy.note_contact(subject, kind="email", raw=canaries.email, on=on)
    privacy.note_contact(subject, kind="phone", raw=canaries.phone, on=on)
    privacy.record_contact(subject, on=on)
    subject.refresh_from_db()
    return Person(subject=subject, canaries=canaries)


ROLES = {
    "bob": Role.TRAINER,
    "eve": Role.ADMINISTRATOR,
    "flora": Role.ADVISOR,
    "gaston": Role.ACCOUNTANT,
    "helene": Role.DPO,
}


def member(name: str, *, on: date = TODAY) -> Person:
    """A member whose e-mail address is verified and whose last use is ``on``."""
    canaries = CANARIES[name]
    subject = DataSubject.objects.create(last_use=on)
    for kind, raw in (("email", canaries.email), ("phone", canaries.phone)):
        ContactPoint.objects.create(
            subject=subject, kind=kind, raw=raw, normalised=raw, verified_on=on
        )
    account = Member.objects.create(
        subject=subject,
        password=_password_hash(),
        role=ROLES.get(name, Role.LEARNER),
        last_name=canaries.last_name,
        first_names=canaries.first_names,
        pseudo=canaries.pseudo,
        email=canaries.email,
        phone=canaries.phone,
        phone_verified=True,
        street=canaries.street,
        postcode=canaries.postcode,
        town=canaries.town,
        country="FR",
        joined_on=on,
    )
    EmailAddress.objects.create(user=account, email=canaries.email, verified=True, primary=True)
    return Person(subject=subject, canaries=canaries, account=account)
