"""``clairevoie seed``: synthetic people for load and benchmarks."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import Progress

from clairevoie.config.seed import sow
from clairevoie.lib import calendar


class Command(BaseCommand):
    """Fill every declared table with synthetic people, set-based."""

    help = "Synthetic people over every declared table, for load and benchmarks."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--subjects", type=int, required=True, metavar="N")
        parser.add_argument("--rows-per-subject", type=int, default=20, metavar="M")
        parser.add_argument("--due", type=int, metavar="N", help="people due; a tenth if left out")
        parser.add_argument(
            "--on", type=date.fromisoformat, metavar="DATE", help="due on this day"
        )
        parser.add_argument("--json", action="store_true", help="one JSON document on stdout")

    def handle(self, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("Synthetic people have no place in production.")
        expected = options["subjects"] * options["rows_per_subject"]
        with Progress(console=Console(stderr=True)) as bar:
            task = bar.add_task("Rows", total=expected)
            try:
                sown = sow(
                    subjects=options["subjects"],
                    rows_per_subject=options["rows_per_subject"],
                    due=options["due"],
                    on=options["on"] or calendar.today(),
                    progress=lambda rows: bar.advance(task, rows),
                )
            except ValueError as wrong:
                raise CommandError(str(wrong), returncode=2) from wrong
        if options["json"]:
            report = {"subjects": sown.subjects, "due": sown.due, "tables": dict(sown.tables)}
            self.stdout.write(json.dumps(report))
        else:
            self.stderr.write(f"{sown.subjects} people, {sown.rows} rows, {sown.due} due.")
