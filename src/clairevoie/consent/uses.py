"""What stands under a consent: the published rows that point to it.

Apps above this one publish under one activity, and none of them knows the others; their keys to
:class:`Consent` say what still needs it.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import ForeignKey

from clairevoie.consent.giving import withdraw
from clairevoie.privacy.models import Consent, DataSubject, PersonalRecord


def is_used(subject: DataSubject, *, activity: str) -> bool:
    """Something of theirs is still published under their consent to ``activity``."""
    for relation in Consent._meta.get_fields(include_hidden=True):
        model, key = relation.related_model, getattr(relation, "field", None)
        if not isinstance(key, ForeignKey) or not issubclass(key.model, PersonalRecord):
            continue
        if model is key.model:  # the relation seen from Consent, not a key of its own
            named = {"subject": subject, f"{key.name}__activity": activity}
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
