"""Which messages and uses a member switches off in « Mon compte » (P-011, P-012, P-015)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from clairevoie import consent, messaging, policy, privacy
from clairevoie.accounts.models import Member
from clairevoie.policy import Activity, Basis
from clairevoie.privacy.models import DataSubject

# Uses, besides messages, that the notice's promises stop with a switch (P-011, P-012, P-025).
# An objection to any other legitimate interest is examined by a person (D.8).
_USES = ("improvement", "personalisation", "motivation")
_SOURCE = "mon-compte"


class NotMutable(Exception):
    """Cela ne se coupe pas d’un geste : écrivez-nous, une personne examinera votre demande."""


@dataclass(frozen=True, slots=True)
class Switch:
    """An activity the person may stop, and whether it is on for them."""

    activity: Activity
    on: bool


def switches(subject: DataSubject) -> tuple[Switch, ...]:
    """Every activity with a switch, as the person left it: a fixed number of queries.

    What rests on a consent has one only while it is given: it is given again where it is asked.
    """
    refused = messaging.refusals_of(subject)
    agreed = {live.activity.code for live in consent.live(subject)} - refused
    return tuple(
        Switch(activity=activity, on=activity.code not in refused)
        for activity in policy.current().activities.values()
        if activity.mutable or activity.code in _USES
        if activity.basis is not Basis.CONSENT or activity.code in agreed
    )


@transaction.atomic
def choose_activities(*, member: Member, wanted: Iterable[str], at: datetime) -> tuple[str, ...]:
    """Leave ``wanted`` on and refuse the others; return the codes that changed.

    Only a change is written, so that saving twice is one act. Raises :class:`NotMutable`.
    """
    Member.objects.select_for_update().get(pk=member.pk)
    subject, wanted = member.subject, set(wanted)
    known = switches(subject)
    if not wanted <= {switch.activity.code for switch in known}:
        raise NotMutable
    changed = [s for s in known if s.on != (s.activity.code in wanted)]
    for switch in changed:
        _turn(subject, switch, at=at)
    return tuple(switch.activity.code for switch in changed)


@transaction.atomic
def choose_activity(*, member: Member, code: str, wanted: bool, at: datetime) -> bool:
    """Leave one activity on or refuse it; whether that changed anything.

    Raises :class:`NotMutable`.
    """
    Member.objects.select_for_update().get(pk=member.pk)
    switch = next((s for s in switches(member.subject) if s.activity.code == code), None)
    if switch is None:
        raise NotMutable
    if switch.on != wanted:
        _turn(member.subject, switch, at=at)
    return switch.on != wanted


def _turn(subject: DataSubject, switch: Switch, *, at: datetime) -> None:
    activity = switch.activity
    if not activity.mutable:  # a use of data, not messages
        act = privacy.object_to if switch.on else privacy.lift_objection
        act(subject, activity=activity.code, source=_SOURCE, at=at)
    elif switch.on:
        because = messaging.Suppression.Because.CHOICE
        messaging.stop(
            subject, keys=(), activity=activity.code, because=because, source=_SOURCE, at=at
        )
    else:
        messaging.start_again(subject, activity=activity.code, source=_SOURCE, at=at)
