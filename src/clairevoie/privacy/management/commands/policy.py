"""``clairevoie policy check|show|publish|diff``: the policy as data."""

from __future__ import annotations

import json
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils.translation import gettext as _

from clairevoie import policy
from clairevoie.lib import calendar
from clairevoie.lib.duration import Duration
from clairevoie.policy import Draft, Importance, PolicyError
from clairevoie.privacy.publication import altered_versions, record_versions
from clairevoie.privacy.reminders import reminders


class Command(BaseCommand):
    help = "La politique en données : la vérifier, la montrer, publier et comparer la notice."
    requires_system_checks = ()  # a table that nobody declared is no fault of the policy

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        check = verbs.add_parser("check", help="Tout vérifier, compter les promesses prévues.")
        check.add_argument("folder", nargs="?", type=Path, help="Un autre dossier : un projet.")
        verbs.add_parser("show", help="Les règles de conservation.")
        diff = verbs.add_parser("diff", help="Ce qui change d’une version de la notice à l’autre.")
        diff.add_argument("before", type=int, metavar="A")
        diff.add_argument("after", type=int, metavar="B")
        _publish_arguments(verbs.add_parser("publish", help="Publier une version de la notice."))
        for verb in verbs.choices.values():
            verb.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *args: object, **options: Any) -> None:
        try:
            getattr(self, f"_{options['verb']}")(**options)
        except PolicyError as error:
            raise CommandError(str(error)) from error

    # --- One method a verb --------------------------------------------------------------------

    def _check(self, *, folder: Path | None, as_json: bool, **options: Any) -> None:
        checked = policy.load(folder) if folder else policy.current()
        if folder is None:
            self._compare_with_ledger()
        for todo in policy.reminders(checked, on=calendar.today()):
            self._say(f"{todo.file}, {todo.key} : {_(todo.what)}")
        if folder is None:
            self._remind()
        counts = policy.count(checked)
        if as_json:
            self._document(asdict(counts))
            return
        rows = (
            (_("activités de traitement"), counts.activities),
            (_("règles de conservation"), counts.retention),
            (_("destinataires"), counts.recipients),
            (_("traceurs"), counts.trackers),
            (_("versions de la notice"), counts.versions),
            (_("promesses"), counts.promises),
            (_("promesses prévues, que rien ne tient encore"), counts.planned),
        )
        for line in _aligned([(title, str(count)) for title, count in rows]):
            self.stdout.write(line)

    def _show(self, *, as_json: bool, **options: Any) -> None:
        rules = policy.rule_lines(policy.current())
        if as_json:
            self._document([asdict(rule) for rule in rules])
            return
        titles = (
            _("règle"),
            _("durée"),
            _("à compter de"),
            _("au terme"),
            _("préavis"),
            _("ce qui est gardé"),
        )
        lines = [
            (rule.code, rule.keep, rule.clock, rule.then, " ".join(rule.notices), rule.title)
            for rule in rules
        ]
        for line in _aligned([titles, *lines]):
            self.stdout.write(line)

    def _diff(self, *, before: int, after: int, as_json: bool, **options: Any) -> None:
        try:
            found = policy.difference(policy.current(), before, after)
        except LookupError as error:
            message = _("Il n’y a pas de version %(number)s.") % {"number": error}
            raise CommandError(message, returncode=2) from error
        maxima = {name: [str(span or "") for span in pair] for name, pair in found.maxima.items()}
        if as_json:
            self._document({"text": found.text, "maxima": maxima})
            return
        for name, (old, new) in maxima.items():
            self.stdout.write(f"{name} : {old or '–'} → {new or '–'}")
        self.stdout.write(found.text or _("Les deux textes sont les mêmes."))

    def _publish(self, *, draft: Path | None, as_json: bool, **options: Any) -> None:
        if draft:
            policy.publish(policy.home(), _draft(draft, options))
            policy.reread()
        numbers = record_versions(at=calendar.now())
        if as_json:
            self._document({"recorded": numbers})
            return
        if not numbers:
            self._say(_("Toutes les versions sont déjà inscrites au journal."))
        for number in numbers:
            self.stdout.write(_("Version %(number)d inscrite au journal.") % {"number": number})

    def _compare_with_ledger(self) -> None:
        """A text and its hash may have been changed together: the ledger remembers."""
        try:
            altered = altered_versions()
        except DatabaseError:
            self._say(_("Pas encore de journal : les textes publiés ne lui sont pas comparés."))
            return
        if altered:
            raise CommandError(
                _("Le texte publié a changé : version %(numbers)s. Restaurez-le (git log).")
                % {"numbers": ", ".join(map(str, altered))}
            )

    def _remind(self) -> None:
        """What people must do by hand: the policy holds only if they do."""
        try:
            for reminder in reminders(on=calendar.today()):
                self._say(reminder.what)
        except DatabaseError:
            return  # said above: there is no instance yet

    # --- Writing ------------------------------------------------------------------------------

    def _document(self, content: object) -> None:
        self.stdout.write(json.dumps(content, ensure_ascii=False, indent=2))

    def _say(self, message: str) -> None:
        self.stderr.write(message, self.style.WARNING)


def _publish_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "draft",
        nargs="?",
        type=Path,
        help="Le nouveau texte, en Markdown. Sans lui : inscrire au journal ce qui n’y est pas.",
    )
    parser.add_argument("--importance", choices=["minor", "major"], default="major")
    parser.add_argument("--reason", default="", help="Pourquoi la notice change.")
    parser.add_argument("--published", type=_day, metavar="DATE", help="Sinon aujourd’hui.")
    parser.add_argument("--effective", type=_day, metavar="DATE", help="Sinon dès que permis.")
    parser.add_argument(
        "--maximum",
        type=_maximum,
        action="append",
        default=[],
        metavar="NAME=P5Y",
        help="Une durée maximale que ce texte change.",
    )


def _draft(path: Path, options: Mapping[str, Any]) -> Draft:
    importance = Importance(options["importance"])
    published = options["published"] or calendar.today()
    try:
        text = path.read_bytes()
    except OSError as error:
        raise CommandError(str(error), returncode=2) from error
    return Draft(
        text=text,
        published_on=published,
        effective_on=options["effective"] or policy.earliest_effect(published, importance),
        importance=importance,
        reason=options["reason"],
        maxima=dict(options["maximum"]),
    )


def _aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Rows as lines of text whose columns stand under each other."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        message = _("« %(text)s » n’est pas une date du calendrier, telle que 2026-11-22.")
        raise ArgumentTypeError(message % {"text": text}) from None


def _maximum(text: str) -> tuple[str, Duration]:
    name, _equals, duration = text.partition("=")
    try:
        return name, Duration.parse(duration)
    except ValueError:
        message = _("« %(text)s » n’est pas une durée maximale, telle que account=P5Y.")
        raise ArgumentTypeError(message % {"text": text}) from None
