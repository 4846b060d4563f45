"""``clairevoie consent verify FILE``: is this receipt ours, and as we signed it?"""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from clairevoie.consent import receipt, receipts, signing
from clairevoie.lib import calendar
from clairevoie.lib.speech import day_in_full, sentence
from clairevoie.privacy.console import VerbCommand

_LARGEST = 1_000_000  # bytes; a receipt has some five thousand


class Command(VerbCommand):
    help = "Les consentements : vérifier un reçu, changer la clé qui les signe."

    def add_verbs(self, verbs: Any) -> None:
        verify = verbs.add_parser("verify", help="Sortie 0 si le reçu est authentique, sinon 1.")
        verify.add_argument("file", type=Path, metavar="FICHIER", help="Le reçu, tel que reçu.")
        verify.add_argument(
            "--keys",
            type=Path,
            metavar="FICHIER",
            help="Les clés publiées, téléchargées ; sinon celles de cette instance.",
        )
        verbs.add_parser("new-key", help="Met la clé de côté ; la suivante naît au redémarrage.")

    def verify(self, *, file: Path, keys: Path | None, as_json: bool, **_options: Any) -> None:
        problem = ""
        try:
            known = signing.keys_read(_read(keys).decode()) if keys else signing.published_keys()
            found = signing.verify(_read(file), known)
        except signing.NotGenuine as refused:
            found, problem = {}, sentence(refused)
        except (ValueError, KeyError) as error:
            raise CommandError(_("Ce fichier de clés n’en est pas un.")) from error
        ours = not problem and keys is None  # somebody else's receipt is in no table of ours
        choice = ours and receipt.tells_a_choice(found)
        standing = receipts.standing_of(found) if ours and not choice else None
        if as_json:
            self.answer(
                {
                    "genuine": not problem,
                    "record": found.get("dpv:hasIdentifier"),
                    "standing": asdict(standing) if standing else None,
                }
            )
        if problem and not as_json:
            raise CommandError(problem)
        if problem:
            sys.exit(1)
        self.say(_("Reçu authentique : pas un octet n’a changé depuis sa signature."))
        if ours and not as_json:
            self.say(_said_of_choice(receipt.is_kept(found)) if choice else _said(standing))

    def new_key(self, **_options: Any) -> None:
        try:
            aside = signing.retire_key(at=calendar.now())
        except signing.KeyElsewhere as elsewhere:
            raise CommandError(sentence(elsewhere)) from elsewhere
        self.say(
            _("Ancienne clé gardée dans %(path)s. Relancez l’instance : une autre sera faite.")
            % {"path": aside}
        )


def _said(standing: receipts.Standing | None) -> str:
    """What is still known here of the consent that a receipt tells of."""
    if standing is None:
        return _("Rien n’en est plus gardé ici\u00a0: le délai est passé.")
    if standing.ended_on is None:
        return _("Cet accord est en vigueur ici.")
    end = {"day": day_in_full(standing.ended_on)}
    if standing.kept_until is None:
        return _("Cet accord est au dossier de la personne\u202f; il a pris fin le %(day)s.") % end
    return _(
        "La personne est effacée\u202f; la preuve dit la même chose. L’accord a pris fin le "
        "%(day)s, la preuve part après le %(last)s."
    ) % {**end, "last": day_in_full(standing.kept_until)}


def _said_of_choice(kept: bool | None) -> str:  # noqa: FBT001  # three answers
    """What is still known here of the choice of cookies that a receipt tells of."""
    if kept is None:
        return _("Un refus ne laisse aucun numéro : rien ne mène de ce reçu à la preuve d’ici.")
    return _("La preuve de ce choix est gardée ici.") if kept else _said(None)


def _read(path: Path) -> bytes:
    """The content of a file no larger than any receipt."""
    try:
        with path.open("rb") as stream:
            return stream.read(_LARGEST)
    except OSError as error:
        raise CommandError(
            _("Impossible de lire %(path)s\u00a0: %(why)s")
            % {"path": path, "why": error.strerror or type(error).__name__}
        ) from error
