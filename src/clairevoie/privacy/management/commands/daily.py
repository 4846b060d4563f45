"""``clairevoie daily``: the daily round, once or every night."""

from __future__ import annotations

import json
import sys
import time
from datetime import date, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, connection
from django.utils.translation import gettext as _

from clairevoie.lib import calendar
from clairevoie.privacy import daily
from clairevoie.privacy.console import day, night_of
from clairevoie.privacy.reminders import reminders

_RETRY = timedelta(hours=1)
_NAP = timedelta(minutes=1)  # short, because a machine that slept must notice that it is morning


class Command(BaseCommand):
    help = "La ronde quotidienne : prévenir, effacer, livrer, vérifier. Une commande chaque nuit."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--on", type=day, metavar="DATE", help="Comme la nuit de ce jour-là.")
        parser.add_argument(
            "--every-night",
            action="store_true",
            help="Reste en service : chaque nuit à 0 h 15, et rattrape une nuit manquée.",
        )
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *args: object, **options: Any) -> None:
        if options["every_night"]:
            self._every_night()
        self._once(options["on"], as_json=options["as_json"])

    def _once(self, on: date | None, *, as_json: bool) -> None:
        try:
            done = daily.run(
                at=calendar.now(),
                as_of=night_of(on),
                progress=lambda name: self.stderr.write(f"{name}…"),
            )
        except daily.AlreadyRunning as refusal:
            raise CommandError(_(str(refusal.__class__.__doc__))) from None
        if as_json:
            self.stdout.write(_document(done))
        elif not done.failed:
            self.stdout.write(_("Ronde faite : %(steps)d étapes.") % {"steps": len(done.steps)})
        for reminder in reminders(on=calendar.paris_date(done.as_of)):
            self.stderr.write(reminder.what)
        if done.failed and not as_json:
            raise CommandError(
                _("Étapes en échec : %(names)s.") % {"names": ", ".join(done.failed)}
            )
        if done.failed:
            sys.exit(1)

    def _every_night(self) -> None:
        """Until told to stop: neither a failed round nor a lost database ends it."""
        not_before = calendar.now()
        while True:
            if calendar.now() >= not_before and self._is_due():
                self._try()
                not_before = calendar.now() + _RETRY  # after a failure; a success waits for night
            time.sleep(_NAP.total_seconds())

    def _is_due(self) -> bool:
        try:
            return daily.missed_night(at=calendar.now())
        except DatabaseError as error:
            self._complain(error)
            return False

    def _try(self) -> None:
        try:
            self._once(None, as_json=False)
        except (CommandError, DatabaseError) as failure:
            self._complain(failure)

    def _complain(self, failure: Exception) -> None:
        text = str(failure) if isinstance(failure, CommandError) else type(failure).__name__
        self.stderr.write(text)
        connection.close()  # the next try starts with a new one


def _document(done: daily.Round) -> str:
    steps = [{"name": s.name, "count": s.count, "error": s.error} for s in done.steps]
    return json.dumps(
        {
            "at": done.at.isoformat(),
            "as_of": done.as_of.isoformat(),
            "steps": steps,
            "failed": list(done.failed),
        }
    )
