"""Where a parcours comes from: a folder, or a zip of one; either way, bytes by path.

What arrives by zip is hostile until read: nothing is written to disk, names are checked, and
what is unpacked is counted while it comes out, whatever its headers say.
"""

from __future__ import annotations

import io
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Final

from django.utils.translation import gettext as _

from clairevoie.learning.content.problems import ContentRefused, Problem, Problems

Files = Mapping[str, bytes]  # path inside the parcours → content

MOST_FILES: Final = 5_000
LARGEST_FILE: Final = 100 * 1024 * 1024
LARGEST_PARCOURS: Final = 500 * 1024 * 1024
LARGEST_UNZIPPED: Final = 200 * 1024 * 1024
LARGEST_ZIP: Final = 50 * 1024 * 1024
SHEET: Final = "parcours.toml"
_IGNORED: Final = frozenset({"README.md", "LICENSE", "LICENCE", "Thumbs.db", "__MACOSX"})
_SLUG: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def _refused(path: str, said: str) -> ContentRefused:
    return ContentRefused(Problem(path=path, said=said))


def _is_ours(path: PurePosixPath) -> bool:
    """Not a file of the system, of git or of a code host."""
    return not any(part.startswith(".") or part in _IGNORED for part in path.parts)


def check_slug(slug: str) -> None:
    """Raises :class:`ContentRefused`."""
    if len(slug) > 80 or not _SLUG.fullmatch(slug):
        said = _("Le nom du dossier est l’adresse du parcours : minuscules, chiffres et tirets.")
        raise _refused(slug, said)


# --- On disk ------------------------------------------------------------------------------------


def folders_of(root: Path) -> list[Path]:
    """The parcours of a content folder; or the folder itself, where it is one.

    Raises :class:`ContentRefused` where there is none.
    """
    if (root / SHEET).is_file():
        return [root.resolve()]
    found = sorted(sheet.parent for sheet in root.glob(f"*/{SHEET}")) if root.is_dir() else []
    if not found:
        said = _("Aucun parcours ici : on attend un fichier %(name)s, ou des dossiers qui en ont.")
        raise _refused(str(root), said % {"name": SHEET})
    return [folder for folder in found if not folder.name.startswith(".")]


def read_folder(folder: Path) -> Files:
    """All the files of one parcours. Raises :class:`ContentRefused`."""
    check_slug(folder.name)
    files: dict[str, bytes] = {}
    problems = Problems()
    total = 0
    for path in _walk(folder):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            problems.add(name, 0, _("C’est un lien vers ailleurs : mettez le fichier lui-même."))
            continue
        size = path.stat().st_size
        total += size
        if size > LARGEST_FILE or total > LARGEST_PARCOURS or len(files) >= MOST_FILES:
            problems.add(name, 0, _("C’est trop : 100 Mo par fichier, 500 Mo en tout."))
            break
        files[name] = path.read_bytes()
    problems.refuse_if_any()
    return files


def _walk(folder: Path) -> Iterator[Path]:
    """Files and links below ``folder``; links are never followed."""
    for path in sorted(folder.iterdir()):
        if not _is_ours(PurePosixPath(path.name)):
            continue
        if path.is_dir() and not path.is_symlink():
            yield from _walk(path)
        else:
            yield path


# --- In a zip -----------------------------------------------------------------------------------


def read_zip(data: bytes) -> dict[str, Files]:
    """The parcours of an archive, by slug. Raises :class:`ContentRefused`."""
    with opened_zip(data) as archive:
        return _by_parcours(unpack(archive))


@contextmanager
def opened_zip(data: bytes) -> Iterator[zipfile.ZipFile]:
    """An archive somebody sent; what is damaged is found as it is read.

    Raises :class:`ContentRefused`.
    """
    if len(data) > LARGEST_ZIP:
        raise _refused("", _("L’archive dépasse 50 Mo."))
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            yield archive
    # Each is what the standard library raises on some damaged or unknown archive.
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError) as error:
        raise _refused("", _("Ce fichier n’est pas une archive zip lisible.")) from error


def unpack(archive: zipfile.ZipFile) -> Iterator[tuple[PurePosixPath, bytes]]:
    """Its files, counted while they come out. Raises :class:`ContentRefused`."""
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(entries) > MOST_FILES:
        raise _refused("", _("L’archive compte plus de 5 000 fichiers."))
    seen: set[str] = set()
    left = LARGEST_UNZIPPED
    for entry in entries:
        path = _safe(entry)
        if entry.filename in seen:
            raise _refused(entry.filename, _("L’archive contient deux fois ce fichier."))
        seen.add(entry.filename)
        if not _is_ours(path):
            continue
        with archive.open(entry) as packed:
            content = packed.read(left + 1)  # the header may lie about the size: count what comes
        if len(content) > left:
            raise _refused("", _("L’archive se déplie sur plus de 200 Mo : elle est refusée."))
        left -= len(content)
        yield path, content


def _safe(entry: zipfile.ZipInfo) -> PurePosixPath:
    name = entry.filename
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name or "\x00" in name:
        raise _refused(ascii(name), _("Ce chemin sort de l’archive : elle est refusée."))
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise _refused(ascii(name), _("C’est un lien vers ailleurs : mettez le fichier lui-même."))
    if entry.flag_bits & 0x1:
        raise _refused(ascii(name), _("L’archive est chiffrée : envoyez-la sans mot de passe."))
    return path


def _by_parcours(unpacked: Iterator[tuple[PurePosixPath, bytes]]) -> dict[str, Files]:
    """A parcours is wherever ``parcours.toml`` is; all else must be below one of them."""
    content = dict(unpacked)
    roots = {path.parent for path in content if path.name == SHEET}
    found: dict[str, dict[str, bytes]] = {root.name: {} for root in roots}
    if not roots or len(found) < len(roots):
        said = _("L’archive contient le dossier d’un parcours, avec son fichier %(name)s.")
        raise _refused("", said % {"name": SHEET})
    for path, data in content.items():
        root = next((parent for parent in path.parents if parent in roots), None)
        if root is None:
            raise _refused(str(path), _("Ce fichier n’appartient à aucun parcours."))
        found[root.name][str(path.relative_to(root))] = data
    for slug in found:
        check_slug(slug)
    return dict(found)
