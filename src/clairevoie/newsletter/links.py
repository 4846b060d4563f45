"""Links in mails: signed, one person's, and the only key to what they open."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from clairevoie import messaging
from clairevoie.newsletter.models import ACTIVITY, Pending, Subscription

_confirming = Signer(salt="newsletter.confirm", sep=".")
_preferring = Signer(salt="newsletter.preferences", sep=".")


class UnknownLink(Exception):
    """Ce lien n’ouvre aucun abonnement."""


def confirmation_link(pending: Pending) -> str:
    """The whole address that confirms, for a message."""
    return link_of(pending.uuid)


def link_of(request: UUID) -> str:
    """The same for the number of a request."""
    token = _confirming.sign(request.hex)
    return settings.SITE_URL + reverse("newsletter:confirm", args=[token])


def preferences_link(subscription: Subscription) -> str:
    """The whole address of the person's choices, for a message."""
    return settings.SITE_URL + reverse("newsletter:preferences", args=[token_of(subscription)])


def token_of(subscription: Subscription) -> str:
    """What stands in the address: a random number and its signature."""
    return _preferring.sign(subscription.uuid.hex)


def request_behind(token: str) -> Pending | Subscription:
    """What waits to be confirmed; the subscription when it was already.

    Raises :class:`UnknownLink`: forged, or older than thirty days and forgotten.
    """
    number = _unsign(_confirming, token)
    waiting = Pending.including_restricted.select_related("subject").filter(uuid=number).first()
    done = Subscription.including_restricted.select_related("subject")
    found: Pending | Subscription | None = waiting or done.filter(confirmation=number).first()
    if found is None:
        raise UnknownLink
    return found


def subscription_behind(token: str) -> Subscription:
    """Whose choices they are, by our link or by the one that stops a letter.

    Raises :class:`UnknownLink`, also once everything was stopped.
    """
    rows = Subscription.including_restricted.select_related("subject")
    try:
        found: Subscription | None = rows.filter(uuid=_unsign(_preferring, token)).first()
    except UnknownLink:
        person = messaging.person_behind(token, ACTIVITY)
        found = rows.filter(subject__uuid=person).first() if person else None
    if found is None:
        raise UnknownLink
    return found


def _unsign(signer: Signer, token: str) -> UUID:
    try:
        return UUID(signer.unsign(token))
    except (BadSignature, ValueError):
        raise UnknownLink from None
