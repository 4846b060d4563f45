"""The link in the mail of an invitation: signed, and good for one person."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from clairevoie.learning.models import CohortInvitation

_signer = Signer(salt="learning.invitation", sep=".")


class UnknownInvitation(Exception):
    """Ce lien n’ouvre aucune invitation."""


def token_of(invitation: CohortInvitation) -> str:
    """What stands in the address: a random number and its signature."""
    return _signer.sign(invitation.uuid.hex)


def link_of(invitation: CohortInvitation) -> str:
    """The whole address, for a message."""
    return settings.SITE_URL + reverse("learning:invitation", args=[token_of(invitation)])


def invitation_behind(token: str) -> CohortInvitation:
    """Whose link it is. Raises :class:`UnknownInvitation`, also for a person since erased."""
    try:
        uuid = _signer.unsign(token)
        found: CohortInvitation = CohortInvitation.including_restricted.select_related(
            "cohort__parcours__current", "subject"
        ).get(uuid=uuid)
    except (BadSignature, ValidationError, CohortInvitation.DoesNotExist):
        raise UnknownInvitation from None
    return found
