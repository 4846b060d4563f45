"""What stands under a consent: the published rows that point to it.

Apps above this one publish under one activity, and none of them knows the others; their keys to
:class:`Consent` say what still needs it.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import ForeignKey, Max

from clairevoie.consent.giving import withdraw
from clairevoie.privacy.models import Consent, DataSubject, PersonalRecord


def is_used(subject: DataSubject, *, activity: str) -> bool:
    """Something of theirs is still published under their consent to ``activity``.

    What stood under a consent that was withdrawn since needs none: it is no longer shown.
    """
    words = Consent.including_restricted.filter(subject=subject, activity=activity)
    ended = words.filter(given=False).aggregate(last=Max("id"))["last"] or 0
    for relation in Consent._meta.get_fields(include_hidden=True):
        model, key = relation.related_model, getattr(relation, "field", None)
        if not isinstance(key, ForeignKey) or not issubclass(key.model, PersonalRecord):
            continue
        if model is key.model:  # the relation seen from Consent, not a key of its own
            named = {
                "subject": subject,
                f"{key.name}__activity": activity,
                f"{key.name}__id__gt": ended,
            }
            if key.model.including_restricted.filter(**named).exists():
                return True
    return False


def withdraw_unless_used(
    subject: DataSubject, *, activity: str, source: str, at: datetime
) -> Consent | None:
    """One publication ends; the consent ends with the last of them."""
    if is_used(subject, activity=activity):
        return None
    return withdraw(subject, activity=activity, source=source, at=at)
