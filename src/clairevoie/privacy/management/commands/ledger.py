"""``clairevoie ledger verify``: is the journal what it was?"""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from clairevoie.privacy import ledger
from clairevoie.privacy.console import VerbCommand, progress

_WHY = {
    "altered": gettext_noop("Cette ligne, ou l’ordre des lignes, a été modifié."),
    "missing": gettext_noop("Une ligne manque, ou une ligne étrangère a été insérée."),
    "truncated": gettext_noop("La fin du journal a été coupée, ou des lignes y ont été ajoutées."),
    "unlike-anchor": gettext_noop(
        "Cette ligne n’est plus celle qui a été relevée hors de la base."
    ),
}


class Command(VerbCommand):
    help = "Le journal : vérifier qu’aucune ligne n’a été modifiée, effacée, insérée ou déplacée."
    requires_system_checks = ()  # the proof must be readable when all else is broken

    def add_verbs(self, verbs: Any) -> None:
        verbs.add_parser("verify", help="Relit tout le journal ; sortie 1 s’il a été touché.")

    def verify(self, *, as_json: bool, **_options: Any) -> None:
        with progress(_("Relecture du journal"), None) as advance:
            found = ledger.verify(
                progress=lambda done, total: advance(0, completed=done, total=total)
            )
        if as_json:
            self.answer(
                {"entries": found.entries, "broken": found.broken, "because": found.because}
            )
            if not found.sound:
                sys.exit(1)
            return
        if found.because == "unprotected":
            raise CommandError(
                _(
                    "%(count)d lignes intactes, mais la base ne les protège plus : les "
                    "déclencheurs manquent. Rejouez la migration privacy 0002."
                )
                % {"count": found.entries}
            )
        if not found.sound:
            raise CommandError(
                _("Journal rompu à la ligne %(number)d. %(why)s")
                % {"number": found.broken, "why": _(_WHY[found.because])}
            )
        self.stdout.write(str(found.entries))
        self.say(_("Journal intact."))
