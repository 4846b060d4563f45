"""Whether a file may be handed in: by its name, and by what it holds, never by what it claims.

Pure: a name and a stream go in, a fingerprint or a refusal comes out. An archive is unpacked into
nothing, counted as it comes: its header may lie about what it becomes.
"""

from __future__ import annotations

import re
import stat
import tempfile
import zipfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import PurePosixPath
from typing import IO, Final

LONGEST_NAME: Final = 120
LARGEST_UNPACKED: Final = 200 * 1024 * 1024
MOST_INSIDE: Final = 5_000  # files in an archive
_DEEPEST: Final = 3  # a document in an archive in an archive
_LARGEST_LIST: Final = 2 * 1024 * 1024  # of the names in an archive
_PIECE: Final = 64 * 1024
_HEAD: Final = 4_096

_PROGRAMS: Final = frozenset(
    (
        *("apk", "app", "bat", "cmd", "com", "cpl", "dll", "dmg", "exe", "hta", "jar", "lnk"),
        *("msi", "pif", "ps1", "reg", "scr", "vbs", "wasm"),
    )
)
_STARTS_A_PROGRAM: Final = (
    b"\x7fELF",
    b"\xfe\xed\xfa\xce",
    b"\xfe\xed\xfa\xcf",
    b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe",
    b"\0asm",
    b"dex\n",
)
_ZIP: Final = b"PK\x03\x04"
_OLD_OFFICE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_STARTS: Final = {
    "pdf": b"%PDF-",
    "png": b"\x89PNG\r\n\x1a\n",
    "jpg": b"\xff\xd8\xff",
    "jpeg": b"\xff\xd8\xff",
    "gif": b"GIF8",
    "doc": _OLD_OFFICE,
    "xls": _OLD_OFFICE,
    "ppt": _OLD_OFFICE,
    "webm": b"\x1aE\xdf\xa3",
    "sqlite": b"SQLite format 3\0",
    "parquet": b"PAR1",
    "npy": b"\x93NUMPY",
}
_IN_A_ZIP: Final = {  # what tells a document from another, and from any archive
    "zip": "",
    "docx": "word/",
    "xlsx": "xl/",
    "pptx": "ppt/",
    "odt": "text",
    "ods": "spreadsheet",
    "odp": "presentation",
}
_TOLD: Final = {"mp4": b"ftyp", "webp": b"WEBP"}  # not by what they start with
# Formats that are no text, and that nothing here can open: they would never be taken, so that no
# project may ask for them.
_CLOSED: Final = frozenset(
    (
        *("7z", "ace", "arj", "bz2", "cab", "gz", "iso", "lz", "lz4", "lzma", "rar", "tar", "tbz"),
        *(
            "tgz",
            "txz",
            "xz",
            "z",
            "zst",
            "avi",
            "flac",
            "m4a",
            "m4v",
            "mkv",
            "mov",
            "mp3",
            "mpeg",
        ),
        *("mpg", "oga", "ogg", "ogv", "opus", "wav", "wma", "wmv", "ai", "bmp", "heic"),
        *("heif", "ico", "indd", "jp2", "psd", "sketch", "tif", "tiff", "xcf", "accdb"),
        *("db", "docm", "dotx", "epub", "mdb", "mobi", "numbers", "odg", "pages"),
        *("potx", "pptm", "vsdx", "xlsb", "xlsm", "class", "dta", "feather", "h5", "hdf5"),
        *("joblib", "mat", "npz", "onnx", "pickle", "pkl", "pt", "pyc", "rdata", "rds", "sav"),
        *("so", "swf", "ttf", "otf", "woff", "woff2", "blend", "dwg", "fbx", "glb"),
    )
)
_CONTROL: Final = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_NAMELESS: Final = re.compile(r"[.\s]*(\.[^.]*)?")


class DocumentRefused(Exception):
    """Ce fichier ne peut pas être remis."""

    def __init__(self, name: str = "") -> None:
        super().__init__()  # a name says who: it stays out of logs
        self.name = name


class NoName(DocumentRefused):
    """Ce fichier n’a pas de nom. Nommez-le, avec son extension, puis renvoyez-le."""


class NameRefused(DocumentRefused):
    """Ce nom contient un chemin ou un signe invisible. Renommez le fichier, puis renvoyez-le."""


class NameTooLong(DocumentRefused):
    """Ce nom compte plus de 120 signes. Raccourcissez-le, puis renvoyez le fichier."""


class NotAccepted(DocumentRefused):
    """Ce projet n’accepte pas cette extension."""


class Empty(DocumentRefused):
    """Ce fichier est vide."""


class Program(DocumentRefused):
    """Ce fichier est un programme : nous n’en gardons aucun."""


class FalseExtension(DocumentRefused):
    """Le contenu n’est pas celui qu’annonce l’extension. Enregistrez le fichier à nouveau depuis
    le logiciel qui l’a produit."""


class Bomb(DocumentRefused):
    """Cette archive se déplie sur plus de 200 Mo, ou 5 000 fichiers : elle est refusée."""


class ProgramInside(DocumentRefused):
    """Cette archive contient un programme. Refaites-la sans lui."""


class UnsafeArchive(DocumentRefused):
    """Cette archive contient un chemin qui en sort, un lien ou un mot de passe. Refaites-la
    sans."""


class Damaged(DocumentRefused):
    """Ce fichier est abîmé : il ne s’ouvre pas."""


def can_be_checked(extension: str) -> bool:
    """Whether a project may ask for such files: the formats known here, and any text."""
    return extension not in _CLOSED | _PROGRAMS


def checked_formats() -> tuple[str, ...]:
    """Those that are told by what they hold; all others are texts."""
    return tuple(sorted({*_IN_A_ZIP, *_STARTS, *_TOLD}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What is known of a file that was read to its end."""

    name: str
    size: int
    sha256: str


def check(name: str, content: IO[bytes], *, extensions: Collection[str]) -> Checked:
    """Read ``content`` to its end, piece by piece, and leave it at its beginning.

    Raises a kind of :class:`DocumentRefused`, which says which file.
    """
    try:
        extension = _extension_of(name, extensions)
        checked = _fingerprint(name, content)
        content.seek(0)
        _check_content(content, extension)
    except DocumentRefused as refused:
        refused.name = name
        raise
    content.seek(0)
    return checked


def _extension_of(name: str, extensions: Collection[str]) -> str:
    if _NAMELESS.fullmatch(name):
        raise NoName
    if any(sign in "/\\:" or not sign.isprintable() for sign in name):
        raise NameRefused
    if len(name) > LONGEST_NAME:
        raise NameTooLong
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    if extension in _PROGRAMS:
        raise Program
    if extension not in extensions:
        raise NotAccepted
    return extension


def _fingerprint(name: str, content: IO[bytes]) -> Checked:
    content.seek(0)
    mark, size = sha256(), 0
    for piece in _pieces(content):
        mark.update(piece)
        size += len(piece)
    if not size:
        raise Empty
    return Checked(name=name, size=size, sha256=mark.hexdigest())


def _pieces(content: IO[bytes]) -> Iterator[bytes]:
    while piece := content.read(_PIECE):
        yield piece


def _check_content(content: IO[bytes], extension: str) -> None:
    head = content.read(_HEAD)
    content.seek(0)
    if _is_a_program(head):
        raise Program
    if extension in _IN_A_ZIP:
        _check_archive(content, head, extension)
    elif extension in _STARTS:
        if not head.startswith(_STARTS[extension]):
            raise FalseExtension
    elif extension == "mp4":
        if head[4:8] != _TOLD["mp4"]:
            raise FalseExtension
    elif extension == "webp":
        if head[:4] != b"RIFF" or head[8:12] != _TOLD["webp"]:
            raise FalseExtension
    else:
        _check_text(content, head, extension)


def _is_a_program(head: bytes) -> bool:
    return head.startswith(_STARTS_A_PROGRAM) or (head.startswith(b"MZ") and b"\0" in head)


# --- Text ---------------------------------------------------------------------------------------


def _check_text(content: IO[bytes], head: bytes, extension: str) -> None:
    """Any other extension is that of a text: source code, tables, notes."""
    known = (_ZIP, *_STARTS.values())
    if head.startswith(known):
        raise FalseExtension
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):  # UTF-16, as spreadsheets write it
        return
    if any(_CONTROL.search(piece) for piece in _pieces(content)):
        raise FalseExtension
    words = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if extension in ("json", "ipynb") and not words.startswith((b"{", b"[")):
        raise FalseExtension
    if extension == "svg" and b"<svg" not in head:
        raise FalseExtension


# --- Archives -----------------------------------------------------------------------------------


@dataclass(slots=True)
class _Allowance:
    """What an archive, and those inside it, may still unpack."""

    octets: int = LARGEST_UNPACKED
    files: int = MOST_INSIDE

    def take(self, octets: int) -> None:
        self.octets -= octets
        if self.octets < 0:
            raise Bomb

    def list(self, files: int) -> None:
        self.files -= max(0, files)
        if self.files < 0:
            raise Bomb


def _check_archive(content: IO[bytes], head: bytes, extension: str) -> None:
    if not head.startswith(_ZIP):
        raise FalseExtension
    try:
        names, kind = _unpack(content, _Allowance(), depth=1)
    except DocumentRefused:
        raise
    except Exception as error:
        # A decoder fed hostile bytes may raise anything: whatever it is, the file is refused.
        raise Damaged from error
    mark = _IN_A_ZIP[extension]
    if extension.startswith("od"):
        told = kind == b"application/vnd.oasis.opendocument." + mark.encode()
    else:
        told = not mark or (
            "[Content_Types].xml" in names and any(name.startswith(mark) for name in names)
        )
    if not told:
        raise FalseExtension


def _unpack(content: IO[bytes], left: _Allowance, *, depth: int) -> tuple[set[str], bytes]:
    """Every name, and what its file « mimetype » says; nothing is written anywhere."""
    announced = _check_list(content, left)
    content.seek(0)
    kind = b""
    with zipfile.ZipFile(content) as archive:
        left.list(len(archive.infolist()) - announced)  # the list itself may lie about its length
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        # An honest bomb is refused before any work; a lying one, as soon as it has lied.
        if sum(entry.file_size for entry in entries) > left.octets:
            raise Bomb
        for entry in entries:
            _check_entry(entry)
            with archive.open(entry) as packed:
                head = _check_packed(packed, left, depth=depth)
            if entry.filename == "mimetype":
                kind = head.strip()
        return {entry.filename for entry in entries}, kind


def _check_list(content: IO[bytes], left: _Allowance) -> int:
    """Before ``zipfile`` makes an object of each name: a few megabytes can list a million.

    How many it says there are.
    """
    end = zipfile._EndRecData(content)  # type: ignore[attr-defined]  # what ZipFile itself reads
    if end is None:
        raise Damaged
    count, size = end[zipfile._ECD_ENTRIES_TOTAL], end[zipfile._ECD_SIZE]  # type: ignore[attr-defined]
    left.list(count)
    if size > _LARGEST_LIST:
        raise Bomb
    return int(count)


def _check_entry(entry: zipfile.ZipInfo) -> None:
    path = PurePosixPath(entry.filename)
    leaves = path.is_absolute() or ".." in path.parts or "\\" in entry.filename
    if leaves or stat.S_ISLNK(entry.external_attr >> 16) or entry.flag_bits & 0x1:
        raise UnsafeArchive
    if path.suffix[1:].lower() in _PROGRAMS:
        raise ProgramInside


def _check_packed(packed: IO[bytes], left: _Allowance, *, depth: int) -> bytes:
    """The first bytes of a file inside; an archive among them is unpacked in its turn."""
    head = packed.read(_HEAD)
    if _is_a_program(head):
        raise ProgramInside
    left.take(len(head))
    if not head.startswith(_ZIP):
        for piece in _pieces(packed):
            left.take(len(piece))
        return head
    if depth == _DEEPEST:
        raise Bomb
    with tempfile.TemporaryFile() as inner:  # without a name: it goes with this block
        inner.write(head)
        for piece in _pieces(packed):
            left.take(len(piece))
            inner.write(piece)
        _unpack(inner, left, depth=depth + 1)
    return head
