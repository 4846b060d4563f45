"""``clairevoie tombstones write|replay FILE``: erased people stay erased after a restore."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from clairevoie.lib import calendar
from clairevoie.privacy import disk, tombstones
from clairevoie.privacy.console import VerbCommand


class Command(VerbCommand):
    help = "Les stèles des personnes effacées : les écrire hors de la base, les rejouer."

    def add_verbs(self, verbs: Any) -> None:
        verbs.add_parser("write", help="Complète tombstones.log ; la ronde le fait chaque nuit.")
        replay = verbs.add_parser("replay", help="Après une restauration : efface à nouveau.")
        replay.add_argument("file", type=Path, metavar="FICHIER")

    def write(self, *, as_json: bool, **_options: Any) -> None:
        written = tombstones.write_out(at=calendar.now())
        if as_json:
            self.answer({"written": written, "file": tombstones.log_path()})
        else:
            self.say(
                _("%(count)d stèles ajoutées à %(file)s.")
                % {"count": written, "file": tombstones.log_path()}
            )

    def replay(self, *, file: Path, as_json: bool, **_options: Any) -> None:
        at = calendar.now()
        try:
            done = tombstones.replay(file, at=at, on=calendar.paris_date(at))
        except FileNotFoundError:
            raise CommandError(_("Le fichier %(file)s n’existe pas.") % {"file": file}) from None
        except (tombstones.TombstonesUnreadable, UnicodeDecodeError) as error:
            raise CommandError(
                f"{_(str(tombstones.TombstonesUnreadable.__doc__))} {error}"
            ) from None
        disk.scrub()
        if as_json:
            self.answer({"read": done.read, "erased": done.erased})
        else:
            self.say(
                _("%(read)d stèles lues, %(erased)d personnes effacées à nouveau.")
                % {"read": done.read, "erased": done.erased}
            )
