"""What every template may use. No query: the policy is in memory."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from clairevoie import policy
from clairevoie.lib import calendar
from clairevoie.site import frame


def organisation(_request: HttpRequest) -> dict[str, Any]:
    """The controller's identity and the notice in force, for headers and footers."""
    current = policy.current()
    return {
        "organisation": current.organisation,
        "notice_version": frame.version_in_force(current.digest, calendar.today().toordinal()),
    }
