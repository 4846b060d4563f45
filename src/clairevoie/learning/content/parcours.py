"""A folder of sources, whole: read, checked and rendered, or refused with all that is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Final

from django.conf import settings
from django.utils import translation
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from clairevoie.learning.content.exercises import ExerciseText, read_exercises
from clairevoie.learning.content.files import (
    EXTENSIONS,
    CleanFile,
    FileRefused,
    clean_file,
    extension_of,
    fingerprint,
    said_of,
)
from clairevoie.learning.content.folders import SHEET, Files
from clairevoie.learning.content.packages import (
    MANIFEST,
    PlacedPackage,
    packed,
    read_package,
)
from clairevoie.learning.content.pages import Page, Place, render_page
from clairevoie.learning.content.problems import ContentRefused, Problems
from clairevoie.learning.content.tables import (
    Table,
    Text,
    decode,
    read_front_matter,
    read_table,
)
from clairevoie.learning.documents import can_be_checked, checked_formats
from clairevoie.learning.models import Level

# Raise it when the same source must give other pages: the next import makes new editions.
RENDERER: Final = 2
# Words of the addresses of learners' pages (learning/urls.py).
_TAKEN: Final = frozenset({"exercices", "paquets", "projet"})
_IS_TAKEN: Final = gettext_noop("Ce nom sert déjà aux adresses du site\u00a0: prenez-en un autre.")

_LEVELS: Final = {
    "débutant": Level.BEGINNER,
    "intermédiaire": Level.INTERMEDIATE,
    "avancé": Level.ADVANCED,
}
_NUMBERED: Final = re.compile(r"(\d{2,3})-([a-z0-9]+(?:-[a-z0-9]+)*)")
_EXERCISES: Final = ".exercices.toml"
_BRIEF: Final = "projet.md"
_PACKAGE: Final = re.compile(r"[^/]+/paquets/[^/]+")  # an archive, or a folder that makes one
_SHEETS: Final = frozenset({SHEET, "module.toml", _BRIEF})
_NOTHING: Final = Page(html="", outline=[], embeds=[])


@dataclass(frozen=True, slots=True, kw_only=True)
class ChapterText:
    """A chapter ready to be stored."""

    filename: str
    slug: str
    title: str
    summary: str
    minutes: int
    page: Page
    source: str
    exercises_source: str
    exercises: tuple[ExerciseText, ...]
    package: PlacedPackage | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """A line of a project's rubric."""

    criterion: str
    points: int
    expects: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectText:
    """A project ready to be stored."""

    title: str
    minutes: int
    page: Page
    rubric: tuple[Criterion, ...]
    extensions: tuple[str, ...]
    max_megabytes: int
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleText:
    """A module ready to be stored."""

    folder: str
    slug: str
    title: str
    summary: str
    objectives: list[str]
    source: str
    chapters: tuple[ChapterText, ...]
    project: ProjectText | None

    @property
    def minutes(self) -> int:
        project = self.project.minutes if self.project else 0
        return sum(chapter.minutes for chapter in self.chapters) + project


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcoursText:
    """A parcours ready to be stored."""

    slug: str
    title: str
    summary: str
    audience: str
    level: str
    objectives: list[str]
    prerequisites: list[str]
    requires: list[str]
    price_cents: int
    language: str
    licence: str
    authors: list[str]
    topics: list[str]
    source: str
    modules: tuple[ModuleText, ...] = ()
    files: tuple[CleanFile, ...] = ()

    @property
    def minutes(self) -> int:
        return sum(module.minutes for module in self.modules)

    @property
    def chapters(self) -> list[ChapterText]:
        return [chapter for module in self.modules for chapter in module.chapters]


def digest_of(files: Files, originals: Mapping[tuple[str, str], str]) -> str:
    """One fingerprint for all the sources.

    ``originals`` maps (path, fingerprint of a cleaned file) to the fingerprint of what the author
    had given: an export brought back is not a change.
    """
    total = sha256()
    for path in sorted(files):
        mark = fingerprint(files[path])
        total.update(f"{path}\0{originals.get((path, mark), mark)}\n".encode())
    return total.hexdigest()


def read_parcours(
    slug: str, files: Files, *, read: Callable[[int], object] = lambda _count: None
) -> ParcoursText:
    """The whole parcours, or ContentRefused with everything that is wrong.

    ``read(1)`` is called after each chapter.
    """
    reading = _Reading(slug=slug, files=files, read=read)
    parcours = reading.all()
    reading.problems.refuse_if_any()
    return parcours


class _Reading:
    """One pass over the files of a parcours."""

    def __init__(self, *, slug: str, files: Files, read: Callable[[int], object]) -> None:
        self.slug, self.files, self.read = slug, files, read
        self.problems = Problems()
        self.codes: dict[str, str] = {}
        self.clean: dict[str, CleanFile] = {}
        self.folders = sorted({p.split("/")[0] for p in files if "/" in p})
        self.addresses: dict[str, str] = {}
        self.played: set[str] = set()

    def all(self) -> ParcoursText:
        parcours = self._sheet()
        self._strays()
        self._clean_files()
        self._find_addresses()
        with translation.override(parcours.language):
            modules = tuple(self._modules())
        self._unplayed()
        if not modules:
            self.problems.add(SHEET, 0, _("Ce parcours n’a aucun module : créez 01-son-nom/."))
        return replace(parcours, modules=modules, files=tuple(self.clean.values()))

    def _text(self, path: str) -> Text:
        return decode(path, self.files.get(path, b""), self.problems)

    def _sheet(self) -> ParcoursText:
        text = self._text(SHEET)
        sheet = read_table(text, self.problems)
        sheet = sheet or Table(values={}, path=SHEET, lines=(), problems=Problems())
        language = sheet.choice("language", [code for code, _name in settings.LANGUAGES])
        parcours = ParcoursText(
            slug=self.slug,
            title=sheet.text("title", most=150),
            summary=sheet.text("summary", most=300),
            audience=sheet.text("audience"),
            level=_LEVELS.get(sheet.choice("level", list(_LEVELS)), Level.BEGINNER),
            objectives=sheet.texts("objectives", least=3, most=6),
            prerequisites=sheet.texts("prerequisites", most=10),
            requires=sheet.texts("requires", most=10, longest=80),
            price_cents=sheet.integer("price_cents", least=0, most=10_000_000),
            language=language or settings.LANGUAGE_CODE,
            licence=sheet.text("licence", most=100),
            authors=sheet.texts("authors", least=1, longest=100),
            topics=sheet.texts("topics", least=1, most=10, longest=60),
            source=text.content,
        )
        sheet.end()
        slugs = [slugify(topic) for topic in parcours.topics]
        if not all(slugs) or len(set(slugs)) < len(slugs):
            sheet.wrong("topics", _("Chaque sujet s’écrit en lettres, et une seule fois."))
        return parcours

    # --- Files --------------------------------------------------------------------------------

    def _strays(self) -> None:
        """A file that nothing would read is a mistake: said, not skipped."""
        for path in self.files:
            parts = path.split("/")
            named = parts[-1]
            if path == SHEET or extension_of(path) in EXTENSIONS or _PACKAGE.match(path):
                continue
            fits = len(parts) == 2 and (
                named in _SHEETS - {SHEET}
                or (named.endswith(".md") and _NUMBERED.fullmatch(named[:-3]))
                or (named.endswith(_EXERCISES) and self._chapter_of(path) in self.files)
            )
            if not fits:
                said = _(
                    "Ce fichier n’a pas sa place ici : voyez docs/reference/content-format.md."
                )
                self.problems.add(path, 0, said)

    @staticmethod
    def _chapter_of(path: str) -> str:
        return path.removesuffix(_EXERCISES) + ".md"

    def _clean_files(self) -> None:
        for path in sorted(self.files):
            if extension_of(path) not in EXTENSIONS or _PACKAGE.match(path):
                continue
            try:
                self.clean[path] = clean_file(path, self.files[path])
            except FileRefused as refusal:
                self.problems.add(path, 0, said_of(refusal))

    # --- Modules ------------------------------------------------------------------------------

    def _chapter_paths(self, folder: str) -> list[str]:
        return sorted(
            path
            for path in self.files
            if path.startswith(f"{folder}/")
            and path.count("/") == 1
            and path.endswith(".md")
            and not path.endswith(f"/{_BRIEF}")
        )

    def _find_addresses(self) -> None:
        for folder in self.folders:
            module = _NUMBERED.fullmatch(folder)
            for path in self._chapter_paths(folder):
                chapter = _NUMBERED.fullmatch(path.split("/")[1][:-3])
                if module and chapter:
                    address = f"/apprendre/{self.slug}/{module[2]}/{chapter[2]}/"
                    self.addresses[path] = address

    def _modules(self) -> Iterable[ModuleText]:
        slugs: set[str] = set()
        for folder in self.folders:
            if f"{folder}/module.toml" not in self.files:
                if any(not self._is_a_file(path) for path in self._under(folder)):
                    said = _("Ce module n’a pas de fiche : ajoutez module.toml.")
                    self.problems.add(folder, 0, said)
                continue
            numbered = _NUMBERED.fullmatch(folder)
            if numbered is None or numbered[2] in slugs:
                said = _("Un dossier de module se nomme 01-son-nom, et son nom est unique.")
                self.problems.add(folder, 0, said)
                continue
            if numbered[2] in _TAKEN:
                self.problems.add(folder, 0, _(_IS_TAKEN))
            slugs.add(numbered[2])
            yield self._module(folder, numbered[2])

    def _under(self, folder: str) -> list[str]:
        return [path for path in self.files if path.startswith(f"{folder}/")]

    @staticmethod
    def _is_a_file(path: str) -> bool:
        return extension_of(path) in EXTENSIONS

    def _module(self, folder: str, slug: str) -> ModuleText:
        text = self._text(f"{folder}/module.toml")
        sheet = read_table(text, self.problems)
        sheet = sheet or Table(values={}, path=text.path, lines=(), problems=Problems())
        chapters = tuple(self._chapters(folder))
        if not chapters:
            self.problems.add(folder, 0, _("Ce module n’a aucun chapitre : créez 01-son-nom.md."))
        module = ModuleText(
            folder=folder,
            slug=slug,
            title=sheet.text("title", most=150),
            summary=sheet.text("summary", most=1_000),
            objectives=sheet.texts("objectives", most=10),
            source=text.content,
            chapters=chapters,
            project=self._project(folder),
        )
        sheet.end()
        return module

    # --- Chapters -----------------------------------------------------------------------------

    def _chapters(self, folder: str) -> Iterable[ChapterText]:
        slugs: set[str] = set()
        for path in self._chapter_paths(folder):
            filename = path.split("/")[1]
            numbered = _NUMBERED.fullmatch(filename[:-3])
            if numbered is None:
                continue  # told by _strays
            if numbered[2] in slugs:
                self.problems.add(path, 0, _("Deux chapitres de ce module ont ce nom."))
            if numbered[2] in _TAKEN:
                self.problems.add(path, 0, _(_IS_TAKEN))
            slugs.add(numbered[2])
            yield self._chapter(path, filename, numbered[2])
            self.read(1)

    def _place(self, path: str, line: int) -> Place:
        return Place(
            path=path,
            problems=self.problems,
            files=self.clean,
            chapters=self.addresses,
            line=line,
        )

    def _chapter(self, path: str, filename: str, slug: str) -> ChapterText:
        text = self._text(path)
        sheet, body, line = read_front_matter(text, self.problems)
        if sheet is not None and not body.strip():
            self.problems.add(path, line, _("Ce chapitre est vide."))
        sheet = sheet or Table(values={}, path=path, lines=(), problems=Problems())
        exercises_path = path.removesuffix(".md") + _EXERCISES
        exercises, exercises_source = self._exercises(exercises_path)
        chapter = ChapterText(
            filename=filename,
            slug=slug,
            title=sheet.text("title", most=150),
            summary=sheet.text("summary", most=1_000, required=False),
            minutes=sheet.integer("minutes", least=1, most=600),
            page=render_page(body, self._place(path, line)),
            source=text.content,
            exercises_source=exercises_source,
            exercises=exercises,
            package=self._package(sheet, path.partition("/")[0]),
        )
        sheet.end()
        return chapter

    def _exercises(self, path: str) -> tuple[tuple[ExerciseText, ...], str]:
        if path not in self.files:
            return (), ""
        text = self._text(path)
        return tuple(read_exercises(text, self._place(path, 1), self.codes)), text.content

    # --- Packages of other tools --------------------------------------------------------------

    def _package(self, sheet: Table, folder: str) -> PlacedPackage | None:
        """An archive as it is, or the folder that makes one."""
        named = sheet.text("package", most=100, required=False)
        if not named:
            return None
        path = f"{folder}/{named}"
        files = {
            each.removeprefix(f"{path}/"): content
            for each, content in self.files.items()
            if each.startswith(f"{path}/")
        }
        archive = packed(files) if MANIFEST in files else self.files.get(path)
        if not _PACKAGE.fullmatch(path) or archive is None:
            said = _(
                "Nommez une archive SCORM du module, « paquets/son-nom.zip », ou un dossier "
                "« paquets/son-nom » avec son imsmanifest.xml."
            )
            sheet.wrong("package", said)
            return None
        if path in self.played:
            sheet.wrong("package", _("Un autre chapitre joue déjà ce paquet."))
        self.played.add(path)
        try:
            return PlacedPackage(path=named, archive=archive, text=read_package(archive))
        except ContentRefused as refusal:
            for problem in refusal.problems:
                inside = f"{path}/{problem.path}".rstrip("/")
                self.problems.add(inside, problem.line, problem.said)
            return None

    def _unplayed(self) -> None:
        found = {match[0] for path in sorted(self.files) if (match := _PACKAGE.match(path))}
        for path in sorted(found - self.played):
            said = _(
                "Aucun chapitre ne joue ce paquet : nommez-le dans l’un d’eux, « package = »."
            )
            self.problems.add(path, 0, said)

    # --- Projects -----------------------------------------------------------------------------

    def _project(self, folder: str) -> ProjectText | None:
        path = f"{folder}/{_BRIEF}"
        if path not in self.files:
            return None
        text = self._text(path)
        sheet, body, line = read_front_matter(text, self.problems)
        sheet = sheet or Table(values={}, path=path, lines=(), problems=Problems())
        extensions = [
            e.lower().removeprefix(".") for e in sheet.texts("files", least=1, longest=8)
        ]
        if any(not re.fullmatch(r"[a-z0-9]+", extension) for extension in extensions):
            sheet.wrong("files", _("Une extension s’écrit en lettres et chiffres : « pdf »."))
        _refuse_closed(sheet, extensions)
        project = ProjectText(
            title=sheet.text("title", most=150),
            minutes=sheet.integer("minutes", least=1, most=6_000),
            page=render_page(body, self._place(path, line)) if body.strip() else _NOTHING,
            rubric=tuple(_criteria(sheet)),
            extensions=tuple(extensions),
            max_megabytes=sheet.integer("max_megabytes", least=1, most=100, default=10),
            source=text.content,
        )
        sheet.end()
        return project


def _refuse_closed(sheet: Table, extensions: Iterable[str]) -> None:
    """Every file handed in is opened and checked: a format that cannot be is never accepted."""
    closed = [f"« {each} »" for each in extensions if not can_be_checked(each)]
    if closed:
        said = _(
            "Aucun fichier %(closed)s ne pourrait être remis, car nous ne savons pas en vérifier "
            "le contenu. Acceptez un zip, ou l’un de ces formats : %(formats)s. Tout format de "
            "texte convient aussi : py, csv, md, html…"
        )
        words = {"closed": ", ".join(closed), "formats": ", ".join(checked_formats())}
        sheet.wrong("files", said % words)


def _criteria(sheet: Table) -> Iterable[Criterion]:
    for given in sheet.tables("rubric", least=1, most=20):
        yield Criterion(
            criterion=given.text("criterion", most=200),
            points=given.integer("points", least=1, most=100),
            expects=given.text("expects", most=1_000),
        )
        given.end()
