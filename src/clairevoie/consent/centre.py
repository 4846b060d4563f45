"""« Consentements » of « Mon compte »: what a person agreed to, may take back, or may agree to.

Reads only, a fixed number of queries whatever the history.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import Exists, OuterRef, QuerySet

from clairevoie import policy
from clairevoie.consent.giving import Words, judged, last_words, words
from clairevoie.consent.guardians import waiting
from clairevoie.consent.models import ParentalConsent
from clairevoie.policy import Activity, Basis
from clairevoie.privacy import scope
from clairevoie.privacy.models import Consent, ConsentCoverage, DataSubject, Objection

# A consent whose proof is kept about a person; cookies are a device's, and chosen there.
_PROOF = "consent-proof"


class State(StrEnum):
    """Where a consent stands, in the order in which the page shows them."""

    AGAIN = "again"  # given, but the activity goes beyond what was said
    LIVE = "live"
    WAITING = "waiting"  # a child's, until a parent answers
    WITHDRAWN = "withdrawn"
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One activity that rests on consent, as this person left it."""

    activity: Activity
    state: State
    words: Words  # what giving would agree to now
    last: Consent | None = None  # the person's last word
    changes: tuple[scope.Difference, ...] = ()
    asked: ParentalConsent | None = None

    @property
    def given(self) -> bool:
        """There is something to take back, in one click."""
        return self.state in (State.AGAIN, State.LIVE)

    @property
    def receipt(self) -> int | None:
        """The consent in force that has a receipt."""
        given = self.last is not None and self.last.given and self.last.wording_id is not None
        return self.last.pk if given and self.last is not None else None


@dataclass(frozen=True, slots=True)
class Refusal:
    """An objection in force."""

    activity: Activity
    since: datetime


def choices(subject: DataSubject, *, language: str) -> list[Choice]:
    """Every activity the person may agree to or did: three queries."""
    last = {consent.activity: consent for consent in last_words(subject)}
    covering = set(ConsentCoverage.objects.values_list("activity", "present", "consented"))
    asked = waiting(subject)
    found = [
        _choice(activity, last.get(activity.code), covering, asked.get(activity.code), language)
        for activity in policy.current().activities.values()
        if activity.basis is Basis.CONSENT
        and (activity.code in last or (_PROOF in activity.retention and not activity.planned))
    ]
    order = list(State)
    return sorted(found, key=lambda choice: order.index(choice.state))


def _choice(
    activity: Activity,
    last: Consent | None,
    covering: set[tuple[str, str, str]],
    asked: ParentalConsent | None,
    language: str,
) -> Choice:
    state = State.NEVER
    changes: tuple[scope.Difference, ...] = ()
    if last is not None and last.given:
        found = judged(last, activity, covering)
        state, changes = State.LIVE if found.covered else State.AGAIN, found.changes
    elif asked is not None:
        state = State.WAITING
    elif last is not None:
        state = State.WITHDRAWN
    return Choice(
        activity=activity,
        state=state,
        words=words(activity.code, language=language),
        last=last,
        changes=changes,
        asked=asked,
    )


def history(subject: DataSubject) -> QuerySet[Consent]:
    """Each act of the person, the latest first, with the words it was about."""
    acts: QuerySet[Consent] = Consent.including_restricted.filter(subject=subject)
    return acts.select_related("wording").order_by("-id")


def consent_given(subject: DataSubject, number: int) -> Consent:
    """One consent of this person that has a receipt. Raises ``Consent.DoesNotExist``."""
    acts = Consent.including_restricted.select_related("wording", "subject")
    found: Consent = acts.get(subject=subject, pk=number, given=True, wording__isnull=False)
    return found


def refusals(subject: DataSubject) -> list[Refusal]:
    """Activities on which the person's last word is an objection: one query."""
    mine = Objection.including_restricted.filter(subject=subject)
    later = mine.filter(activity=OuterRef("activity"), id__gt=OuterRef("id"))
    known = policy.current().activities
    return [
        Refusal(known[objection.activity], objection.at)
        for objection in mine.filter(~Exists(later), raised=True).order_by("-id")
        if objection.activity in known
    ]
