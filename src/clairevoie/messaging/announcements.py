"""Telling everybody who has an account that the policy is about to change (P-008)."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Exists, OuterRef

from clairevoie import policy
from clairevoie.lib.calendar import paris_date
from clairevoie.messaging.actions import send_many
from clairevoie.messaging.models import Message
from clairevoie.policy import Importance, Version

TEMPLATE = "policy-change"
BATCH = 1_000


def announce_coming_versions(*, at: datetime) -> int:
    """Write to whoever was not told yet of a major version to come; returns how many were.

    Whoever left no verified contact gets a row all the same: the site tells them.
    """
    on = paris_date(at)
    return sum(
        _announce(version, at=at)
        for version in policy.current().versions
        if version.importance is Importance.MAJOR
        and version.published_on <= on < version.effective_on
    )


def _announce(version: Version, *, at: datetime) -> int:
    """Page after page, one transaction each: a kill leaves whole pages told."""
    told, last = 0, 0
    while people := _not_told(version, after=last):
        with transaction.atomic():
            send_many(
                {person: {"version": version} for person in people},
                TEMPLATE,
                "service-notices",
                at=at,
            )
        told, last = told + len(people), people[-1]
    return told


def _not_told(version: Version, *, after: int) -> list[int]:
    since = Message.including_restricted.filter(
        template=TEMPLATE, subject=OuterRef("pk"), sent_on__gte=version.published_on
    )
    members = get_user_model()._base_manager.filter(~Exists(since), pk__gt=after)
    return list(members.order_by("pk").values_list("pk", flat=True)[:BATCH])
