"""What must happen outside the database, decided inside the transaction that decides it.

``queue`` in the caller's transaction; ``deliver`` after it. An effect is delivered at least once
and then forgotten, so a handler must be idempotent and quick: it runs in the transaction that
holds its row, which a killed process gives back at once. Several workers share the work
(``SKIP LOCKED``). A payload holds a storage name, a recipient's code, a UUID; never a personal
value.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.files.storage import storages
from django.db import connection, transaction
from django.db.models import Q

from clairevoie.privacy import copies, ledger
from clairevoie.privacy.models import Effect

Payload = Mapping[str, Any]
Handler = Callable[[Payload, datetime], object]

_BATCH = 50
_FIRST_PAUSE = timedelta(minutes=1)
_LONGEST_PAUSE = timedelta(hours=12)
_handlers: dict[str, list[Handler]] = {}
_log = logging.getLogger(__name__)


def handler(kind: str) -> Callable[[Handler], Handler]:
    """Have ``function(payload, at)`` called for each effect of this kind, after those before it.

    A higher app that can really tell a processor registers itself for ``notify-recipient``.
    """

    def register(function: Handler) -> Handler:
        _handlers.setdefault(kind, []).append(function)
        return function

    return register


def queue(*, kind: str, payload: Payload, at: datetime) -> Effect:
    """Note one effect; nothing happens unless the caller's transaction is committed."""
    return queue_many(kind=kind, payloads=[payload], at=at)[0]


def queue_many(
    *, kind: str, payloads: Iterable[Payload], at: datetime, not_before: datetime | None = None
) -> list[Effect]:
    """Note effects of one kind, due at once or ``not_before`` an instant."""
    return Effect.objects.bulk_create(
        [
            Effect(kind=kind, payload=dict(payload), made_at=at, next_try_at=not_before)
            for payload in payloads
        ],
        batch_size=1_000,
    )


def deliver(*, at: datetime) -> int:
    """Produce every effect due by ``at``; how many succeeded. What failed is tried later."""
    copies.refuse_in_a_copy()
    delivered = 0
    while batch := _deliver_batch(at=at):
        delivered += sum(batch)
    return delivered


def _deliver_batch(*, at: datetime) -> list[bool]:
    with transaction.atomic():
        due = Effect.objects.filter(Q(next_try_at=None) | Q(next_try_at__lte=at)).order_by("id")
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True)
        return [_produce(effect, at=at) for effect in due[:_BATCH]]


def _produce(effect: Effect, *, at: datetime) -> bool:
    try:
        with transaction.atomic():
            for function in _handlers[effect.kind]:
                function(effect.payload, at)
    except Exception as error:  # noqa: BLE001  # one recipient that is down must not stop the others
        _postpone(effect, type(error).__name__, at=at)
        return False
    effect.delete()
    return True


def _postpone(effect: Effect, error: str, *, at: datetime) -> None:
    """Twice as long after each failure, twelve hours at most, for ever: a promise stands."""
    pause = min(_FIRST_PAUSE * 2 ** min(effect.attempts, 16), _LONGEST_PAUSE)
    effect.attempts, effect.last_error, effect.next_try_at = effect.attempts + 1, error, at + pause
    effect.save(update_fields=["attempts", "last_error", "next_try_at"])
    _log.warning("effect %s (%s) failed with %s, next try later", effect.pk, effect.kind, error)


@handler(Effect.Kind.DELETE_FILE)
def delete_file(payload: Payload, _at: datetime) -> None:
    """Remove a stored file. One that is gone already is a success."""
    storage = storages[payload.get("storage", "default")]
    for name in _names(payload):
        storage.delete(name)


def _names(payload: Payload) -> Iterator[str]:
    yield from (name for name in (payload.get("name"), *payload.get("names", ())) if name)


@handler(Effect.Kind.NOTIFY_RECIPIENT)
def note_recipient_to_tell(payload: Payload, at: datetime) -> None:
    """Write down that a recipient had to learn of it (GDPR art. 19)."""
    ledger.append(
        executor="recipients.notify",
        at=at,
        subject=UUID(payload["subject"]) if payload.get("subject") else None,
        facts={key: value for key, value in payload.items() if key != "subject"},
    )
