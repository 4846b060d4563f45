"""Writes a pack in one pass over the rows: JSON, pages, portable CSV and the files, then what apps
add in formats of their own.

A ZIP has one open member at a time, so what accompanies the JSON waits in *drawers*: temporary
files without a name, in memory while they are small. No list grows with the rows.
"""

from __future__ import annotations

import base64
import csv
import io
import json
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any, Self
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from django.conf import settings
from django.utils.functional import Promise

from clairevoie.lib import calendar
from clairevoie.privacy.export_cover import Chapter, Cover, chapter_json
from clairevoie.privacy.export_pages import Pages

_IN_MEMORY = 512 * 1024
_FLUSH = 64 * 1024
_FORMULA = re.compile(r"[=@\t\r]|[+-](?![\d .,]*$)")  # but not +33612345678 nor -3,5


@dataclass(slots=True)
class Contents:
    """What a pack holds, in numbers."""

    categories: int = 0
    rows: int = 0
    missing_files: list[str] = field(default_factory=list)
    copied: set[str] = field(default_factory=set)

    @property
    def counts(self) -> dict[str, int]:
        return {
            "categories": self.categories,
            "rows": self.rows,
            "files": len(self.copied),
            "missing-files": len(self.missing_files),
        }


def write_pack(cover: Cover, *, to: Any) -> Contents:
    """Write the whole ZIP to ``to``."""
    contents = Contents()
    with ZipFile(to, "w", compression=ZIP_DEFLATED) as archive:
        pack = _Pack(archive, cover.at)
        for chapter in cover.chapters:
            _copy_files(chapter, pack, contents)
        with Drawer() as pages, Drawer() as table, Drawer() as portable:
            drawers = (pages, table, portable)
            _write_rows(cover, pack, contents, drawers)
            for drawer in drawers:
                drawer.empty_into(pack)
        for contribution in cover.contributions:
            with pack.member(f"portabilite/{contribution.name}") as member:
                _pour(contribution.pieces(cover.subject), member)
    return contents


def _pour(pieces: Iterable[str], member: IO[bytes]) -> None:
    """Write small pieces a block at a time: compressing each alone would take much longer."""
    pending: list[str] = []
    size = 0
    for piece in pieces:
        pending.append(piece)
        size += len(piece)
        if size > _FLUSH:
            member.write("".join(pending).encode())
            pending.clear()
            size = 0
    member.write("".join(pending).encode())


class _Pack:
    """The ZIP under construction; every member bears the snapshot's time."""

    def __init__(self, archive: ZipFile, at: datetime) -> None:
        self._archive = archive
        self._time = at.astimezone(calendar.PARIS).timetuple()[:6]

    @contextmanager
    def member(self, name: str, *, method: int = ZIP_DEFLATED) -> Iterator[IO[bytes]]:
        info = ZipInfo(name, date_time=self._time)
        info.compress_type = method
        info.external_attr = 0o600 << 16
        with self._archive.open(info, "w", force_zip64=True) as member:
            yield member


class Drawer:
    """Texts that wait for their place in the ZIP, by name, each written piece by piece."""

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(  # noqa: SIM115  # closed by __exit__
            max_size=_IN_MEMORY, dir=str(settings.HOME)
        )
        self._pieces: dict[str, list[tuple[int, int]]] = {}
        self._pending: list[str] = []
        self._name, self._start, self._size = "", 0, 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self._file.close()

    def write(self, name: str, text: str) -> None:
        """Add to ``name``. Neighbouring writes of one name cost no memory."""
        if name != self._name:
            self._close_piece()
            self._name, self._start = name, self._file.tell()
        self._pending.append(text)
        self._size += len(text)
        if self._size > _FLUSH:
            self._flush()

    def empty_into(self, pack: _Pack) -> None:
        """Make one member of the ZIP of each name."""
        self._close_piece()
        for name, pieces in self._pieces.items():
            with pack.member(name) as member:
                for start, end in pieces:
                    self._copy(start, end, member)

    def _flush(self) -> None:
        self._file.write("".join(self._pending).encode())
        self._pending.clear()
        self._size = 0

    def _close_piece(self) -> None:
        self._flush()
        if self._name:
            self._pieces.setdefault(self._name, []).append((self._start, self._file.tell()))
            self._name = ""

    def _copy(self, start: int, end: int, member: IO[bytes]) -> None:
        self._file.seek(start)
        left = end - start
        while left:
            block = self._file.read(min(left, _FLUSH))
            member.write(block)
            left -= len(block)


def _write_rows(
    cover: Cover, pack: _Pack, contents: Contents, drawers: tuple[Drawer, Drawer, Drawer]
) -> None:
    pages, table, portable = drawers
    readable = Pages(cover, write=pages.write)
    readable.begin()
    carried = _Carried(cover, table=table, document=portable)
    with pack.member("donnees.json") as member:
        main = _Document(member.write, {**cover.as_json, "missing_files": contents.missing_files})
        for chapter in cover.chapters:
            main.begin_category(chapter_json(chapter))
            readable.begin_chapter(chapter)
            carried.begin_chapter(chapter)
            names = [column.name for column in chapter.columns]
            for row in chapter.all_rows():
                main.row(dict(zip(names, row, strict=True)))
                readable.row(row)
                carried.row(row)
                contents.rows += 1
            readable.end_chapter()
            carried.end_chapter()
            main.end_category(_paths(chapter, contents))
            contents.categories += 1
        main.end()
    carried.end()
    readable.end()


# --- JSON ---------------------------------------------------------------------------------------


class _Document:
    """One JSON document, written as its rows come."""

    def __init__(self, write: Any, head: dict[str, Any]) -> None:
        self._write = write
        self._pending: list[str] = [encode(head)[:-1], ', "categories": [']
        self._size = 0
        self._first_category = self._first_row = True

    def begin_category(self, head: dict[str, Any]) -> None:
        comma = "" if self._first_category else ","
        self._add(f'{comma}\n{encode(head)[:-1]}, "rows": [')
        self._first_category, self._first_row = False, True

    def row(self, values: dict[str, Any]) -> None:
        self._add(f"{'' if self._first_row else ','}\n{encode(values)}")
        self._first_row = False

    def end_category(self, files: Iterator[str]) -> None:
        self._add('], "files": [')
        for position, name in enumerate(files):
            self._add(f"{', ' if position else ''}{encode(name)}")
        self._add("]}")

    def end(self) -> None:
        self._add("\n]}\n")
        self._flush()

    def _add(self, text: str) -> None:
        self._pending.append(text)
        self._size += len(text)
        if self._size > _FLUSH:
            self._flush()

    def _flush(self) -> None:
        self._write("".join(self._pending).encode())
        self._pending.clear()
        self._size = 0


def _plain(value: Any) -> Any:
    match value:
        case datetime() | date():
            return value.isoformat()
        case UUID() | Decimal() | Promise():
            return str(value)
        case bytes() | memoryview():
            return base64.b64encode(bytes(value)).decode()
    return str(value)


encode = json.JSONEncoder(ensure_ascii=False, default=_plain).encode


# --- What may be carried elsewhere (art. 20) ----------------------------------------------------


class _Carried:
    """``portabilite/``: provided and observed data under consent or contract, nothing else."""

    def __init__(self, cover: Cover, *, table: Drawer, document: Drawer) -> None:
        def write(data: bytes) -> None:
            document.write("portabilite/donnees.json", data.decode())

        self._table = table
        self._document = _Document(write, {**cover.as_json, "missing_files": []})
        self._positions: tuple[int, ...] = ()

    def begin_chapter(self, chapter: Chapter) -> None:
        self._positions = chapter.carried
        if not self._positions:
            return
        head = chapter_json(chapter)
        head["columns"] = [column for column in head["columns"] if column["portable"]]
        self._names = [chapter.columns[position].name for position in self._positions]
        self._file = f"portabilite/{chapter.code}.csv"
        self._document.begin_category(head)
        self._table.write(self._file, "\ufeff" + _csv_line(self._names))  # spreadsheets: UTF-8

    def row(self, row: tuple[Any, ...]) -> None:
        if self._positions:
            values = [row[position] for position in self._positions]
            self._document.row(dict(zip(self._names, values, strict=True)))
            self._table.write(self._file, _csv_line([_cell(value) for value in values]))

    def end_chapter(self) -> None:
        if self._positions:
            self._document.end_category(iter(()))

    def end(self) -> None:
        self._document.end()


def _cell(value: Any) -> Any:
    """A CSV cell. A text that a spreadsheet would run as a formula is quoted."""
    if value is None or isinstance(value, bool | int | float):
        return "" if value is None else value
    text = value if isinstance(value, str) else str(_plain(value))
    return f"'{text}" if _FORMULA.match(text) else text


def _csv_line(values: list[Any]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(values)
    return line.getvalue()


# --- Files --------------------------------------------------------------------------------------


def _copy_files(chapter: Chapter, pack: _Pack, contents: Contents) -> None:
    for storage, name in chapter.files():
        if name in contents.copied:
            continue
        try:
            stored = storage.open(name)
        except FileNotFoundError:  # said in the pack; after an erasure the pack is refused
            contents.missing_files.append(name)
            continue
        with stored, pack.member(_path(name), method=ZIP_STORED) as member:
            shutil.copyfileobj(stored, member)
        contents.copied.add(name)


def _paths(chapter: Chapter, contents: Contents) -> Iterator[str]:
    missing = set(contents.missing_files)
    yield from (_path(name) for _, name in chapter.files() if name not in missing)


def _path(name: str) -> str:
    return f"fichiers/{name}"
