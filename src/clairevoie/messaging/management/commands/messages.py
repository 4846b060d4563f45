"""``clairevoie messages deliver``: let out now what is due."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from clairevoie.lib import calendar
from clairevoie.messaging.delivery import deliver_due


class Command(BaseCommand):
    help = "Remet les messages en attente."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        deliver = verbs.add_parser("deliver", help="remettre ce qui est dû")
        deliver.add_argument("--json", action="store_true", help="un document JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        sent = deliver_due(at=calendar.now())
        self.stdout.write(json.dumps({"sent": sent}) if options["json"] else f"{sent}")
