"""``clairevoie subject find|export|erase|restrict|release IDENTIFIER``: one person."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from clairevoie import privacy
from clairevoie.lib import calendar
from clairevoie.lib.speech import day_in_full
from clairevoie.privacy import disk
from clairevoie.privacy.console import VerbCommand
from clairevoie.privacy.erasure import CannotErase
from clairevoie.privacy.exporting import SubjectErased
from clairevoie.privacy.models import DataSubject, Restriction
from clairevoie.privacy.safeguards import NotRestricted


class Command(VerbCommand):
    help = "Une personne : la trouver, copier, effacer, verrouiller ou déverrouiller ses données."

    def add_verbs(self, verbs: Any) -> None:
        verbs.add_parser("find", help="Ce qui est détenu, et jusqu’à quand.")
        export = verbs.add_parser("export", help="Écrit la copie de toutes ses données (ZIP).")
        export.add_argument("--output", type=Path, metavar="FICHIER")
        erase = verbs.add_parser("erase", help="Efface tout, sauf ce que la loi oblige à garder.")
        erase.add_argument(
            "--give-up-proofs",
            action="store_true",
            help="Ses certificats aussi : à sa demande expresse, prévenue par écrit.",
        )
        restrict = verbs.add_parser("restrict", help="Verrouille (RGPD, art. 18).")
        restrict.add_argument(
            "--ground", choices=Restriction.Ground.values, default=Restriction.Ground.ACCURACY
        )
        verbs.add_parser("release", help="Déverrouille.")
        for verb in verbs.choices.values():
            verb.add_argument(
                "identifier", metavar="IDENTIFIANT", help="E-mail, téléphone, pseudo ou UUID."
            )

    def find(self, *, identifier: str, as_json: bool, **_options: Any) -> None:
        subject = self.person(identifier)
        kept = privacy.kept_until(subject, on=calendar.today())
        if as_json:
            self.answer(_described(subject) | {"kept": [_kept(category) for category in kept]})
            return
        self.show(
            str(subject.uuid),
            (_("Données"), _("Lignes"), _("Règle"), _("Dernier jour")),
            [(k.title, k.rows, k.rule.code, k.last_day and day_in_full(k.last_day)) for k in kept],
        )

    def export(
        self, *, identifier: str, output: Path | None, as_json: bool, **_options: Any
    ) -> None:
        subject = self.person(identifier)
        if output is None and (as_json or sys.stdout.isatty()):
            output = Path(f"donnees-{subject.uuid}.zip")
        try:
            counts = _write_file(subject, output) if output else _write_out(subject)
        except SubjectErased as refusal:
            raise CommandError(_(str(refusal.__class__.__doc__))) from None
        except OSError as error:
            raise CommandError(
                _("Le fichier ne peut être écrit : %(why)s.") % {"why": error.strerror}
            ) from None
        if as_json:
            self.answer({"uuid": subject.uuid, "output": output, **counts})
        elif output:
            self.say(
                _("%(rows)d lignes et %(files)d fichiers copiés dans %(output)s.")
                % {**counts, "output": output}
            )

    def erase(
        self, *, identifier: str, give_up_proofs: bool, as_json: bool, **_options: Any
    ) -> None:
        subject = self.person(identifier)
        at = calendar.now()
        try:
            if give_up_proofs:
                privacy.give_up_proofs(subject, at=at)
            erasure = privacy.erase(subject, because="request", on=calendar.paris_date(at))
        except CannotErase as refusal:
            raise CommandError(_(str(refusal.__class__.__doc__))) from None
        except DataSubject.DoesNotExist:
            raise CommandError(_("Cette personne vient d’être effacée.")) from None
        privacy.outbox.deliver(at=at)
        disk.scrub({DataSubject._meta.label, *erasure.tables})
        if as_json:
            self.answer(
                {
                    "uuid": erasure.subject_uuid,
                    "erased": dict(erasure.tables),
                    "kept": dict(erasure.kept),
                }
            )
            return
        rows = [(label, count, _("effacé")) for label, count in erasure.tables.items()]
        rows += [(label, count, _("gardé par la loi")) for label, count in erasure.kept.items()]
        self.show(str(erasure.subject_uuid), (_("Table"), _("Lignes"), _("Sort")), rows)

    def restrict(self, *, identifier: str, ground: str, as_json: bool, **_options: Any) -> None:
        subject = self.person(identifier)
        privacy.restrict(subject, ground=ground, on=calendar.today())
        self._told(subject, as_json, _("Données verrouillées."))

    def release(self, *, identifier: str, as_json: bool, **_options: Any) -> None:
        subject = self.person(identifier)
        try:
            privacy.release(subject, on=calendar.today())
        except NotRestricted as refusal:
            raise CommandError(_(str(refusal.__class__.__doc__))) from None
        self._told(subject, as_json, _("Données déverrouillées."))

    def _told(self, subject: DataSubject, as_json: bool, sentence: str) -> None:  # noqa: FBT001
        if as_json:
            subject.refresh_from_db()
            self.answer(_described(subject))
        else:
            self.say(sentence)


def _described(subject: DataSubject) -> dict[str, Any]:
    clocks = ("last_use", "last_contact", "suspended_on", "closed_on", "dormant_since")
    states = {"restricted": subject.restricted, "held": subject.held}
    return {"uuid": subject.uuid, **{name: getattr(subject, name) for name in clocks}, **states}


def _kept(category: privacy.KeptCategory) -> dict[str, Any]:
    return {
        "title": category.title,
        "rule": category.rule.code,
        "rows": category.rows,
        "last_day": category.last_day,
        "archived": category.archived,
    }


def _write_file(subject: DataSubject, output: Path) -> dict[str, int]:
    """Whole or not at all: the file takes its name when it is complete, readable by us alone."""
    handle, draft = tempfile.mkstemp(prefix=".", dir=output.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            contents = privacy.export(subject, to=file, at=calendar.now())
        Path(draft).replace(output)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
    return contents.counts


def _write_out(subject: DataSubject) -> dict[str, int]:
    """To standard output, once complete."""
    with tempfile.TemporaryFile() as draft:
        contents = privacy.export(subject, to=draft, at=calendar.now())
        draft.seek(0)
        shutil.copyfileobj(draft, sys.stdout.buffer)
    return contents.counts
