"""``clairevoie prepare``: what must be true before the first page is served."""

from __future__ import annotations

import os

from django.core.management.base import BaseCommand

from clairevoie.config import preparation


class Command(BaseCommand):
    """Checks come first, as before any command: a contradiction refuses to start."""

    help = (
        "Prépare l’instance : base de données, fichiers statiques, démonstration si elle est vide."
    )

    def handle(self, *args: object, **options: object) -> None:
        os.umask(0o077)  # what the instance writes is for its owner alone
        for sentence in preparation.steps():
            self.stderr.write(sentence)
