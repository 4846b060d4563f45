"""``clairevoie serve``: prepares the instance, then serves it until Ctrl-C."""

from __future__ import annotations

import os
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from clairevoie.config import preparation
from clairevoie.config.supervision import Supervisor, is_taken


def _port(text: str) -> int:
    if text.isdecimal() and 0 < int(text) < 65536:
        return int(text)
    raise ArgumentTypeError(_("« %(text)s » n’est pas un port (1 à 65535).") % {"text": text})


class Command(BaseCommand):
    help = "Prépare l’instance et la sert jusqu’à Ctrl-C."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=_port, default=8000)
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--workers", type=int, default=2)

    def handle(self, *args: object, **options: Any) -> None:
        host, port = options["host"], options["port"]
        if is_taken(host, port):
            raise CommandError(
                _("Le port %(port)s est déjà pris : choisissez-en un autre avec --port.")
                % {"port": port}
            )
        os.umask(0o077)  # what the instance writes is for its owner alone
        os.environ.setdefault("CLAIREVOIE_URL", f"http://{host}:{port}")
        for sentence in preparation.steps():
            self.stderr.write(sentence)
        supervisor = Supervisor(host=host, port=port, workers=options["workers"])
        if supervisor.start():
            self._welcome(f"http://{host}:{port}/")
        raise SystemExit(supervisor.wait())

    def _welcome(self, address: str) -> None:
        self.stdout.write(f"\nClairevoie : {address}\n")
        self.stdout.write(preparation.demonstration_accounts())
        self.stdout.write(_("Ctrl-C arrête tout."))
        self.stdout.flush()
