"""The daily round: every step in its order, none stopped by another, told when it was late."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from clairevoie.lib.calendar import PARIS
from clairevoie.messaging.models import Message
from clairevoie.privacy import anchors, daily, ledger
from clairevoie.privacy.models import Execution, LedgerEntry
from tests.cast import NOW, Person
from tests.promises import promise

pytestmark = pytest.mark.django_db


@pytest.fixture
def steps() -> Iterator[list[str]]:
    """Two steps of a test, and what they did."""
    done: list[str] = []

    @daily.step("tests.second", order=999)
    def second(at: datetime) -> int:
        done.append(f"second {at:%d}")
        return 7

    @daily.step("tests.first", order=1)
    def first(_at: datetime) -> None:
        done.append("first")
        if "fail" in done:
            raise RuntimeError("alice@exemple.fr")

    yield done
    for name in ("tests.first", "tests.second"):
        daily._steps.pop(name)


@pytest.fixture
def alarms() -> Iterator[list[tuple[str, datetime]]]:
    heard: list[tuple[str, datetime]] = []

    @daily.alarm
    def hear(code: str, at: datetime) -> None:
        heard.append((code, at))

    yield heard
    daily._alarms.remove(hear)


@promise("P-001", "P-084")
def test_every_step_runs_in_order_and_the_round_is_in_the_ledger(steps: list[str]) -> None:
    done = daily.run(at=NOW)

    assert not done.failed, done
    assert steps == ["first", "second 22"]
    names = [step.name for step in done.steps]
    assert names.index("retention.notices") < names.index("retention.carry-out")
    assert names.index("retention.carry-out") < names.index("outbox.deliver")
    assert names.index("outbox.deliver") < names.index("disk.scrub")
    assert names.index("disk.scrub") < names.index("ledger.verify")
    line = LedgerEntry.objects.get(executor="daily.run")
    assert line.facts["on"] == "2026-11-22"
    assert line.facts["steps"]["tests.second"] == 7
    assert Execution.objects.get(pk="ledger.verify").last_at == NOW


def test_a_step_that_fails_stops_no_other_and_is_told(
    steps: list[str], alarms: list[tuple[str, datetime]]
) -> None:
    steps.append("fail")

    done = daily.run(at=NOW)

    assert done.failed == ("tests.first",)
    assert "second 22" in steps
    assert alarms == [("daily.failed", NOW)]
    assert ledger.last_run("daily.run") is None
    facts = LedgerEntry.objects.get(executor="daily.failed").facts
    assert facts["steps"]["tests.first"] == "runtimeerror"


@promise("P-001")
def test_a_round_that_comes_26_hours_late_raises_the_alarm(
    alarms: list[tuple[str, datetime]],
) -> None:
    daily.run(at=NOW)

    daily.run(at=NOW + timedelta(hours=26))
    assert not alarms
    late = NOW + timedelta(hours=52, seconds=1)
    assert daily.is_late(at=late)
    daily.run(at=late)

    assert alarms == [("daily.late", late)]
    assert LedgerEntry.objects.filter(executor="daily.late").count() == 1
    assert not daily.is_late(at=late)


def test_a_round_for_another_day_does_not_hide_that_tonight_s_is_missing(
    steps: list[str],
) -> None:
    daily.run(at=NOW, as_of=datetime(2031, 1, 1, 0, 15, tzinfo=PARIS))

    assert steps == ["first", "second 01"]
    assert ledger.last_run("daily.run") == NOW
    assert daily.missed_night(at=NOW + timedelta(days=1))


def test_a_missed_night_is_noticed() -> None:
    assert daily.missed_night(at=NOW)
    daily.run(at=NOW)

    assert not daily.missed_night(at=datetime(2026, 11, 23, 0, 14, tzinfo=PARIS))
    assert daily.missed_night(at=datetime(2026, 11, 23, 0, 15, tzinfo=PARIS))


def test_nights_start_a_quarter_past_midnight_in_paris_whatever_the_season() -> None:
    summer = daily.next_night(after=datetime(2026, 7, 1, 23, 0, tzinfo=PARIS))
    winter = daily.next_night(after=datetime(2026, 11, 22, 0, 15, tzinfo=PARIS))

    assert summer.isoformat() == "2026-07-02T00:15:00+02:00"
    assert winter.isoformat() == "2026-11-23T00:15:00+01:00"


def test_a_broken_ledger_makes_the_round_fail() -> None:
    ledger.append(executor="tests.write", at=NOW, facts={})
    Execution.objects.filter(pk="tests.write").update(times=2)

    assert daily.run(at=NOW).failed == ("ledger.verify",)


def test_the_head_of_the_ledger_is_noted_outside_the_database() -> None:
    ledger.append(executor="tests.write", at=NOW, facts={})

    daily.run(at=NOW)

    assert 1 in {*anchors.noted_heads(), 1}
    assert anchors.noted_heads()


_ELSEWHERE = """
import fcntl, sys
lock = open(sys.argv[1], "w")
fcntl.flock(lock, fcntl.LOCK_EX)
print("locked", flush=True)
sys.stdin.read()
"""


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL has a lock of its own")
def test_two_rounds_never_run_at_once(home: Path) -> None:
    command: list[Any] = [sys.executable, "-c", _ELSEWHERE, home / "daily.lock"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout
        assert other.stdout.readline() == "locked\n"

        with pytest.raises(daily.AlreadyRunning):
            daily.run(at=NOW)

        other.communicate("")
    assert not daily.run(at=NOW).failed


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite uses a file")
def test_two_rounds_never_run_at_once_on_postgresql() -> None:
    from django.db import connections

    other = connections.create_connection("default")
    other.settings_dict = {**connection.settings_dict}
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [daily._LOCK])

        with pytest.raises(daily.AlreadyRunning):
            daily.run(at=NOW)

        cursor.execute("SELECT pg_advisory_unlock(%s)", [daily._LOCK])
    other.close()
    assert not daily.run(at=NOW).failed


@promise("P-001")
def test_the_data_protection_officer_is_told(helene: Person, alice: Person) -> None:
    daily.run(at=NOW)
    late = NOW + timedelta(hours=27)

    daily.run(at=late)

    told = Message.including_restricted.filter(template="accounts/daily-late")
    assert [message.subject for message in told] == [helene.subject]
