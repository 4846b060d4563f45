"""``clairevoie credentials verify FILE``, ``clairevoie credentials rotate-key``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from clairevoie.credentials.badges import keys, verification
from clairevoie.credentials.badges.proofs import NotGenuine
from clairevoie.lib import calendar
from clairevoie.lib.speech import sentence
from clairevoie.privacy.console import VerbCommand

_LARGEST = 1_000_000  # bytes; a badge has some two thousand


class Command(VerbCommand):
    help = "Les badges : en vérifier un, changer la clé qui les signe."

    def add_verbs(self, verbs: Any) -> None:
        verify = verbs.add_parser("verify", help="Sortie 0 si le badge est authentique et vaut.")
        verify.add_argument("file", type=Path, metavar="FICHIER", help="Le badge en JSON.")
        rotate = verbs.add_parser("rotate-key", help="Les badges suivants auront une autre clé.")
        rotate.add_argument(
            "--compromised",
            action="store_true",
            help="L’ancienne clé n’est plus publiée : aucun badge qu’elle a signé ne vaut plus.",
        )

    def verify(self, *, file: Path, as_json: bool, **_options: Any) -> None:
        try:
            badge = verification.verified(_read(file), at=calendar.now())
        except (NotGenuine, verification.NoLongerHolds) as refused:
            raise CommandError(sentence(refused)) from refused
        if as_json:
            self.answer({"genuine": True, "badge": badge["id"]})
            return
        self.say(_("Badge authentique, et qui vaut toujours."))

    def rotate_key(self, *, compromised: bool, **_options: Any) -> None:
        try:
            aside = keys.rotate(at=calendar.now(), compromised=compromised)
        except keys.KeyElsewhere as elsewhere:
            raise CommandError(sentence(elsewhere)) from elsewhere
        self.say(
            _("Nouvelle clé en service. L’ancienne est gardée dans %(path)s.") % {"path": aside}
        )


def _read(path: Path) -> bytes:
    """The content of a file no larger than any badge."""
    try:
        with path.open("rb") as stream:
            return stream.read(_LARGEST)
    except OSError as error:
        raise CommandError(
            _("Impossible de lire %(path)s\u00a0: %(why)s")
            % {"path": path, "why": error.strerror or type(error).__name__}
        ) from error
