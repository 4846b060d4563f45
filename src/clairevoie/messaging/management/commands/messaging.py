"""``clairevoie messaging``: what came back, and lists of people not to write to."""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.text import slugify

from clairevoie.lib import calendar
from clairevoie.lib.contact import EMAIL, PHONE, NotAContact, normalise
from clairevoie.messaging import bounces, reports
from clairevoie.messaging.models import Suppression
from clairevoie.messaging.suppression import (
    EVERYTHING,
    CannotBeStopped,
    Contact,
    stoppable,
    suppress_many,
)

_SHOWN = 20  # bad lines named on the terminal; --json names them all


class Command(BaseCommand):
    help = "Lit les retours de messagerie et les listes de personnes à ne plus solliciter."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        back = verbs.add_parser("bounces", help="lire des retours (RFC 3464, RFC 5965)")
        back.add_argument("file", help="un e-mail ou une boîte mbox ; « - » : l’entrée standard")
        no = verbs.add_parser("suppress", help="ne plus écrire aux contacts d’une liste")
        no.add_argument("file", nargs="?", default="-", help="un contact par ligne")
        no.add_argument("--purpose", required=True, help="une activité, ou « everything »")
        no.add_argument("--source", default="import", help="d’où vient la liste")
        for verb in (back, no):
            verb.add_argument("--json", action="store_true", help="un document JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        content = _read(options["file"])
        if options["verb"] == "bounces":
            self._say(_take(content), options)
        else:
            self._suppress(content.decode("utf-8-sig", errors="replace"), options)

    def _suppress(self, text: str, options: dict[str, Any]) -> None:
        contacts, bad = _contacts(text)
        try:
            new = suppress_many(
                contacts,
                purpose=options["purpose"],
                because=Suppression.Because.IMPORT,
                at=calendar.now(),
                source=slugify(options["source"])[:64] or "import",  # the journal takes codes
            )
        except CannotBeStopped as error:
            known = ", ".join([*(activity.code for activity in stoppable()), EVERYTHING])
            raise CommandError(f"{CannotBeStopped.__doc__} --purpose : {known}.") from error
        self._say({"lines": len(contacts) + len(bad), "new": new, "not-a-contact": bad}, options)

    def _say(self, counts: dict[str, Any], options: dict[str, Any]) -> None:
        """Counts and line numbers: a terminal is often kept as a log."""
        if options["json"]:
            self.stdout.write(json.dumps(counts))
            return
        for name, value in counts.items():
            said = _lines(value) if isinstance(value, list) else value
            self.stdout.write(f"{name}\u00a0: {said}")


def _lines(numbers: list[int]) -> str:
    some = ", ".join(map(str, numbers[:_SHOWN])) + (" …" if numbers[_SHOWN:] else "")
    return f"{len(numbers)} (lignes {some})" if numbers else "0"


def _read(name: str) -> bytes:
    if name == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise CommandError(f"{name}\u00a0: {error.strerror}") from None


def _take(content: bytes) -> dict[str, Any]:
    counts: Counter[str] = Counter(dict.fromkeys(("read", *reports.Kind, "changed"), 0))
    for mail in reports.split(content):
        counts["read"] += 1
        report = reports.read(mail)
        if report is not None:
            counts[report.kind] += 1
            counts["changed"] += bounces.take(report, at=calendar.now())
    return {str(name): count for name, count in counts.items()}


def _contacts(text: str) -> tuple[list[Contact], list[int]]:
    """Addresses and numbers, one a line; the numbers of the lines that hold neither."""
    contacts, bad = [], []
    for number, line in enumerate(text.splitlines(), start=1):
        contact = line.strip().strip('";,')
        if not contact:
            continue
        kind = EMAIL if "@" in contact else PHONE
        try:
            normalise(kind, contact)
        except NotAContact:
            bad.append(number)
        else:
            contacts.append((kind, contact))
    return contacts, bad
