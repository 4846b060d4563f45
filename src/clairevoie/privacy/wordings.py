"""The words people agree to: published once, numbered, never changed.

A text is published when it is first needed, with the facts of that day; the same words under
the same facts are the same version. Publishing also works out which earlier consents cover the
present facts, so that the gate remains one query.
"""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.db import transaction
from django.db.models import Max, Q

from clairevoie import policy
from clairevoie.lib.calendar import paris_date
from clairevoie.policy import Activity, Basis
from clairevoie.privacy import ledger
from clairevoie.privacy.models import ConsentCoverage, ConsentText
from clairevoie.privacy.scope import covers, facts_of, fingerprint_of, present_fingerprint


def words_of(activity: Activity, language: str) -> tuple[str, str]:
    """The policy's own words, and the language they are in: French where there is no other."""
    code = language if language in activity.consent else "fr"
    return activity.consent[code], code


def wording(activity: Activity, *, text: str, language: str, at: datetime) -> ConsentText:
    """The version of ``text`` under the present facts; published now if it is new."""
    found = _published(activity, text=text, language=language)
    return found or _publish(activity, text=text, language=language, at=at)


def publish_present(*, at: datetime) -> int:
    """Publish what the policy's own words have become since; returns how many texts were new.

    Until then no earlier consent covers a policy that changed: the gate is shut, not ajar.
    """
    before = ConsentText.objects.count()
    for activity in policy.current().activities.values():
        if activity.basis is Basis.CONSENT and not activity.planned:
            for language, text in activity.consent.items():
                wording(activity, text=text, language=language, at=at)
    return ConsentText.objects.count() - before


def covered(activity: Activity) -> Q:
    """SQL: this consent was given to facts that cover the present ones, or that the policy says
    are the same in other words."""
    present = present_fingerprint(activity)
    earlier = ConsentCoverage.objects.filter(activity=activity.code, present=present)
    same = Q(fingerprint__in=[present, *activity.covered_by])
    return same | Q(fingerprint__in=earlier.values("consented"))


def _published(activity: Activity, *, text: str, language: str) -> ConsentText | None:
    return ConsentText.objects.filter(
        activity=activity.code,
        language=language,
        text_hash=hash_of(text),
        fingerprint=present_fingerprint(activity),
    ).first()


def _publish(activity: Activity, *, text: str, language: str, at: datetime) -> ConsentText:
    with transaction.atomic():
        while (found := _published(activity, text=text, language=language)) is None:
            ConsentText.objects.bulk_create(
                [_next(activity, text=text, language=language, at=at)],
                ignore_conflicts=True,  # another process took the number: take the next one
            )
        covering = _note_coverage(activity, found)
        ledger.append(
            executor="consent.publish-text",
            at=at,
            facts={
                "activity": activity.code,
                "language": language,
                "number": found.number,
                "text": found.text_hash,
                "fingerprint": found.fingerprint,
                "covered": covering,
            },
        )
    return found


def _next(activity: Activity, *, text: str, language: str, at: datetime) -> ConsentText:
    versions = ConsentText.objects.filter(activity=activity.code, language=language)
    facts, current = facts_of(activity), policy.current()
    return ConsentText(
        activity=activity.code,
        language=language,
        number=(versions.aggregate(last=Max("number"))["last"] or 0) + 1,
        text=text,
        text_hash=hash_of(text),
        fingerprint=fingerprint_of(facts),
        facts=facts,
        policy_version=_version_on(at),
        policy_hash=current.digest,
        published_at=at,
    )


def _version_on(at: datetime) -> int:
    """The notice in force; 0 before the first."""
    try:
        return policy.current().version_in_force(paris_date(at)).number
    except LookupError:
        return 0


def _note_coverage(activity: Activity, present: ConsentText) -> list[str]:
    """Fingerprints of earlier facts that cover the present ones."""
    earlier = ConsentText.objects.filter(activity=activity.code).exclude(
        fingerprint=present.fingerprint
    )
    said = dict(earlier.values_list("fingerprint", "facts"))
    covering = {key for key, facts in said.items() if covers(facts, present.facts)}
    ConsentCoverage.objects.bulk_create(
        [
            ConsentCoverage(
                activity=activity.code, present=present.fingerprint, consented=fingerprint
            )
            for fingerprint in sorted(covering)
        ],
        ignore_conflicts=True,
    )
    return sorted(covering)


def hash_of(text: str) -> str:
    """SHA-256 of the exact words."""
    return hashlib.sha256(text.encode()).hexdigest()
