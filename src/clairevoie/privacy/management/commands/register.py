"""``clairevoie register``: the art. 30 register, down to the tables of each activity."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections import defaultdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from clairevoie import policy
from clairevoie.lib import calendar
from clairevoie.policy import REGISTER_FORMATS
from clairevoie.privacy.declarations import personal_declarations


class Command(BaseCommand):
    help = "Le registre des activités de traitement (RGPD, art. 30)."
    requires_system_checks = ()  # the register is owed to the authority on a bad day too

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--format", choices=tuple(REGISTER_FORMATS), default="md")
        parser.add_argument("--output", type=Path, metavar="FILE", help="Sinon, sortie standard.")

    def handle(self, *args: object, **options: Any) -> None:
        found = policy.register(policy.current(), on=calendar.today(), tables=_tables())
        content = REGISTER_FORMATS[options["format"]](found)
        if options["output"]:
            try:
                options["output"].write_bytes(content)
            except OSError as error:
                raise CommandError(str(error)) from error
        elif options["format"] != "ods":
            self.stdout.write(content.decode(), ending="")
        elif sys.stdout.isatty():
            message = _("Un classeur ne s’affiche pas : ajoutez --output registre.ods.")
            raise CommandError(message, returncode=2)
        else:
            sys.stdout.buffer.write(content)


def _tables() -> dict[str, tuple[str, ...]]:
    """By activity, each table and the columns that say something of a person."""
    found: defaultdict[str, tuple[str, ...]] = defaultdict(tuple)
    for table in personal_declarations():
        columns = ", ".join(name for name in table.listed if name not in table.technical)
        found[table.activity] += (f"{table.label} : {columns}" if columns else table.label,)
    return dict(found)
