"""``clairevoie pepper new|rekey``: change what keys the hashes that outlive an erasure."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from clairevoie.lib import calendar
from clairevoie.lib.speech import sentence
from clairevoie.privacy import rekeying
from clairevoie.privacy.console import VerbCommand


class Command(VerbCommand):
    help = "Le poivre de cette instance : le changer, et refaire ce qui peut l’être."

    def add_verbs(self, verbs: Any) -> None:
        verbs.add_parser("new", help="Met l’ancien de côté ; le suivant naît au redémarrage.")
        verbs.add_parser("rekey", help="Après le redémarrage : refait les empreintes connues.")

    def new(self, **_options: Any) -> None:
        try:
            aside = rekeying.put_aside(at=calendar.now())
        except rekeying.PepperElsewhere as elsewhere:
            raise CommandError(sentence(elsewhere)) from elsewhere
        self.say(
            _(
                "Ancien poivre gardé dans %(path)s, pour toujours. Relancez l’instance, "
                "puis\u00a0: clairevoie pepper rekey."
            )
            % {"path": aside}
        )

    def rekey(self, *, as_json: bool, **_options: Any) -> None:
        try:
            found = rekeying.rekey_everything(at=calendar.now())
        except rekeying.NoPastPepper as nothing:
            raise CommandError(sentence(nothing)) from nothing
        if as_json:
            self.answer({name: asdict(each) for name, each in found.items()})
            return
        self.show(
            _("Empreintes refaites"),
            (_("quoi"), _("refaites"), _("lues avec un ancien poivre")),
            [(name, each.done, each.left) for name, each in found.items()],
        )
