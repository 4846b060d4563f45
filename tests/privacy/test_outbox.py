"""What must happen outside the database happens after the commit, once, and in the end always."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from clairevoie.privacy import copies, ledger, outbox
from clairevoie.privacy.models import Effect, LedgerEntry
from tests.cast import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def unreliable() -> Iterator[list[str]]:
    """A recipient that fails as long as the list says why."""
    reasons: list[str] = []

    @outbox.handler("test-unreliable")
    def tell(_payload: outbox.Payload, at: datetime) -> None:
        ledger.append(executor="tests.tell", at=at, facts={})
        if reasons:
            raise ConnectionError(reasons.pop())

    yield reasons
    outbox._handlers.pop("test-unreliable")


def a_file() -> str:
    return default_storage.save(f"tests/{uuid4()}.txt", ContentFile(b"content"))


def test_a_file_leaves_after_the_decision_is_committed() -> None:
    name = a_file()

    outbox.queue(kind="delete-file", payload={"name": name}, at=NOW)
    assert default_storage.exists(name)
    delivered = outbox.deliver(at=NOW)

    assert delivered == 1
    assert not default_storage.exists(name)
    assert not Effect.objects.exists()


def test_nothing_leaves_when_the_decision_is_rolled_back() -> None:
    name = a_file()
    with transaction.atomic():
        outbox.queue(kind="delete-file", payload={"name": name}, at=NOW)
        transaction.set_rollback(True)

    assert outbox.deliver(at=NOW) == 0
    assert default_storage.exists(name)
    default_storage.delete(name)


def test_a_file_that_is_gone_already_is_a_success() -> None:
    outbox.queue_many(
        kind="delete-file",
        payloads=[{"name": "nowhere/at-all.txt"}, {"name": ""}, {"names": ["no.txt", ""]}],
        at=NOW,
    )

    assert outbox.deliver(at=NOW) == 3


def test_hundreds_of_effects_are_delivered_in_one_call() -> None:
    names = [{"name": f"nowhere/{number}.txt"} for number in range(130)]

    outbox.queue_many(kind="delete-file", payloads=names, at=NOW)

    assert outbox.deliver(at=NOW) == 130
    assert outbox.deliver(at=NOW) == 0


def test_what_fails_is_tried_later_and_leaves_no_half_done_work(unreliable: list[str]) -> None:
    unreliable.append("alice@exemple.fr is unknown here")
    outbox.queue(kind="test-unreliable", payload={}, at=NOW)

    assert outbox.deliver(at=NOW) == 0
    effect = Effect.objects.get()
    assert (effect.attempts, effect.last_error) == (1, "ConnectionError")
    assert not LedgerEntry.objects.exists()

    assert outbox.deliver(at=NOW + timedelta(seconds=59)) == 0
    assert outbox.deliver(at=NOW + timedelta(minutes=1)) == 1
    assert not Effect.objects.exists()


def test_one_that_fails_stops_no_other(unreliable: list[str]) -> None:
    unreliable.append("down")
    name = a_file()
    outbox.queue(kind="test-unreliable", payload={}, at=NOW)
    outbox.queue(kind="delete-file", payload={"name": name}, at=NOW)

    assert outbox.deliver(at=NOW) == 1
    assert not default_storage.exists(name)


def test_pauses_grow_to_half_a_day_and_no_further(unreliable: list[str]) -> None:
    outbox.queue(kind="test-unreliable", payload={}, at=NOW)
    pauses, at = [], NOW
    for _ in range(14):
        unreliable.append("down")
        outbox.deliver(at=at)
        next_try = Effect.objects.get().next_try_at
        assert next_try is not None
        pauses.append(next_try - at)
        at = next_try

    assert pauses[:4] == [timedelta(minutes=minutes) for minutes in (1, 2, 4, 8)]
    assert pauses[-1] == timedelta(hours=12)


def test_telling_a_recipient_is_written_in_the_ledger() -> None:
    subject = uuid4()
    payload = {"recipient": "host", "subject": str(subject), "what": "erasure"}

    outbox.queue(kind="notify-recipient", payload=payload, at=NOW)
    outbox.deliver(at=NOW)

    line = LedgerEntry.objects.get(executor="recipients.notify")
    assert line.subject == subject
    assert line.facts == {"recipient": "host", "what": "erasure"}


def test_nothing_real_happens_during_a_simulation() -> None:
    outbox.queue(kind="delete-file", payload={"name": "a.txt"}, at=NOW)

    with copies.on_a_copy(), pytest.raises(copies.OnlyACopy):
        outbox.deliver(at=NOW)

    assert Effect.objects.count() == 1
