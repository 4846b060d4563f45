"""Telling everybody who has an account that the policy is about to change (P-008)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Exists, OuterRef

from clairevoie import policy
from clairevoie.lib.calendar import paris_date
from clairevoie.messaging.actions import send_many
from clairevoie.messaging.models import Channel, Message, State
from clairevoie.policy import Importance, Version
from clairevoie.privacy.models import DataSubject

TEMPLATE = "policy-change"
BATCH = 1_000
SHOWN_AFTER = timedelta(days=60)  # once in force, to whoever did not come in time


def announce_coming_versions(*, at: datetime) -> int:
    """Write to whoever was not told yet of a major version to come; returns how many were.

    Whoever left no verified contact gets a row all the same: a banner tells them.
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
            _leave_to_the_site(people, on=paris_date(at))
        told, last = told + len(people), people[-1]
    return told


def _not_told(version: Version, *, after: int) -> list[int]:
    since = Message.including_restricted.filter(
        template=TEMPLATE, subject=OuterRef("pk"), sent_on__gte=version.published_on
    )
    members = get_user_model()._base_manager.filter(~Exists(since), pk__gt=after)
    return list(members.order_by("pk").values_list("pk", flat=True)[:BATCH])


def _leave_to_the_site(people: list[int], *, on: date) -> None:
    """Whoever could not be written to is told by a banner, from their next visit on."""
    Message.including_restricted.filter(
        subject__in=people, template=TEMPLATE, state=State.UNREACHABLE, sent_on=on
    ).update(channel=Channel.BANNER, state=State.QUEUED)


def show_banner(*, subject: DataSubject | int, at: datetime) -> Version | None:
    """The major version to tell this person of on this page, or None; that they saw it is noted.

    Costs nothing when no major version is near, else one indexed query. Shown until the
    version applies, and once to whoever comes later.
    """
    on = paris_date(at)
    version = _near(on)
    if version is None:
        return None
    rows = Message.including_restricted.filter(
        subject=subject,
        template=TEMPLATE,
        channel=Channel.BANNER,
        sent_on__gte=version.published_on,
    )
    row = rows.order_by("-id").only("state").first()
    if row is None or (row.state == State.SENT and on >= version.effective_on):
        return None
    if row.state == State.QUEUED:
        rows.filter(pk=row.pk, state=State.QUEUED).update(state=State.SENT)
    return version


def _near(on: date) -> Version | None:
    """The last major version that was announced and is coming, or has just come."""
    announced = [
        version
        for version in policy.current().versions
        if version.importance is Importance.MAJOR
        and version.published_on < version.effective_on
        and version.published_on <= on <= version.effective_on + SHOWN_AFTER
    ]
    return max(announced, key=lambda version: version.number, default=None)
