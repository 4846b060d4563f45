"""The cookie that holds a person's choices: signed, without a database, six months.

    1.<number or ->.<text>.<policy>.<word>:<fingerprint>:<day>:<code>….<signature>

``word`` is ``y`` or ``n``, and ``Y`` or ``N`` when it was said while Global Privacy Control was
on. ``day`` is the date of that word, so that one tracker asked again does not renew the others.
A cookie in which everything is refused holds no number: it is the same for all who refused the
same things on the same day. ``text`` and ``policy`` begin the SHA-256 of what was shown, and of
the policy it came from.

What is forged, cut short, too long or of another make is no choice at all.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

from django.conf import settings

from clairevoie import policy
from clairevoie.consent.trackers import Register
from clairevoie.lib import calendar
from clairevoie.lib.duration import Duration
from clairevoie.policy import Tracker

TRACKER: Final = "choix"  # its own line of trackers.toml, which says how long it lives
LONGEST: Final = 2_048  # characters; forty trackers take half of it
_MAKE: Final = "1"
_NOBODY: Final = "-"
_NUMBER = re.compile(r"-|[0-9a-f]{32}")
_MARK = re.compile(r"[0-9a-f]{16}")
_WORD = re.compile(r"([ynYN]):([0-9a-f]{10}):(\d{6}):([a-z0-9-]{1,60})")


@dataclass(frozen=True, slots=True)
class Word:
    """What a person said of one tracker, as it then was."""

    code: str
    fingerprint: str
    said_on: date
    accepted: bool
    under_gpc: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """A whole cookie: who said it (a random number, or nobody), upon what text, what of each."""

    words: Mapping[str, Word]
    number: str | None = None
    text: str = "0" * 16
    policy: str = "0" * 16

    @property
    def newest(self) -> date:
        return max(word.said_on for word in self.words.values())


@dataclass(frozen=True, slots=True)
class Choices:
    """What this person allows today, and what is still to be asked."""

    allowed: frozenset[str]
    to_ask: tuple[Tracker, ...]
    gpc: bool
    choice_id: str | None
    served: frozenset[str]  # every tracker that is served today
    optional: tuple[Tracker, ...]
    choice: Choice | None  # as said, older facts and dates included
    live: Mapping[str, Word]  # what of it still holds

    def allows(self, tracker_code: str) -> bool:
        """Whether this tracker may be written or loaded now. Unknown or inactive ones never."""
        return tracker_code in self.allowed

    def allows_category(self, category: str) -> bool:
        """Whether everything of a category that is served today is allowed (never for none)."""
        current = policy.current()
        codes = {c for c in self.served if current.trackers[c].category == category}
        return bool(codes) and codes <= self.allowed

    @property
    def allowed_optional(self) -> tuple[Tracker, ...]:
        return tuple(tracker for tracker in self.optional if tracker.code in self.allowed)


def lifetime() -> Duration:
    """How long a choice holds; CNIL recommends six months, for a yes and for a no."""
    return policy.current().trackers[TRACKER].lifetime or Duration(months=6)


def last_day(said_on: date) -> date:
    """The last day on which a choice made on ``said_on`` holds: the day after, we ask again."""
    return calendar.last_lawful_day(said_on, lifetime())


def cookie_name() -> str:
    """``__Host-`` where the site is served over https, as browsers demand."""
    name = policy.current().trackers[TRACKER].name
    return f"__Host-{name}" if settings.SESSION_COOKIE_SECURE else name


def write(choice: Choice) -> str:
    """The cookie's value. A refusal of everything loses its number."""
    accepted = any(word.accepted for word in choice.words.values())
    number = choice.number if accepted and choice.number else _NOBODY
    words = (_said(word) for _, word in sorted(choice.words.items()))
    value = ".".join((_MAKE, number, choice.text, choice.policy, *words))
    return f"{value}.{_signature(value, settings.SECRET_KEY)}"


def _said(word: Word) -> str:
    letter = "y" if word.accepted else "n"
    said = letter.upper() if word.under_gpc else letter
    return f"{said}:{word.fingerprint}:{word.said_on.toordinal():06}:{word.code}"


@lru_cache(maxsize=8)
def _key(secret: str) -> bytes:
    return hashlib.sha256(b"clairevoie.consent.choice\0" + secret.encode()).digest()


def _signature(value: str, secret: str) -> str:
    mark = hmac.digest(_key(secret), value.encode(), "sha256")[:18]
    return urlsafe_b64encode(mark).decode()


def _is_ours(value: str, signature: str) -> bool:
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return any(
        hmac.compare_digest(_signature(value, str(secret)), signature)
        for secret in secrets
        if secret
    )


def read(value: str) -> Choice | None:
    """The choice a cookie holds; None when it is not one of ours, whole."""
    if len(value) > LONGEST or not value.isascii():
        return None
    body, _, signature = value.rpartition(".")
    if not _is_ours(body, signature):
        return None
    make, number, *said = body.split(".")
    marks, said = said[:2], said[2:]
    if make != _MAKE or not _NUMBER.fullmatch(number) or not all(map(_MARK.fullmatch, marks)):
        return None
    words = [_heard(each) for each in said]
    if not words or None in words:
        return None
    known = {word.code: word for word in words if word is not None}
    return Choice(known, None if number == _NOBODY else number, *marks)


def _heard(text: str) -> Word | None:
    found = _WORD.fullmatch(text)
    if found is None:
        return None
    said, mark, day, code = found.groups()
    return Word(
        code=code,
        fingerprint=mark,
        said_on=date.fromordinal(int(day)),
        accepted=said in "yY",
        under_gpc=said.isupper(),
    )


def weigh(choice: Choice | None, register: Register, *, gpc: bool, on: date) -> Choices:
    """What a cookie, the browser's signal and today's register allow together.

    Global Privacy Control refuses everything optional, and asks nothing, unless the person
    spoke while it was on.
    """
    exempt = register.codes - register.fingerprints.keys()
    live = dict(_live(choice, register, on)) if choice else {}
    if gpc:
        live = {code: word for code, word in live.items() if word.under_gpc}
    accepted = frozenset(code for code, word in live.items() if word.accepted)
    asked = () if gpc else tuple(t for t in register.optional if t.code not in live)
    return Choices(
        allowed=exempt | accepted,
        to_ask=asked,
        gpc=gpc,
        choice_id=choice.number if choice and accepted else None,
        served=register.codes,
        optional=register.optional,
        choice=choice,
        live=live,
    )


def _live(choice: Choice, register: Register, on: date) -> Iterable[tuple[str, Word]]:
    """Words that still hold: of the very thing that is served today, six months at most."""
    for code, mark in register.fingerprints.items():
        word = choice.words.get(code)
        if word and word.fingerprint == mark and word.said_on <= on <= last_day(word.said_on):
            yield code, word
