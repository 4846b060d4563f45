"""Contradictions between the files of one policy."""

from __future__ import annotations

from clairevoie.policy.model import Policy
from clairevoie.policy.table import Problems


def cross_check(policy: Policy, problems: Problems) -> None:
    """Note everything that two entries say against each other."""
