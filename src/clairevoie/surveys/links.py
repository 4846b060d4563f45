"""The link in the mail: signed, one person's, and the only key to their answer."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from clairevoie.surveys.models import Invitation

_signer = Signer(salt="surveys.invitation", sep=".")


class UnknownLink(Exception):
    """Ce lien n’ouvre aucune enquête."""


def token_of(invitation: Invitation) -> str:
    """What stands in the address: a random number and its signature."""
    return _signer.sign(invitation.uuid.hex)


def link_of(invitation: Invitation, page: str = "answer") -> str:
    """The whole address, for a message."""
    return settings.SITE_URL + reverse(f"surveys:{page}", args=[token_of(invitation)])


def invitation_behind(token: str) -> Invitation:
    """Whose link it is. Raises :class:`UnknownLink`, also for a person since erased."""
    try:
        uuid = _signer.unsign(token)
        found: Invitation = Invitation.including_restricted.select_related(
            "survey", "subject"
        ).get(uuid=uuid)
    except (BadSignature, ValidationError, Invitation.DoesNotExist):
        raise UnknownLink from None
    return found
