"""The policy as data: reads ``policy/`` into frozen values and refuses contradictions.

Standard library only: a lawyer's pull request touches data, never this package.
"""

from clairevoie.policy.model import (
    Activity,
    Basis,
    Clock,
    Ending,
    Importance,
    Officer,
    Organisation,
    Policy,
    Promise,
    Recipient,
    RetentionRule,
    Role,
    Tracker,
    Version,
)
from clairevoie.policy.reader import PolicyError, current, home, load, reread

__all__ = [
    "Activity",
    "Basis",
    "Clock",
    "Ending",
    "Importance",
    "Officer",
    "Organisation",
    "Policy",
    "PolicyError",
    "Promise",
    "Recipient",
    "RetentionRule",
    "Role",
    "Tracker",
    "Version",
    "current",
    "home",
    "load",
    "reread",
]
