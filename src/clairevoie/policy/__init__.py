"""The policy as data: reads ``policy/`` into frozen values and refuses contradictions.

Standard library only: a lawyer's pull request touches data, never this package.
"""

from clairevoie.policy.art30 import Register, in_words, register
from clairevoie.policy.art30_formats import REGISTER_FORMATS
from clairevoie.policy.model import (
    Activity,
    Basis,
    Clock,
    Ending,
    Host,
    Importance,
    MessageCategory,
    Officer,
    Organisation,
    Policy,
    Promise,
    Recipient,
    RetentionRule,
    Role,
    Tracker,
    TrackerCategory,
    Version,
)
from clairevoie.policy.publication import Draft, difference, earliest_effect, publish
from clairevoie.policy.reader import PolicyError, current, home, load, reread
from clairevoie.policy.report import Reminder, count, reminders, rule_lines

__all__ = [
    "REGISTER_FORMATS",
    "Activity",
    "Basis",
    "Clock",
    "Draft",
    "Ending",
    "Host",
    "Importance",
    "MessageCategory",
    "Officer",
    "Organisation",
    "Policy",
    "PolicyError",
    "Promise",
    "Recipient",
    "Register",
    "Reminder",
    "RetentionRule",
    "Role",
    "Tracker",
    "TrackerCategory",
    "Version",
    "count",
    "current",
    "difference",
    "earliest_effect",
    "home",
    "in_words",
    "load",
    "publish",
    "register",
    "reminders",
    "reread",
    "rule_lines",
]
