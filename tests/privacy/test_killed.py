"""A retention run killed at random instructions, a hundred times, ends as if never killed."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection, connections

from clairevoie.privacy import ledger, retention
from clairevoie.privacy.due import lines
from clairevoie.privacy.models import Consent, ContactPoint, DataSubject, LedgerEntry, Tombstone
from clairevoie.privacy.tables import tables
from tests.promises import promise

ON = date(2026, 11, 22)
KILLS = 100
DUE = 6_000
STAYING = 60


def populate() -> None:
    """People due and people not due, with rows to lose; the same each time."""
    first = DataSubject.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    DataSubject.objects.bulk_create(
        DataSubject(
            pk=first + number + 1,
            last_use=date(2021, 1, 1) + timedelta(days=number % 300)
            if number < DUE
            else date(2026, 1, 1),
        )
        for number in range(DUE + STAYING)
    )
    people = list(DataSubject.objects.order_by("pk"))
    ContactPoint.objects.bulk_create(
        ContactPoint(subject=p, kind="email", raw=f"{p.pk}@e.fr", normalised=f"{p.pk}@e.fr")
        for p in people
    )
    Consent.including_restricted.bulk_create(
        Consent(
            subject=person,
            activity="newsletter",
            given=True,
            text="Oui",
            text_hash="0" * 64,
            at=datetime(2026, 1, 1, tzinfo=UTC),
            source="test",
            policy_hash="0" * 64,
        )
        for person in people
        for _ in range(3)
    )


def state() -> dict[str, int]:
    counts = {t.declaration.label: t.declaration.model._base_manager.count() for t in tables()}
    stones = Tombstone.objects.filter(erased_on=ON).count()
    return counts | {"subjects": DataSubject.objects.count(), "tombstones": stones}


def in_a_child(work: Callable[[], object]) -> int:
    """Run ``work`` in a process of its own, with its own connection; its process id."""
    connections.close_all()
    if connection.vendor == "postgresql":
        connection.close_pool()  # type: ignore[attr-defined]  # a pooled connection must not be shared with the child
    child = os.fork()
    if child:
        return child
    try:
        work()
    finally:
        os._exit(0)


def sweep() -> None:
    retention.carry_out(retention.plan(ON), batch=20)


def time_of_one_batch() -> float:
    """On this machine, under its present load: kills must fall inside batches."""
    begin = time.perf_counter()
    retention._one_batch(next(lines()), on=ON, size=20)
    return time.perf_counter() - begin


def kill_a_sweep(after: float) -> bool:
    """Start a sweep, kill it ``after`` seconds of work; whether it was still running."""
    ready, tell = os.pipe()

    def work() -> None:
        plan = retention.plan(ON)
        os.write(tell, b".")
        retention.carry_out(plan, batch=20)

    child = in_a_child(work)
    os.close(tell)
    os.read(ready, 1)
    os.close(ready)
    time.sleep(after)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


@promise("P-084")
@pytest.mark.django_db(transaction=True)
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_hundred_kills_end_in_the_state_of_no_kill() -> None:
    populate()
    chance = random.Random(20261122)

    pace = min(time_of_one_batch() for _ in range(3))  # the first opens the connection too

    killed = sum(kill_a_sweep(after=chance.uniform(0, 3 * pace)) for _ in range(KILLS))
    left_for_the_last_run = DataSubject.objects.filter(last_use__lt=date(2021, 11, 22)).count()

    sweep()

    assert killed > KILLS * 0.8, "the kills must hit running sweeps"
    assert left_for_the_last_run < DUE - 20, "batches committed between kills stay done"
    assert state() == {
        **{t.declaration.label: 0 for t in tables()},
        "privacy.ContactPoint": STAYING,
        "privacy.Consent": 3 * STAYING,
        "privacy.ConsentProof": 3 * DUE,
        "subjects": STAYING,
        "tombstones": DUE,
    }
    written = LedgerEntry.objects.filter(executor="retention.account")
    assert sum(line.facts["count"] for line in written) == DUE
    assert ledger.verify().sound


@pytest.mark.django_db(transaction=True)
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_workers_side_by_side_do_the_work_once() -> None:
    populate()

    children = [in_a_child(sweep) for _ in range(3)]
    for child in children:
        os.waitpid(child, 0)
    sweep()

    written = LedgerEntry.objects.filter(executor="retention.account")
    assert sum(line.facts["count"] for line in written) == DUE
    assert Tombstone.objects.count() == DUE
    assert DataSubject.objects.count() == STAYING
    assert ledger.verify().sound
