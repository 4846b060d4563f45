"""Agreeing, taking it back, and what is to be asked again.

The record is the engine's, because the gate reads it; the words are the policy's, or those of
the page that asked. Giving and taking back are one call each, effective at once: nothing is
cached between them and the gate.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from clairevoie import policy, privacy
from clairevoie.policy import Activity, Basis
from clairevoie.privacy import scope, wordings
from clairevoie.privacy.models import Consent, ConsentCoverage, DataSubject

Follower = Callable[..., object]
_followers: dict[str, list[Follower]] = {}


class TextChanged(Exception):
    """Le texte a changé depuis que vous avez ouvert cette page : relisez-le avant d’accepter."""


class NotByConsent(Exception):
    """Cette activité ne repose pas sur votre accord : il n’y a rien à donner ni à retirer."""


@dataclass(frozen=True, slots=True)
class Live:
    """A consent in force: the person's last word is yes.

    ``covered`` is False once the activity goes beyond what was said then: the gate is shut
    until it is given again, and ``changes`` says what is new.
    """

    consent: Consent
    activity: Activity
    covered: bool
    changes: tuple[scope.Difference, ...] = ()


@dataclass(frozen=True, slots=True)
class Words:
    """What a person agrees to: shown, then proved by ``digest`` when the answer comes back."""

    text: str
    language: str

    @property
    def digest(self) -> str:
        return wordings.hash_of(self.text)


def words(activity: str, *, language: str) -> Words:
    """The policy's words for ``activity``. Raises :class:`NotByConsent`, ``UnknownActivity``."""
    return Words(*wordings.words_of(_by_consent(activity), language))


def give(
    subject: DataSubject,
    *,
    activity: str,
    source: str,
    at: datetime,
    language: str = "fr",
    text: str | None = None,
    read: str | None = None,
) -> Consent:
    """The person, fifteen or older (:mod:`clairevoie.consent.guardians` for the others), agrees.

    ``text``: the exact words shown, when they are not the policy's own. ``read``: the digest of
    the words the person had before their eyes; other words now raise :class:`TextChanged`.
    Raises :class:`NotByConsent`, ``UnknownActivity``.
    """
    entry = _by_consent(activity)
    said = (
        Words(text, language) if text is not None else Words(*wordings.words_of(entry, language))
    )
    if read is not None and read != said.digest:
        raise TextChanged
    with transaction.atomic():
        given = privacy.give_consent(
            subject,
            activity=activity,
            text=said.text,
            language=said.language,
            source=source,
            at=at,
        )
        tell(activity, subject, given=True, at=at)
    return given


def withdraw(subject: DataSubject, *, activity: str, source: str, at: datetime) -> Consent | None:
    """The person takes it back, without a reason; None when there is nothing to take back."""
    with transaction.atomic():
        withdrawn = privacy.withdraw_consent(subject, activity=activity, source=source, at=at)
        if withdrawn is not None:
            tell(activity, subject, given=False, at=at)
    return withdrawn


def follow(activity: str) -> Callable[[Follower], Follower]:
    """Have ``function(subject, *, given, at)`` called in the transaction of each change::

    @consent.follow("newsletter")
    def subscribe_or_not(subject, *, given, at): ...
    """

    def register(function: Follower) -> Follower:
        _followers.setdefault(activity, []).append(function)
        return function

    return register


def live(subject: DataSubject) -> list[Live]:
    """Every consent in force, the latest first: two queries, whatever the history."""
    return sorted(_live(subject), key=lambda found: found.consent.pk, reverse=True)


def to_ask_again(subject: DataSubject) -> list[Live]:
    """Those whose activity has gone beyond what was said: only they are asked again."""
    return [found for found in live(subject) if not found.covered]


def _live(subject: DataSubject) -> Iterable[Live]:
    covering = set(ConsentCoverage.objects.values_list("activity", "present", "consented"))
    for consent in last_words(subject):
        activity = policy.current().activities.get(consent.activity)
        if consent.given and activity is not None:
            yield judged(consent, activity, covering)


def judged(consent: Consent, activity: Activity, covering: set[tuple[str, str, str]]) -> Live:
    """Whether a given consent covers the activity as it is; the same answer as the gate's."""
    present = scope.present_fingerprint(activity)
    covered = (
        consent.fingerprint == present or (activity.code, present, consent.fingerprint) in covering
    )
    return Live(consent, activity, covered, _changes(consent, activity))


def last_words(subject: DataSubject) -> list[Consent]:
    """The last row of the person for each activity: read by the index, history unread."""
    rows = Consent.including_restricted.filter(subject=subject)
    last = rows.values("activity").annotate(last=Max("id")).values("last")
    found = Consent.including_restricted.filter(id__in=last)
    return list(found.select_related("wording").order_by("-id"))


def _changes(consent: Consent, activity: Activity) -> tuple[scope.Difference, ...]:
    if consent.wording is None:
        return ()
    return tuple(scope.differences(consent.wording.facts, scope.facts_of(activity)))


def _by_consent(code: str) -> Activity:
    activity = privacy.activity_named(code)
    if activity.basis is not Basis.CONSENT:
        raise NotByConsent
    return activity


def tell(activity: str, subject: DataSubject, *, given: bool, at: datetime) -> None:
    """Let those who follow ``activity`` know, in the transaction of the change."""
    for follower in _followers.get(activity, ()):
        follower(subject, given=given, at=at)
