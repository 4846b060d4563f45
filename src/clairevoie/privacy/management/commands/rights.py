"""``clairevoie rights deadline``: until when a request must be answered."""

from __future__ import annotations

import json
from argparse import ArgumentParser, ArgumentTypeError
from dataclasses import asdict
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from clairevoie.lib.calendar import Pause, statutory_deadline
from clairevoie.lib.speech import day_in_full


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(
            _("« %(text)s » n’est pas une date du calendrier, telle que 2026-11-22.")
            % {"text": text}
        ) from None


def _pause(text: str) -> Pause:
    try:
        return Pause.parse(text)
    except ValueError:
        raise ArgumentTypeError(
            _("« %(text)s » n’est pas une suspension, telle que 2026-03-10:2026-03-20.")
            % {"text": text}
        ) from None


class Command(BaseCommand):
    help = "Droits des personnes : échéances légales."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        deadline = verbs.add_parser("deadline", help="Échéance d’une demande reçue à une date.")
        deadline.add_argument("--received", type=_day, required=True, metavar="DATE")
        deadline.add_argument("--extended", action="store_true", help="Prolongée de deux mois.")
        deadline.add_argument(
            "--pause",
            type=_pause,
            action="append",
            default=[],
            metavar="FROM:TO",
            help="De la demande d’un élément d’identité à sa fourniture.",
        )
        deadline.add_argument("--json", action="store_true")

    def handle(self, *args: object, **options: Any) -> None:
        deadline = statutory_deadline(
            received=options["received"], extended=options["extended"], pauses=options["pause"]
        )
        if options["json"]:
            days = {name: day.isoformat() for name, day in asdict(deadline).items()}
            self.stdout.write(json.dumps(days))
            return
        lines = (
            (_("terme brut"), deadline.raw),
            (_("échéance légale"), deadline.legal_due),
            (_("échéance interne"), deadline.internal_due),
        )
        for title, day in lines:
            self.stdout.write(f"{title} : {day_in_full(day)}")
