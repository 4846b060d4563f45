"""What every template may use."""

from __future__ import annotations

from django.http import HttpRequest

from clairevoie import policy
from clairevoie.policy import Organisation


def organisation(request: HttpRequest) -> dict[str, Organisation]:
    """The controller's identity, for footers and notices."""
    return {"organisation": policy.current().organisation}
