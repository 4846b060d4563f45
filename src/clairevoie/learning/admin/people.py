"""How the rooms of learning name a person."""

from __future__ import annotations

from django.utils.translation import gettext as _

from clairevoie.privacy.models import DataSubject


def named(subject: DataSubject) -> str:
    """Names as given, else the pseudo; nothing about a locked person."""
    if subject.restricted:
        return _("Données verrouillées")
    member = getattr(subject, "member", None)
    if member is None:
        return _("Personne sans compte")
    return member.full_name or member.pseudo or str(subject.uuid)
