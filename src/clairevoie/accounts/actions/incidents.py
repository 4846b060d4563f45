"""Reporting an unauthorised use of an account, signed in or not (P-083)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from clairevoie import privacy
from clairevoie.accounts.actions.sessions import end_other_sessions
from clairevoie.accounts.models import Member
from clairevoie.accounts.terminals import Terminal
from clairevoie.privacy.models import Incident


@transaction.atomic
def report_unauthorised_use(
    *,
    member: Member | None,
    contact: str,
    description: str,
    end_sessions_but: str | None,
    terminal: Terminal,
    at: datetime,
) -> Incident:
    """Open an incident; ``end_sessions_but`` is the one session that goes on, None ends none.

    A report without signing in is attached to nobody: what it says of an account proves
    nothing, and a human checks before any session is closed.
    """
    subject = member.subject if member else None
    if member and end_sessions_but is not None:
        end_other_sessions(member=member, session_kept=end_sessions_but, terminal=terminal, at=at)
    return privacy.report_unauthorised_use(
        subject=subject, contact=contact, description=description, at=at
    )
