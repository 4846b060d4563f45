"""What the engine's commands have in common: one JSON document out, words to a person aside.

Standard output carries the answer, standard error the messages and progress. Exit codes: 0 done,
1 failed, 2 bad arguments.
"""

from __future__ import annotations

import json
import sys
from argparse import ArgumentTypeError
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from typing import IO, Any, cast

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from clairevoie import privacy
from clairevoie.lib import calendar
from clairevoie.privacy.models import DataSubject
from clairevoie.privacy.subjects import is_ambiguous

_PAPER = 160  # columns of a table that goes to a file or a pipe


def day(text: str) -> date:
    """A day of the calendar, as an argument."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(
            _("« %(text)s » n’est pas une date du calendrier, telle que 2026-11-22.")
            % {"text": text}
        ) from None


class VerbCommand(BaseCommand):
    """A command of several verbs: ``retention plan``, ``retention run``. One method a verb."""

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERBE")
        self.add_verbs(verbs)
        for verb in verbs.choices.values():
            verb.add_argument(
                "--json", action="store_true", dest="as_json", help="Un seul document JSON."
            )

    def add_verbs(self, verbs: Any) -> None:
        raise NotImplementedError

    def handle(self, *args: object, **options: Any) -> None:
        getattr(self, options["verb"].replace("-", "_"))(**options)

    def answer(self, document: Any) -> None:
        """The one JSON document."""
        self.stdout.write(json.dumps(document, ensure_ascii=False, default=str, indent=2))

    def say(self, sentence: str) -> None:
        """A message to whoever sits there; never part of the answer."""
        Console(file=sys.stderr, highlight=False).print(sentence, markup=False)

    def show(self, title: str, columns: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
        """A table, as the answer for a person."""
        if not rows:
            self.stdout.write(_("%(title)s : rien.") % {"title": title})
            return
        table = Table(title=title, title_justify="left")
        for name, sample in zip(columns, rows[0], strict=True):
            table.add_column(name, justify="right" if isinstance(sample, int) else "left")
        for row in rows:
            table.add_row(*("–" if cell is None else str(cell) for cell in row))
        width = None if self.stdout.isatty() else _PAPER
        Console(file=cast("IO[str]", self.stdout), highlight=False, width=width).print(table)

    def person(self, identifier: str) -> DataSubject:
        """The person an argument names; unknown or ambiguous is a failure, not a bad argument."""
        if is_ambiguous(identifier):
            raise CommandError(
                _("Plusieurs personnes ont donné ce contact sans le vérifier : donnez un UUID.")
            )
        found = privacy.find(identifier)
        if found is None:
            raise CommandError(
                _(
                    "Personne ne répond à « %(identifier)s ». Essayez l’adresse e-mail, le "
                    "téléphone, le pseudo ou l’UUID."
                )
                % {"identifier": identifier}
            )
        return found


@contextmanager
def progress(title: str, total: int | None) -> Iterator[Any]:
    """A bar on standard error; yields ``advance(steps)``. Silent where nobody looks."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    console = Console(file=sys.stderr)
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task(title, total=total)
        yield lambda steps=1, **changes: bar.update(task, advance=steps, **changes)


def night_of(on: date | None) -> datetime:
    """The instant at which the round of a day starts; the present one without a day."""
    if on is None:
        return calendar.now()
    return datetime.combine(on, time(0, 15), tzinfo=calendar.PARIS)
