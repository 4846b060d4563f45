"""``clairevoie demonstration``: believable people in every state, on an empty instance."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import Progress

from clairevoie.config.demonstration import loading
from clairevoie.lib import calendar
from clairevoie.lib.speech import sentence


class Command(BaseCommand):
    """Load the demonstration organisation once; say who may sign in."""

    help = "Load the demonstration organisation on an empty instance."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--code",
            nargs="?",
            const="",
            metavar="WHO",
            help="print the staff's second-factor code of the moment (the same for everybody)",
        )

    def handle(self, *args: object, **options: Any) -> None:
        if options["code"] is not None:
            self.stdout.write(loading.code_of_the_moment())
            return
        try:
            self._load(quiet=options["verbosity"] == 0)
        except (loading.NotHere, loading.SomebodyLivesHere) as refusal:
            raise CommandError(sentence(refusal)) from refusal
        if options["verbosity"]:
            self.stdout.write(loading.notes())

    def _load(self, *, quiet: bool) -> None:
        with Progress(console=Console(file=sys.stderr), transient=True, disable=quiet) as bar:
            task = bar.add_task("Démonstration", total=None)
            loading.load(
                at=calendar.now(),
                told=lambda total: bar.update(task, total=total, advance=1),
            )
