"""What the worker does for messages."""

from __future__ import annotations

from datetime import datetime, timedelta

from django_tasks import task

from clairevoie.lib import calendar
from clairevoie.messaging.delivery import deliver_due, is_due, run_mailing
from clairevoie.messaging.models import Mailing

RECOVERY = timedelta(minutes=1)
SLICE = timedelta(seconds=5)  # then other tasks get their turn, and the instance can stop


@task()
def deliver() -> None:
    """Let out a slice of what is due, and come back for the next; told nothing about anybody."""
    at = calendar.now()
    deliver_due(at=at, patience=SLICE)
    if is_due(at=at):
        deliver.enqueue()


@task()
def send_mailing(uuid: str) -> None:
    """Send a slice of one mailing, and come back for the next.

    A worker that dies here leaves rows and a journal; its successor goes on from them, whether
    or not the task is ever marked as failed.
    """
    mailing = Mailing.objects.filter(uuid=uuid).first()
    if mailing is None:
        return
    try:
        again = run_mailing(mailing, clock=calendar.now, until=calendar.now() + SLICE)
    except Exception:
        come_back(mailing, at=calendar.now() + RECOVERY)  # a database that was busy, say
        raise
    if again is not None:
        come_back(mailing, at=again)


def come_back(mailing: Mailing, *, at: datetime) -> None:
    """Have the worker go on with a mailing at an instant."""
    send_mailing.using(run_after=max(at, calendar.now())).enqueue(str(mailing.uuid))
