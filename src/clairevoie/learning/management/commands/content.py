"""``clairevoie content check|import|export|withdraw``: parcours as folders of texts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from clairevoie.learning.actions import publishing
from clairevoie.learning.actions.exporting import sources_of
from clairevoie.learning.actions.importing import Imported, import_parcours, latest_edition
from clairevoie.learning.content.folders import Files, folders_of, read_folder
from clairevoie.learning.content.parcours import read_parcours
from clairevoie.learning.content.problems import ContentRefused, Problem
from clairevoie.learning.models import Edition
from clairevoie.lib import calendar
from clairevoie.lib.speech import sentence
from clairevoie.privacy.console import VerbCommand, progress


class Command(VerbCommand):
    help = "Parcours : lire des dossiers de Markdown et de TOML, ou en écrire."

    def add_verbs(self, verbs: Any) -> None:
        check = verbs.add_parser("check", help="Relire sans rien importer.")
        check.add_argument("folder", type=Path, metavar="FOLDER")
        bring = verbs.add_parser("import", help="Importer ce qui a changé.")
        bring.add_argument("folder", type=Path, metavar="FOLDER")
        bring.add_argument(
            "--publish", action="store_true", help="Et publier la dernière édition."
        )
        give = verbs.add_parser("export", help="Écrire la dernière édition dans un dossier vide.")
        give.add_argument("slug", metavar="SLUG")
        give.add_argument("folder", type=Path, metavar="FOLDER")

        back = verbs.add_parser("withdraw", help="Retirer une édition qui attend sa publication.")
        back.add_argument("slug", metavar="SLUG")
        back.add_argument("number", type=int, metavar="NUMBER", help="Le numéro de l’édition.")

    # --- Verbs --------------------------------------------------------------------------------

    def check_sources(self, *, folder: Path, as_json: bool, **_options: Any) -> None:
        """Every parcours of ``folder`` is read; all that is wrong is told."""
        refused: list[tuple[str, ContentRefused]] = []
        for one in self._folders(folder):
            try:
                files = read_folder(one)
                with progress(one.name, _chapters(files)) as advance:
                    read_parcours(one.name, files, read=advance)
            except ContentRefused as refusal:
                refused.append((one.name, refusal))
            else:
                self.say(_("%(slug)s\u00a0: rien à corriger.") % {"slug": one.name})
        if as_json:
            self.answer([_told(slug, p) for slug, refusal in refused for p in refusal.problems])
        self._end(refused)

    def import_sources(
        self, *, folder: Path, publish: bool, as_json: bool, **_options: Any
    ) -> None:
        """One transaction a parcours; a refused one changes nothing, the others go on."""
        done: list[Imported] = []
        refused: list[tuple[str, ContentRefused]] = []
        for one in self._folders(folder):
            try:
                done.append(self._import(one, publish=publish))
            except ContentRefused as refusal:
                refused.append((one.name, refusal))
        if as_json:
            self.answer([_summary(imported) for imported in done])
        else:
            self.stdout.write("\n".join(_sentence(imported) for imported in done))
        self._end(refused)

    def export_sources(self, *, slug: str, folder: Path, as_json: bool, **_options: Any) -> None:
        edition = latest_edition(slug)
        if edition is None:
            raise CommandError(_("Aucun parcours ne porte ce code : %(slug)s") % {"slug": slug})
        target = folder / slug
        if target.exists() and any(target.iterdir()):
            raise CommandError(_("Ce dossier n’est pas vide : %(path)s") % {"path": target})
        count = 0
        for path, content in sources_of(edition):
            file = target / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
            count += 1
        if as_json:
            self.answer({"parcours": slug, "edition": edition.number, "files": count})
        else:
            said = _("Édition %(number)d de %(slug)s : %(count)d fichiers dans %(path)s.")
            self.stdout.write(
                said
                % {"number": edition.number, "slug": slug, "count": count, "path": str(target)}
            )

    def withdraw_sources(self, *, slug: str, number: int, as_json: bool, **_options: Any) -> None:
        """Its number is typed in full: that is the confirmation."""
        edition = Edition.objects.filter(parcours__slug=slug, number=number).first()
        if edition is None:
            said = _("Le parcours %(slug)s n’a pas d’édition %(number)d.")
            raise CommandError(said % {"slug": slug, "number": number})
        try:
            publishing.withdraw(edition=edition, author=None, at=calendar.now())
        except publishing.NotWaiting as refusal:
            raise CommandError(sentence(refusal)) from None
        if as_json:
            self.answer({"parcours": slug, "edition": number, "withdrawn": True})
        else:
            said = _("%(slug)s : édition %(number)d retirée, elle ne sera pas publiée.")
            self.stdout.write(said % {"slug": slug, "number": number})

    # --- Parts --------------------------------------------------------------------------------

    def handle(self, *args: object, **options: Any) -> None:
        """``check`` is a method of every Django command, and ``import`` a word of the language."""
        getattr(self, f"{options['verb']}_sources")(**options)

    def _folders(self, folder: Path) -> list[Path]:
        try:
            return folders_of(folder)
        except ContentRefused as refusal:
            raise CommandError(str(refusal.problems[0])) from None

    def _import(self, folder: Path, *, publish: bool) -> Imported:
        files = read_folder(folder)
        with progress(folder.name, _chapters(files)) as advance:
            return import_parcours(
                slug=folder.name,
                files=files,
                publish=publish,
                author=None,
                at=calendar.now(),
                read=advance,
            )

    def _end(self, refused: list[tuple[str, ContentRefused]]) -> None:
        if not refused:
            return
        for slug, refusal in refused:
            for problem in refusal.problems:
                self.stderr.write(f"{slug}/{problem}")
        raise CommandError(sentence(refused[0][1]))


def _chapters(files: Files) -> int:
    return sum(path.endswith(".md") and not path.endswith("projet.md") for path in files)


def _told(slug: str, problem: Problem) -> dict[str, Any]:
    return {"file": f"{slug}/{problem.path}", "line": problem.line, "said": problem.said}


def _summary(imported: Imported) -> dict[str, Any]:
    return {
        "parcours": imported.parcours.slug,
        "edition": imported.edition.number,
        "new": imported.new,
        "published": imported.published,
    }


def _sentence(imported: Imported) -> str:
    words = {"slug": imported.parcours.slug, "number": imported.edition.number}
    if imported.new:
        said = _("%(slug)s : édition %(number)d importée.") % words
    else:
        said = _("%(slug)s : rien de nouveau depuis l’édition %(number)d.") % words
    return f"{said} {_('Elle est publiée.')}" if imported.published else said
