"""What the apps below learn from this one, and tell it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from clairevoie import consent, messaging
from clairevoie.accounts.actions.offers import Offer, offer
from clairevoie.newsletter.actions.illustrating import enclosures
from clairevoie.newsletter.actions.sending import hand_over_unfinished
from clairevoie.newsletter.actions.subscribing import (
    ask,
    begin_with_a_parent,
    follow_everything,
    forget,
    forget_request,
    words,
)
from clairevoie.newsletter.models import (
    ACTIVITY,
    Pending,
    Subscription,
    open_topics,
    subscription_of,
)
from clairevoie.privacy.models import DataSubject

messaging.enclosures_from(enclosures)
messaging.resumed_by(hand_over_unfinished)


@messaging.languages_from
def language_of_subscribers(people: Collection[int]) -> dict[int, str]:
    """The language of the page on which each one asked; members chose theirs elsewhere."""
    asked = Pending.including_restricted.filter(subject__in=people, subject__member=None)
    confirmed = Subscription.including_restricted.filter(subject__in=people, subject__member=None)
    rows = asked.values_list("subject", "language").union(
        confirmed.values_list("subject", "language")
    )
    return dict(rows)


@messaging.when_unsubscribed
def forget_what_was_followed(subject: DataSubject, activity: str, at: datetime) -> None:
    """One click in a mail: the choices go in the same transaction."""
    if activity == ACTIVITY:
        forget(subject)


@consent.follow(ACTIVITY)
def subscribe_or_forget(subject: DataSubject, *, given: bool, at: datetime) -> None:
    """The consent itself was given or withdrawn, or refused by a parent, from wherever."""
    if not given:
        forget(subject)
        forget_request(subject, at=at)
    elif subscription_of(subject) is None and not begin_with_a_parent(subject, at=at):
        follow_everything(subject, at=at)


def _box() -> str:
    """The policy's own words; nothing while there is no topic to follow."""
    return words((get_language() or "fr")[:2]) if open_topics().exists() else ""


def _ask_for_everything(*, email: str, language: str, at: datetime) -> None:
    """One box stands for all that is open; the mail that confirms says which."""
    topics = list(open_topics())
    if topics:
        ask(email=email, topics=topics, language=language, source="inscription", at=at)


offer(
    Offer(
        activity=ACTIVITY,
        words=_box,
        help_text=_(
            "Sans lien avec le compte. Un message à part vous demandera de confirmer, et vous "
            "choisirez vos thèmes."
        ),
        accept=_ask_for_everything,
    )
)
