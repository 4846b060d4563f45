"""The daily round: every promise that time keeps, kept once a night (P-001, P-084).

An app adds its part in ``<app>/steps.py``::

    @privacy.daily.step("messaging.deliver", order=500)
    def deliver(at: datetime) -> int: ...

Steps run by order, then by name. One that fails stops no other: it is told, and the round is
not a success. Two rounds never run at once. A night that was missed is made up for by the next
round, because every step asks what is due, not what is new.
"""

from __future__ import annotations

import fcntl
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils.module_loading import autodiscover_modules

from clairevoie.lib import calendar
from clairevoie.privacy import copies, ledger

Work = Callable[[datetime], object]
Alarm = Callable[[str, datetime], object]

LATE_AFTER = timedelta(hours=26)  # P-001, P-084
NIGHTLY_AT = time(0, 15)  # Paris: the first minutes of a purge day
_LOCK = 0xDA117  # the advisory lock of the one round that runs
_log = logging.getLogger(__name__)
_steps: dict[str, tuple[int, Work]] = {}
_alarms: list[Alarm] = []


class AlreadyRunning(Exception):
    """Une ronde quotidienne est déjà en cours."""


@dataclass(frozen=True, slots=True)
class StepDone:
    """One step: how many things it did, or the class of what stopped it."""

    name: str
    count: int = 0
    error: str = ""


@dataclass(frozen=True, slots=True)
class Round:
    """One daily round: done ``at`` an instant, as of another or the same."""

    at: datetime
    as_of: datetime
    steps: tuple[StepDone, ...]

    @property
    def failed(self) -> tuple[str, ...]:
        return tuple(step.name for step in self.steps if step.error)


def step(name: str, *, order: int = 500) -> Callable[[Work], Work]:
    """Have ``function(at)`` called every night; it may return how many things it did."""

    def register(function: Work) -> Work:
        _steps[name] = (order, function)
        return function

    return register


def alarm(function: Alarm) -> Alarm:
    """Have ``function(code, at)`` told when the round was late or a step failed."""
    _alarms.append(function)
    return function


def run(
    *,
    at: datetime,
    as_of: datetime | None = None,
    progress: Callable[[str], object] = lambda _name: None,
) -> Round:
    """Do every step. Raises :class:`AlreadyRunning`; a step's failure is a result.

    ``at`` is the present, which the ledger tells; steps believe it is ``as_of``, so that a round
    for another day never hides that tonight's is missing.
    """
    copies.refuse_in_a_copy()
    autodiscover_modules("steps")
    with _alone():
        if is_late(at=at):
            _raise_alarm("daily.late", at)
        done = []
        for name, (_, work) in sorted(_steps.items(), key=lambda item: (item[1][0], item[0])):
            progress(name)
            done.append(_do(name, work, at=at, as_of=as_of or at))
        result = Round(at=at, as_of=as_of or at, steps=tuple(done))
        _write_down(result)
    return result


def is_late(*, at: datetime) -> bool:
    """The last successful round is more than 26 hours old."""
    last = ledger.last_run("daily.run")
    return last is not None and at - last > LATE_AFTER


def missed_night(*, at: datetime) -> bool:
    """No round has succeeded since the last time one should have started."""
    last = ledger.last_run("daily.run")
    return last is None or last < next_night(after=at) - timedelta(days=1)


def next_night(*, after: datetime) -> datetime:
    """The next quarter past midnight in Paris."""
    today = calendar.paris_date(after)
    tonight = datetime.combine(today, NIGHTLY_AT, tzinfo=calendar.PARIS)
    return tonight if tonight > after else tonight + timedelta(days=1)


def _do(name: str, work: Work, *, at: datetime, as_of: datetime) -> StepDone:
    try:
        count = work(as_of)
    except Exception as error:  # noqa: BLE001  # told below; the other promises still hold
        if not connection.in_atomic_block:
            connection.close_if_unusable_or_obsolete()
        _log.error("daily step %s failed with %s", name, type(error).__name__)
        return StepDone(name, error=type(error).__name__.lower())
    ledger.mark_executed([name], at=at)
    return StepDone(name, count if isinstance(count, int) else 0)


def _write_down(result: Round) -> None:
    facts = {
        "on": calendar.paris_date(result.as_of),
        "steps": {step.name: step.error or step.count for step in result.steps},
    }
    executor = "daily.failed" if result.failed else "daily.run"
    ledger.append(executor=executor, at=result.at, facts=facts)
    if result.failed:
        _raise_alarm("daily.failed", result.at)


def _raise_alarm(code: str, at: datetime) -> None:
    _log.error("the daily round: %s", code)
    if code == "daily.late":
        ledger.append(executor=code, at=at, facts={"last": ledger.last_run("daily.run")})
    for tell in _alarms:
        try:
            tell(code, at)
        except Exception as error:  # noqa: BLE001  # the round matters more than its alarm
            _log.error("an alarm failed with %s", type(error).__name__)


@contextmanager
def _alone() -> Iterator[None]:
    """Both kinds of lock are given back by the system when the process dies."""
    with _advisory_lock() if connection.vendor == "postgresql" else _file_lock():
        yield


@contextmanager
def _advisory_lock() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            raise AlreadyRunning
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


@contextmanager
def _file_lock() -> Iterator[None]:
    with (Path(settings.HOME) / "daily.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning from None
        yield
