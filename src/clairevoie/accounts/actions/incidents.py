"""Reporting an unauthorised use of an account, signed in or not (P-083)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from clairevoie import privacy
from clairevoie.accounts.models import Member, Session
from clairevoie.privacy.models import Incident


@transaction.atomic
def report_unauthorised_use(
    *,
    member: Member | None,
    contact: str,
    description: str,
    end_sessions_but: str | None,
    at: datetime,
) -> Incident:
    """Open an incident; ``end_sessions_but`` is the one session that goes on, None ends none.

    A report without signing in is attached to nobody: what it says of an account proves
    nothing, and a human checks before any session is closed.
    """
    subject = member.subject if member else None
    if subject and end_sessions_but is not None:
        ours = Session.objects.filter(subject=subject)
        ours.exclude(session_key=end_sessions_but).delete()
    return privacy.report_unauthorised_use(
        subject=subject, contact=contact, description=description, at=at
    )
