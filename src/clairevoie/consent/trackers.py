"""The register of trackers as questions: which are served, which wait for a word, what changed.

``policy/trackers.toml`` is the only list. Everything else is read off it: the declaration, what
a page may write, its Content-Security-Policy, what a withdrawal deletes, the receipt.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

from clairevoie import policy, privacy
from clairevoie.policy import Host, Policy, Tracker

LINK_CHECKED_WITHIN: Final = timedelta(days=31)  # P-051
LONGEST_NAME: Final = 128  # characters: what is longer is nobody's, and is not remembered
_HOST_PREFIXES: Final = ("__Host-", "__Secure-")


@dataclass(frozen=True, slots=True, eq=False)
class Register:
    """The trackers served on one day, by what they ask of the person."""

    served: tuple[Tracker, ...]
    optional: tuple[Tracker, ...]
    codes: frozenset[str]  # of every served tracker
    fingerprints: dict[str, str]  # of the optional ones, by code
    has_hosts: bool  # whether any of them loads something from elsewhere


def register(on: date) -> Register:
    """What is served on ``on``."""
    return _register(policy.current().digest, on, cut_off())


def cut_off() -> frozenset[str]:
    """The recipients to whom an administrator lets nothing go; asked only where it matters."""
    digest = policy.current().digest
    return privacy.recipients.stopped() if _is_any_third_party(digest) else frozenset()


@lru_cache(maxsize=4)
def _is_any_third_party(_digest: str) -> bool:
    return any(t.active and t.recipient for t in policy.current().trackers.values())


@lru_cache(maxsize=4)
def _register(_digest: str, on: date, stopped: frozenset[str]) -> Register:
    current = policy.current()
    served = tuple(
        t
        for t in current.trackers.values()
        if is_served(t, current, on=on) and t.recipient not in stopped
    )
    optional = tuple(t for t in served if t.optional)
    return Register(
        served=served,
        optional=optional,
        codes=frozenset(t.code for t in served),
        fingerprints={t.code: fingerprint(t, current) for t in optional},
        has_hosts=any(t.hosts for t in optional),
    )


def is_served(tracker: Tracker, current: Policy, *, on: date) -> bool:
    """A third party only while its recipient is active and its own policy was seen of late."""
    if not tracker.active:
        return False
    if tracker.recipient and not current.recipients[tracker.recipient].active:
        return False
    if not tracker.third_party:
        return True
    seen = tracker.policy_checked_on
    return seen is not None and on - seen <= LINK_CHECKED_WITHIN


def fingerprint(tracker: Tracker, current: Policy) -> str:
    """Of what a person decides upon: when it changes, that tracker alone is asked again.

    The wording of ``loss`` and the promises it holds decide nothing.
    """
    receiver = current.recipients.get(tracker.recipient or "")
    facts = {
        "names": tracker.names,
        "kind": tracker.kind,
        "provider": tracker.provider,
        "category": tracker.category,
        "purpose": tracker.purpose,
        "lifetime": str(tracker.lifetime or ""),
        "third_party": tracker.third_party,
        "hosts": [(host.directive, host.origin) for host in tracker.hosts],
        "receiver": receiver
        and [
            receiver.name,
            receiver.role,
            receiver.countries_stored,
            receiver.countries_transit,
            receiver.data,
        ],
    }
    canonical = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()[:10]


def bare_name(name: str) -> str:
    """The registered name of a cookie: browsers' own prefixes are no part of it."""
    for prefix in _HOST_PREFIXES:
        if name.startswith(prefix):
            return name[len(prefix) :]
    return name


@lru_cache(maxsize=4)
def _by_name(_digest: str) -> dict[str, Tracker]:
    """Cookies whose whole name is known; prefixes are looked through afterwards."""
    cookies = (t for t in policy.current().trackers.values() if t.kind == "cookie")
    return {name: t for t in cookies for name in t.names if not name.endswith("*")}


@lru_cache(maxsize=4)
def _prefixes(_digest: str) -> tuple[Tracker, ...]:
    cookies = (t for t in policy.current().trackers.values() if t.kind == "cookie")
    return tuple(t for t in cookies if any(name.endswith("*") for name in t.names))


def cookie_named(name: str) -> Tracker | None:
    """The tracker to which a cookie of that name belongs, served or not; None: undeclared."""
    return _named(policy.current().digest, name) if len(name) <= LONGEST_NAME else None


@lru_cache(maxsize=512)
def _named(digest: str, name: str) -> Tracker | None:
    bare = bare_name(name)
    known = _by_name(digest).get(bare)
    if known is not None:
        return known
    return next((t for t in _prefixes(digest) if t.is_named(bare)), None)


def hosts_of(trackers: Iterable[Tracker]) -> tuple[Host, ...]:
    """Where pages may load from for these trackers, in order, once each."""
    return tuple(dict.fromkeys(host for tracker in trackers for host in tracker.hosts))
