"""What a provider posts back, as the same reports that mail servers write (RFC 3464, RFC 5965)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from importlib import import_module
from typing import Any
from uuid import UUID

from anymail.signals import AnymailTrackingEvent, EventType, RejectReason, tracking
from django.conf import settings
from django.http import HttpRequest

from clairevoie.messaging.reports import Kind, Report, is_gone

_STATUS = re.compile(r"\b5\.\d{1,3}\.\d{1,3}\b")
_NUMBER = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
# Brevo, Mailjet, Amazon SES.
_HARD = ('"event": "hard_bounce"', '"hard_bounce": true', '"bouncetype": "permanent"')


class NoWebhook(Exception):
    """Aucun prestataire n’écrit ici."""


def reports_in(request: HttpRequest) -> list[Report]:
    """The reports of one post of our provider.

    Raises :class:`NoWebhook` without a provider or a secret, and ``SuspiciousOperation`` (400)
    when the secret is not ours.
    """
    if not (settings.CLAIREVOIE_MAIL_PROVIDER and settings.ANYMAIL.get("WEBHOOK_SECRET")):
        raise NoWebhook
    view = _view(settings.CLAIREVOIE_MAIL_PROVIDER.replace("-", "_"))
    view.run_validators(request)
    events: Iterable[AnymailTrackingEvent] = view.parse_events(request)
    return [report for event in events for report in _report(event)]


def _view(name: str) -> Any:
    """Anymail's own reader of this provider's events, without its signal."""
    module = import_module(f"anymail.webhooks.{name}")
    for found in vars(module).values():
        if isinstance(found, type) and getattr(found, "signal", None) is tracking:
            return found()
    raise NoWebhook


def _report(event: AnymailTrackingEvent) -> Iterator[Report]:
    kind = _kind(event)
    if kind is not Kind.OTHER:
        number = _number(event)
        yield Report(kind=kind, message=number, address=event.recipient or "")


def _kind(event: AnymailTrackingEvent) -> Kind:
    if event.event_type in (EventType.COMPLAINED, EventType.UNSUBSCRIBED):
        return Kind.COMPLAINT
    if event.event_type != EventType.BOUNCED:
        return Kind.OTHER
    status = _STATUS.search(event.mta_response or "")
    if status is not None:
        return Kind.GONE if is_gone(status[0]) else Kind.OTHER
    gone = event.reject_reason == RejectReason.INVALID or _is_for_good(event.esp_event)
    return Kind.GONE if gone else Kind.OTHER


def _is_for_good(raw: object) -> bool:
    """Providers tell a bounce for good from another, each in words of its own."""
    words = json.dumps(raw, default=str).lower()
    return any(hard in words for hard in _HARD)


def _number(event: AnymailTrackingEvent) -> UUID | None:
    """Ours: what we gave with the message, else its Message-ID where the provider keeps it."""
    metadata = event.metadata if isinstance(event.metadata, dict) else {}
    found = _NUMBER.search(f"{metadata.get('message', '')} {event.message_id or ''}")
    return UUID(found[0]) if found else None
