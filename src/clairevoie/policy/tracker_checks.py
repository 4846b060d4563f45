"""Contradictions between trackers, and between a tracker and who would receive its data."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from clairevoie.lib.duration import Duration
from clairevoie.policy.model import Policy, Role, Tracker, TrackerCategory

Note = Callable[[str, str, str], object]

KINDS: Final = ("cookie", "local-storage", "session-storage", "embed")
EXEMPT: Final = (TrackerCategory.NECESSARY, TrackerCategory.AUDIENCE_EXEMPT)
LONGEST_MONTHS: Final = 13  # CNIL: a tracker lives thirteen months at most
DIRECTIVES: Final = ("script-src", "connect-src", "img-src", "frame-src", "style-src", "media-src")
_ORIGIN = re.compile(r"https://(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+")
_LINK = re.compile(r"https://[^\s\"<>]+")
_NAME = re.compile(r"[A-Za-z0-9_.-]+\*?")
_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")

Problem = tuple[str, str]  # a key and the mend


def check_trackers(policy: Policy, note: Note) -> None:
    """Tell ``note(file, key, mend)`` everything that is wrong with the trackers."""
    for tracker in policy.trackers.values():
        for rule in (_itself, _life, _choice, _addresses, _third_party, _receiver, _twins):
            for key, mend in rule(policy, tracker):
                note("trackers", f"{tracker.code}.{key}" if key else tracker.code, mend)


def _itself(policy: Policy, tracker: Tracker) -> Iterator[Problem]:
    if not _CODE.fullmatch(tracker.code):
        yield "", "is written in small letters, digits and hyphens: it stands in the cookie"
    for key, names in (("name", (tracker.name,)), ("also", tracker.also)):
        if not all(_NAME.fullmatch(name) for name in names):
            yield key, "is letters, digits and _ . -, with * at the end for a prefix"
    if tracker.kind not in KINDS:
        yield "kind", f"is one of {', '.join(KINDS)}"
    for code in tracker.promises:
        if code not in policy.promises:
            yield "promises", f"names {code!r}, which promises.toml does not have"
    if tracker.category not in list(TrackerCategory):
        yield "category", f"is one of {', '.join(TrackerCategory)}"
    elif tracker.exempt != (tracker.category in EXEMPT):
        yield "exempt", f"is true for {' and '.join(EXEMPT)}, false for the others"


def _life(_policy: Policy, tracker: Tracker) -> Iterator[Problem]:
    for key, span in (("lifetime", tracker.lifetime), ("on-request", tracker.on_request)):
        if span and _too_long(span):
            yield key, "is longer than thirteen months (P-048)"
    passive = tracker.kind in KINDS and tracker.kind != "cookie"
    if passive and (tracker.lifetime or tracker.on_request):
        yield "lifetime", f"has no meaning for {tracker.kind}; only a cookie expires by itself"
    if tracker.on_request and tracker.optional:
        yield "on-request", "is for an exempt tracker; consent says how long the others live"
    usual, asked = tracker.lifetime, tracker.on_request
    if usual and asked and asked.longest_days <= usual.longest_days:
        yield "on-request", "is no longer than lifetime; remove it"


def _too_long(span: Duration) -> bool:
    return span.longest_days > LONGEST_MONTHS * 31 or span.months > LONGEST_MONTHS


def _choice(_policy: Policy, tracker: Tracker) -> Iterator[Problem]:
    """Who may refuse must know what is lost; who has no choice loses nothing by it."""
    if tracker.optional and not tracker.loss:
        yield "loss", "is missing; say what refusing it loses, even « Rien » (P-056)"
    if tracker.exempt and tracker.loss:
        yield "loss", "is for a tracker that can be refused; remove it"
    if tracker.exempt_for_session and (tracker.exempt or tracker.third_party):
        yield "exempt-for-session", "is for our own tracker that otherwise asks; remove it"
    if tracker.exempt_for_session and tracker.kind != "cookie":
        yield "exempt-for-session", "is for a cookie: no other storage ends with the session"


def _addresses(_policy: Policy, tracker: Tracker) -> Iterator[Problem]:
    for host in tracker.hosts:
        if host.directive not in DIRECTIVES:
            yield "hosts", f"begins with {host.directive!r}; choose {', '.join(DIRECTIVES)}"
        if not _ORIGIN.fullmatch(host.origin):
            yield "hosts", f"holds {host.origin!r}; write an origin such as https://example.org"
    if tracker.policy_link and not _LINK.fullmatch(tracker.policy_link):
        yield "policy-link", "is an https address (P-051)"


def _third_party(_policy: Policy, tracker: Tracker) -> Iterator[Problem]:
    if not tracker.third_party:
        for key, given in (("hosts", tracker.hosts), ("policy-link", tracker.policy_link)):
            if given:
                yield key, "is for a third party; remove it, or write third-party = true"
        return
    if tracker.exempt:
        yield "exempt", "is false for a third party: nothing of theirs is necessary here"
    if not tracker.hosts:
        yield "hosts", "is missing; say from where the third party's files come"
    if not tracker.policy_link:
        yield "policy-link", "is missing; link the third party's own policy (P-051)"
    if tracker.active and tracker.policy_checked_on is None:
        yield "policy-checked-on", "is missing; open the link and date it (P-051)"


def _receiver(policy: Policy, tracker: Tracker) -> Iterator[Problem]:
    """A tag stays off until its owner may receive data, and for nothing else (P-045)."""
    if tracker.recipient is None:
        if tracker.third_party:
            yield "recipient", "is missing; name who receives the data in recipients.toml"
        return
    receiver = policy.recipients.get(tracker.recipient)
    if receiver is None:
        yield "recipient", f"names {tracker.recipient!r}, which recipients.toml does not have"
    elif tracker.active:
        if not receiver.active:
            yield "active", f"is true, yet the recipient {receiver.code} is inactive"
        if not receiver.reuse_forbidden:
            yield "active", f"is true, yet {receiver.code} may reuse the data (P-045)"
        if receiver.role is Role.PROCESSOR and tracker.third_party and not receiver.contract_on:
            yield "active", f"is true, yet {receiver.code} has no dated contract (P-045)"


def _twins(policy: Policy, tracker: Tracker) -> Iterator[Problem]:
    same = [t for t in policy.trackers.values() if set(t.names) & set(tracker.names)]
    if len(same) > 1 and tracker is same[-1]:
        yield "name", f"is that of [{same[0].code}] already"
