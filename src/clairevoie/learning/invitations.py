"""The link in the mail of an invitation: signed, and good for one person."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from clairevoie.learning.models import AddressInvitation, CohortInvitation

Invitation = AddressInvitation | CohortInvitation
_signer = Signer(salt="learning.invitation", sep=".")


class UnknownInvitation(Exception):
    """Ce lien n’ouvre aucune invitation."""


def token_of(invitation: Invitation) -> str:
    """What stands in the address: a random number and its signature."""
    return _signer.sign(invitation.uuid.hex)


def link_of(invitation: Invitation) -> str:
    """The whole address, for a message."""
    return _whole("learning:invitation", invitation)


def refusal_of(invitation: AddressInvitation) -> str:
    """The whole address of the page where it is refused, for a message."""
    return _whole("learning:decline", invitation)


def _whole(name: str, invitation: Invitation) -> str:
    return settings.SITE_URL + reverse(name, args=[token_of(invitation)])


def invitation_behind(token: str) -> Invitation:
    """Whose link it is: an address's until an account has proved it, then a person's.

    Raises :class:`UnknownInvitation`, also for a person since erased.
    """
    try:
        uuid = _signer.unsign(token)
        for kind in (CohortInvitation, AddressInvitation):
            rows = kind.including_restricted.select_related("cohort__parcours__current", "subject")
            found: Invitation | None = rows.filter(uuid=uuid).first()
            if found is not None:
                return found
    except (BadSignature, ValidationError):
        pass
    raise UnknownInvitation
