"""``clairevoie db_worker``: the worker of django-tasks, which first takes up what another left.

A worker that was killed leaves its task marked as running for ever; mailings, messages that are
due and files half read are handed over again at each start, and nothing is sent twice
(:mod:`clairevoie.messaging.journal`).
"""

from typing import Any

from django_tasks_db.management.commands.db_worker import Command as Worker

from clairevoie.lib import calendar
from clairevoie.messaging.mailings import resume_interrupted


class Command(Worker):
    """Same arguments, same work."""

    def handle(self, *args: Any, **options: Any) -> None:
        resume_interrupted(at=calendar.now())
        super().handle(*args, **options)
