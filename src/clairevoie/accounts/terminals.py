"""From where somebody acts: for the security log and the list of sessions, nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from allauth.core.internal.httpkit import get_client_ip
from django.http import HttpRequest

_AGENT_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Terminal:
    """An address and what the browser says of itself."""

    ip: str | None = None
    user_agent: str = ""


def terminal_of(request: HttpRequest) -> Terminal:
    """The terminal behind ``request``, proxies trusted as the settings say."""
    agent = request.headers.get("User-Agent", "")[:_AGENT_LENGTH]
    return Terminal(ip=get_client_ip(request), user_agent=agent)
