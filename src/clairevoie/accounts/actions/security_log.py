"""The security log: one line an event, for twelve months (F.7, P-080)."""

from __future__ import annotations

from datetime import datetime

from clairevoie.accounts.models import SecurityEvent
from clairevoie.accounts.terminals import Terminal
from clairevoie.privacy.models import DataSubject


def log(
    kind: SecurityEvent.Kind, *, subject: DataSubject | None, terminal: Terminal, at: datetime
) -> SecurityEvent:
    """Write down what happened, from where; never what was typed."""
    return SecurityEvent.objects.create(
        subject=subject,
        kind=kind,
        happened_at=at,
        ip=terminal.ip,
        user_agent=terminal.user_agent,
    )
