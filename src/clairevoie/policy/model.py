"""The policy's values: frozen, typed, free of Django.

One class a file of ``policy/``. Texts are French; a key such as ``title`` is what people read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from clairevoie.lib.duration import Duration


class Basis(StrEnum):
    """Legal bases of GDPR art. 6(1)."""

    CONSENT = "consent"
    CONTRACT = "contract"
    LEGAL_OBLIGATION = "legal-obligation"
    VITAL_INTEREST = "vital-interest"
    LEGITIMATE_INTEREST = "legitimate-interest"


class MessageCategory(StrEnum):
    """What a message is for, hence whether its reader may stop it (P-015)."""

    SECURITY = "security"
    CONTRACT = "contract"  # what the contract or the law obliges us to say
    INFORMATION = "information"
    NEWSLETTER = "newsletter"  # and any other promotion: only with consent (CPCE L34-5)
    SURVEY = "survey"

    @property
    def can_be_stopped(self) -> bool:
        """Security and contract cannot: an intruder would stop them first."""
        return self not in (MessageCategory.SECURITY, MessageCategory.CONTRACT)


class Clock(StrEnum):
    """From when a retention rule counts."""

    LAST_USE = "last-use"
    LAST_CONTACT = "last-contact"
    SUSPENSION = "suspension"
    CLOSURE = "closure"
    LAST_PURPOSE = "last-purpose"  # leaves with the last copy another rule keeps
    RECORD = "record"  # a DATE (or instant) column of the record itself


class Ending(StrEnum):
    """What happens at the term."""

    ERASE = "erase"
    DORMANT = "dormant"  # hidden from staff; nothing is deleted


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionRule:
    """One rule of ``retention.toml``; ``code`` is its table's name there."""

    code: str
    title: str
    reference: str  # R-ACC … of promises.md C.2
    clock: Clock
    counted_from: str  # the clock in words: « la clôture de l’exercice »
    column: str | None = None  # with Clock.RECORD
    duration: Duration | None = None  # None only with Clock.LAST_PURPOSE
    then: Ending = Ending.ERASE
    notices: tuple[Duration, ...] = ()
    same_copies_as: str | None = None  # another rule whose copies this one also ends
    archive_column: str | None = None
    because: str = ""
    outlives_erasure: bool = False
    waivable: bool = False  # kept in the person's own interest: who leaves may give it up
    under: str | None = None  # the notice's own maximum (versions/…/meta.toml) it stays within
    gap: str | None = None  # where the notice is silent: the flag of promises.md A.2 that says so
    promises: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """A processing activity of the art. 30 register."""

    code: str
    title: str
    purposes: tuple[str, ...]
    basis: Basis
    basis_detail: str
    subjects: tuple[str, ...]
    data: tuple[str, ...]
    sensitive: bool
    retention: tuple[str, ...]  # codes of retention rules
    recipients: tuple[str, ...]  # codes of recipients.toml
    internal: tuple[str, ...]  # roles
    transfers: tuple[str, ...]
    security: tuple[str, ...]
    minimisation: str
    promises: tuple[str, ...]
    created_on: date
    updated_on: date
    sources: tuple[str, ...]  # where the data come from
    software: tuple[str, ...]
    impact: str  # need for an impact assessment (art. 35), and why
    gaps: tuple[str, ...] = ()  # flags of promises.md A.2 where the notice is silent or weak
    joint_controllers: tuple[str, ...] = ()
    balancing: str = ""  # legitimate interest: the balancing test, in a sentence
    while_restricted: bool = False  # may go on for a restricted person (art. 18(2))
    planned: bool = False  # described, but the platform does not carry it out yet
    category: MessageCategory | None = None  # None: nothing is sent under it
    # language → the exact words agreed to (art. 7); no mapping can be hashed
    consent: Mapping[str, str] = field(default_factory=dict, hash=False)
    covered_by: tuple[str, ...] = ()  # fingerprints of consents that a mere rewording leaves good
    prospecting: bool = False  # objecting to it is absolute, on every channel (art. 21(2))

    @property
    def mutable(self) -> bool:
        """Its messages can be stopped, by a link or a switch, without a reason."""
        return self.category is not None and self.category.can_be_stopped


class Role(StrEnum):
    """What a recipient is to the controller."""

    PROCESSOR = "processor"
    JOINT = "joint-controller"
    INDEPENDENT = "independent-controller"


class AmericanService(StrEnum):
    """What the notice says that companies of the United States do for us, and nothing else
    (P-077; audience measurement is named under cookies)."""

    ANSWERS = "answers"
    PAYMENT = "payment"
    COMMERCE = "commerce"
    ADVERTISING = "advertising"
    EMAIL = "email"
    SMS = "sms"
    AUDIENCE = "audience"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """A processor or another recipient (F.2, F.3)."""

    code: str
    name: str
    role: Role
    service: str
    countries_stored: tuple[str, ...]  # ISO 3166-1 alpha-2
    countries_transit: tuple[str, ...]
    safeguard: str
    data: tuple[str, ...]
    contract_on: date | None
    review_due: date | None
    active: bool
    reuse_forbidden: bool
    remuneration: str
    promises: tuple[str, ...]
    hosts: tuple[str, ...] = ()  # what our server may connect to, once it is active (P-063)
    stands_for: str = ""  # the recipient whose work it does: activities name that one
    american_service: AmericanService | None = None


class TrackerCategory(StrEnum):
    """What a tracker is for (F-13). The first two need no consent."""

    NECESSARY = "necessary"
    AUDIENCE_EXEMPT = "audience-exempt"
    AUDIENCE = "audience"
    PREFERENCES = "preferences"
    SOCIAL = "social"
    ADVERTISING = "advertising"


@dataclass(frozen=True, slots=True)
class Host:
    """One more place a page may load from: a directive of the Content-Security-Policy."""

    directive: str  # script-src, frame-src…
    origin: str  # https://www.youtube-nocookie.com


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracker:
    """A cookie, another device storage, or a third party's content (P-033)."""

    code: str
    name: str  # as it stands in the browser; a trailing * is a prefix
    kind: str  # cookie, local-storage, session-storage, embed
    provider: str
    category: str
    exempt: bool
    purpose: str
    lifetime: Duration | None  # None: until the browser session ends
    also: tuple[str, ...] = ()  # other names it goes by, written and agreed to together
    on_request: Duration | None = None  # the longer life that the person may ask for
    exempt_for_session: bool = False  # without consent: until the browser closes, as asked for
    third_party: bool = False
    hosts: tuple[Host, ...] = ()  # what pages may load once the person agreed
    policy_link: str = ""  # the third party's own privacy policy (P-051)
    policy_checked_on: date | None = None  # when that link was last seen to answer
    recipient: str | None = None  # of recipients.toml
    loss: str = ""  # what refusing it loses, and nothing else (P-056)
    active: bool = True
    updated_on: date
    promises: tuple[str, ...]

    @property
    def optional(self) -> bool:
        """Whether it waits for the person's word."""
        return not self.exempt

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, *self.also)

    @property
    def longest(self) -> Duration | None:
        """The longest life any page may give it; None: until the browser closes."""
        return self.on_request or self.lifetime

    def is_named(self, name: str) -> bool:
        """Whether ``name``, met in a browser, is this tracker's."""
        return any(
            name.startswith(own[:-1]) if own.endswith("*") else name == own for own in self.names
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """One of the 110 promises, its sentence in the policy, and who executes it."""

    code: str
    sentence: str
    section: str
    lines: str
    owner: str
    executor: str | None  # a dotted executor code; None while planned
    last_review: date

    @property
    def planned(self) -> bool:
        return self.executor is None


class Importance(StrEnum):
    """How a version is announced: a major one is notified before it takes effect (P-008)."""

    FIRST = "first"
    MINOR = "minor"
    MAJOR = "major"


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A published notice: immutable."""

    number: int
    published_on: date
    effective_on: date
    importance: Importance
    reason: str  # why it replaces the one before; empty for the first
    text: str
    sha256: str
    maxima: Mapping[str, Duration]  # the longest retention the text allows, by name


@dataclass(frozen=True, slots=True, kw_only=True)
class Officer:
    """Who answers for data protection; ``name`` empty: « référent données » (F-36)."""

    name: str
    cnil_number: str
    email: str
    post: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """The controller (P-110)."""

    name: str
    legal_form: str
    capital: str
    street: str
    postcode: str
    town: str
    siren: str
    siret: str
    vat: str
    rcs: str
    registered_on: date
    training_number: str
    training_authority: str
    emails: tuple[str, ...]
    contact_email: str
    financial_year_end: str  # "12-31"
    director: str
    host: str
    officer: Officer


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Everything in ``policy/``, cross-checked."""

    organisation: Organisation
    activities: Mapping[str, Activity]
    retention: Mapping[str, RetentionRule]
    recipients: Mapping[str, Recipient]
    trackers: Mapping[str, Tracker]
    promises: Mapping[str, Promise]
    versions: tuple[Version, ...]  # by number
    digest: str  # SHA-256 over all files: written into each consent and ledger line

    def version_in_force(self, on: date) -> Version:
        """The latest version effective on ``on``. Raises ``LookupError`` before the first."""
        for version in reversed(self.versions):
            if version.effective_on <= on:
                return version
        raise LookupError(f"no version of the policy was in force on {on}")

    def rules_ending(self, keep: str) -> tuple[RetentionRule, ...]:
        """Every rule that ends, or hides, copies kept under ``keep``: the earliest wins (C.4)."""
        return tuple(r for r in self.retention.values() if keep in (r.code, r.same_copies_as))
