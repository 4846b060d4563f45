"""``clairevoie newsletter import FILE``: subscribers of another tool, with their proof."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentTypeError
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from rich.console import Console
from rich.progress import Progress

from clairevoie.lib import calendar
from clairevoie.lib.speech import sentence
from clairevoie.newsletter.actions import bringing, reading
from clairevoie.newsletter.csv_lines import SENTENCES, NoAddresses, Reason
from clairevoie.newsletter.models import Import, Topic, open_topics

REFUSALS = (bringing.TooLarge, bringing.Unattested, bringing.NotPast, NoAddresses)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(
            _("« %(text)s » n’est pas une date du calendrier, telle que 2026-11-22.")
            % {"text": text}
        ) from None


class Command(BaseCommand):
    help = "Lettre d’information : reprendre des abonnés, preuve à l’appui."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERBE")
        bring = verbs.add_parser("import", help="Lire un fichier CSV d’adresses.")
        bring.add_argument("file", type=Path, metavar="FILE")
        bring.add_argument("--source", required=True, help="D’où viennent ces accords.")
        bring.add_argument("--collected", required=True, type=_day, metavar="DATE")
        bring.add_argument("--text", required=True, help="Texte exact qui a été accepté.")
        bring.add_argument("--topic", action="append", default=[], metavar="CODE")
        bring.add_argument(
            "--confirmed",
            action="store_true",
            help="Chaque adresse a été confirmée, preuve gardée ; sinon, chacun est invité à le "
            "faire.",
        )
        bring.add_argument(
            "--attest", action="store_true", help="J’atteste que ces personnes ont accepté."
        )
        bring.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *args: object, **options: Any) -> None:
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(_("Ce fichier n’existe pas : %(path)s") % {"path": path})
        try:
            batch = self._bring(path, options)
        except REFUSALS as refusal:
            raise CommandError(sentence(refusal)) from None
        with Progress(console=Console(file=sys.stderr)) as bar:
            task = bar.add_task(path.name, total=batch.size)
            reading.read(
                batch=batch,
                at=calendar.now(),
                advance=lambda size: bar.advance(task, size),
            )
        if options["as_json"]:
            self._answer(batch)
        else:
            self._tell(batch)

    def _bring(self, path: Path, options: dict[str, Any]) -> Import:
        topics = list(open_topics())
        if options["topic"]:
            topics = list(Topic.objects.filter(slug__in=options["topic"]))
            unknown = set(options["topic"]) - {topic.slug for topic in topics}
            if unknown:
                raise CommandError(
                    _("Aucun thème ne porte ce code : %(codes)s")
                    % {"codes": ", ".join(sorted(unknown))}
                )
        if not topics:
            raise CommandError(_("Ouvrez d’abord un thème, à la page « Thèmes de la lettre »."))
        proof = bringing.Proof(
            source=options["source"],
            collected_on=options["collected"],
            text=options["text"],
            confirmed=options["confirmed"],
            attested=options["attest"],
        )
        with path.open("rb") as file:
            return bringing.bring(
                file=file,
                size=path.stat().st_size,
                topics=topics,
                proof=proof,
                author=None,
                at=calendar.now(),
            )

    def _answer(self, batch: Import) -> None:
        lines = batch.refused_lines.order_by("number").values("number", "reason")
        document = {
            "import": str(batch.uuid),
            "added": batch.added,
            "asked": batch.asked,
            "refused": batch.refused,
            "lines": list(lines),
        }
        self.stdout.write(json.dumps(document, ensure_ascii=False))

    def _tell(self, batch: Import) -> None:
        said = _(
            "Abonnées : %(added)d. Invitées à confirmer : %(asked)d. Non prises : %(refused)d."
        )
        counts = {"added": batch.added, "asked": batch.asked, "refused": batch.refused}
        self.stdout.write(said % counts)
        lines = batch.refused_lines.order_by("number").values_list("number", "reason")
        for number, reason in lines.iterator(chunk_size=2_000):
            self.stdout.write(f"{number:>8}  {SENTENCES[Reason(reason)]}")
