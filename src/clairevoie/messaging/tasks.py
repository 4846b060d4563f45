"""What the worker does for messages."""

from django_tasks import task

from clairevoie.lib import calendar
from clairevoie.messaging.delivery import deliver_due


@task()
def deliver() -> None:
    """Let out what is due; told nothing about anybody."""
    deliver_due(at=calendar.now())
