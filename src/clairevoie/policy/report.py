"""What there is to say of a policy: counts, rules, and what waits for somebody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from clairevoie.policy.model import Policy, Role

YEAR = timedelta(days=366)  # P-001, P-007: promises and notice are read again each year


@dataclass(frozen=True, slots=True)
class Counts:
    """How much of everything; ``planned`` promises only ever get fewer."""

    activities: int
    retention: int
    recipients: int
    trackers: int
    versions: int
    promises: int
    planned: int


def count(policy: Policy) -> Counts:
    return Counts(
        activities=len(policy.activities),
        retention=len(policy.retention),
        recipients=len(policy.recipients),
        trackers=len(policy.trackers),
        versions=len(policy.versions),
        promises=len(policy.promises),
        planned=sum(promise.planned for promise in policy.promises.values()),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleLine:
    """A retention rule on one line."""

    code: str
    title: str
    keep: str  # ISO 8601, empty when the copy leaves with the last other one
    clock: str  # as retention.toml writes it
    then: str
    notices: tuple[str, ...]
    because: str


def rule_lines(policy: Policy) -> tuple[RuleLine, ...]:
    return tuple(
        RuleLine(
            code=rule.code,
            title=rule.title,
            keep="" if rule.duration is None else str(rule.duration),
            clock=f"{rule.clock}:{rule.column}" if rule.column else str(rule.clock),
            then=str(rule.then),
            notices=tuple(map(str, rule.notices)),
            because=rule.because,
        )
        for rule in policy.retention.values()
    )


@dataclass(frozen=True, slots=True)
class Reminder:
    """Something left to do: true today, wrong tomorrow, hence never a refusal to start."""

    file: str
    key: str
    what: str


def reminders(policy: Policy, *, on: date) -> tuple[Reminder, ...]:
    """Everything that waits for somebody on ``on``."""
    return (*_officer(policy), *_contracts(policy, on), *_reviews(policy, on))


def _officer(policy: Policy) -> Iterator[Reminder]:
    officer = policy.organisation.officer
    if not officer.name:
        yield Reminder("organisation.toml", "officer.name", "désigner un délégué (F-36)")
    elif not officer.cnil_number:
        yield Reminder("organisation.toml", "officer.cnil-number", "prévenir la CNIL (F-36)")


def _contracts(policy: Policy, on: date) -> Iterator[Reminder]:
    for recipient in policy.recipients.values():
        if not recipient.active or recipient.code == "host":
            continue  # by default the host is the organisation's own machine
        if recipient.role is Role.PROCESSOR and recipient.contract_on is None:
            key = f"{recipient.code}.contract-on"
            yield Reminder("recipients.toml", key, "dater le contrat de sous-traitance (P-052)")
        if recipient.review_due and recipient.review_due < on:
            yield Reminder(
                "recipients.toml", f"{recipient.code}.review-due", "revoir le contrat (P-052)"
            )


def _reviews(policy: Policy, on: date) -> Iterator[Reminder]:
    for promise in policy.promises.values():
        if on - promise.last_review > YEAR:
            yield Reminder(
                "promises.toml", f"{promise.code}.last-review", "relire la promesse (P-001)"
            )
    newest = policy.versions[-1]
    if on - newest.published_on > YEAR:
        yield Reminder(
            f"versions/{newest.number}/meta.toml", "published", "revoir la notice (P-007)"
        )
