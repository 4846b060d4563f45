"""Typed reading of TOML, with the line of what is wrong."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from clairevoie.learning.content.problems import Problems

_PLACE = re.compile(r" \(at line (\d+), column \d+\)$| \(at end of document\)$")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A text file of a parcours."""

    path: str
    content: str

    @property
    def plain(self) -> str:
        """Without the mark that some editors put first."""
        return self.content.removeprefix("\ufeff")


def decode(path: str, data: bytes, problems: Problems) -> Text:
    """UTF-8, without control characters."""
    try:
        content = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        problems.add(path, line, _("Ce fichier n’est pas en UTF-8 : enregistrez-le ainsi."))
        return Text(path=path, content="")
    control = _CONTROL.search(content)
    if control:
        line = content.count("\n", 0, control.start()) + 1
        problems.add(path, line, _("Un caractère invisible se cache ici : retirez-le."))
        return Text(path=path, content="")
    return Text(path=path, content=content)


@dataclass(slots=True, kw_only=True)
class Table:
    """One TOML table: each read notes what is wrong, and :meth:`end` the keys nobody read."""

    values: Mapping[str, Any]
    path: str
    lines: Sequence[str]
    problems: Problems
    first: int = 1  # line of the file where this table starts
    known: set[str] = field(default_factory=set)

    def line_of(self, key: str) -> int:
        """Where ``key`` is written; the table's first line where it is not."""
        written = re.compile(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=")
        for number, line in enumerate(self.lines, start=self.first):
            if written.match(line):
                return number
        return self.first

    def wrong(self, key: str, said: str) -> None:
        self.problems.add(self.path, self.line_of(key), said)

    def _given(self, key: str, kind: type | tuple[type, ...], named: str) -> Any:
        self.known.add(key)
        value = self.values.get(key)
        if value is None:
            return None
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            self.wrong(key, _("« %(key)s » doit être %(named)s.") % {"key": key, "named": named})
            return None
        return value

    def _missing(self, key: str) -> None:
        if self.values.get(key) is None:
            self.wrong(key, _("« %(key)s » manque : ajoutez-le.") % {"key": key})

    def text(self, key: str, *, most: int = 2_000, required: bool = True) -> str:
        """Words; empty where there are none."""
        value = str(self._given(key, str, _("un texte entre guillemets droits")) or "").strip()
        if len(value) > most:
            self.wrong(
                key,
                _("« %(key)s » compte %(size)d signes ; %(most)d au plus.")
                % {"key": key, "size": len(value), "most": most},
            )
        if required and not value:
            if self.values.get(key) is None:
                self._missing(key)
            else:
                self.wrong(key, _("« %(key)s » est vide : remplissez-le.") % {"key": key})
        return value

    def integer(self, key: str, *, least: int, most: int, default: int | None = None) -> int:
        """A whole number from ``least`` to ``most``."""
        value = self._given(key, int, _("un nombre entier"))
        if value is None:
            if default is None:
                self._missing(key)
            return default if default is not None else least
        if not least <= value <= most:
            bounds = {"key": key, "least": least, "most": most}
            self.wrong(key, _("« %(key)s » va de %(least)d à %(most)d.") % bounds)
            return least
        return int(value)

    def number(self, key: str, *, default: float | None = None) -> float:
        """Any finite number."""
        value = self._given(key, (int, float), _("un nombre"))
        if value is None:
            if default is None:
                self._missing(key)
            return default or 0.0
        if not abs(value) < 1e15:
            self.wrong(key, _("« %(key)s » n’est pas un nombre utilisable.") % {"key": key})
            return 0.0
        return float(value)

    def choice(self, key: str, options: Sequence[str]) -> str:
        """One of these words."""
        value = self.text(key)
        if value and value not in options:
            said = _("« %(key)s » est l’un de : %(options)s.")
            self.wrong(key, said % {"key": key, "options": ", ".join(options)})
        return value

    def texts(self, key: str, *, least: int = 0, most: int = 30, longest: int = 300) -> list[str]:
        """A list of words."""
        value = self._given(key, list, _("une liste de textes"))
        if value is None:
            if least:
                self._missing(key)
            return []
        if any(not isinstance(item, str) or not item.strip() for item in value):
            self.wrong(key, _("« %(key)s » doit être une liste de textes.") % {"key": key})
            return []
        if any(len(item) > longest for item in value):
            said = _("Un texte de « %(key)s » dépasse %(longest)d signes.")
            self.wrong(key, said % {"key": key, "longest": longest})
        if not least <= len(value) <= most:
            said = _("« %(key)s » compte de %(least)d à %(most)d textes ; il y en a %(size)d.")
            bounds = {"key": key, "least": least, "most": most, "size": len(value)}
            self.wrong(key, said % bounds)
        return [item.strip() for item in value]

    def tables(self, key: str, *, least: int, most: int) -> list[Table]:
        """A list of tables, each to be read in turn; all at the line of ``key``."""
        value = self._given(key, list, _("une liste de tables"))
        if value is None:
            self._missing(key)
            return []
        if any(not isinstance(item, dict) for item in value):
            self.wrong(key, _("« %(key)s » doit être une liste de tables.") % {"key": key})
            return []
        if not least <= len(value) <= most:
            said = _("« %(key)s » compte de %(least)d à %(most)d éléments ; il y en a %(size)d.")
            bounds = {"key": key, "least": least, "most": most, "size": len(value)}
            self.wrong(key, said % bounds)
        line = self.line_of(key)
        return [
            Table(values=item, path=self.path, lines=(), problems=self.problems, first=line)
            for item in value
        ]

    def flag(self, key: str, *, default: bool = False) -> bool:
        value = self._given(key, bool, _("true ou false"))
        return default if value is None else bool(value)

    def end(self) -> None:
        """Keys that nobody reads are mistakes: a typing error would go unseen."""
        for key in self.values:
            if key not in self.known:
                said = _("« %(key)s » n’existe pas ici. Connus : %(known)s.")
                known = ", ".join(sorted(self.known))
                self.wrong(key, said % {"key": key, "known": known})


def read_table(text: Text, problems: Problems) -> Table | None:
    """A whole file as one table; None when it is not TOML."""
    return _parse(text.path, text.plain, problems, first=1)


def read_front_matter(text: Text, problems: Problems) -> tuple[Table | None, str, int]:
    """The table between two ``+++`` lines, the Markdown after it, and the line it starts at."""
    lines = text.plain.splitlines(keepends=True)
    marks = [at for at, line in enumerate(lines) if line.strip() == "+++"][:2]
    if len(marks) < 2 or marks[0] != 0:
        said = _("Ce fichier commence par une fiche entre deux lignes « +++ ».")
        problems.add(text.path, 1, said)
        return None, "", 1
    table = _parse(text.path, "".join(lines[1 : marks[1]]), problems, first=2)
    return table, "".join(lines[marks[1] + 1 :]), marks[1] + 2


def _parse(path: str, source: str, problems: Problems, *, first: int) -> Table | None:
    try:
        values = tomllib.loads(source.replace("\r\n", "\n"))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        place = _PLACE.search(str(error))
        line = int(place[1]) if place and place[1] else source.count("\n") + 1
        detail = _PLACE.sub("", str(error))
        said = _("Ce n’est pas du TOML : %(detail)s.") % {"detail": detail}
        problems.add(path, first + line - 1, said)
        return None
    lines = source.splitlines()
    return Table(values=values, path=path, lines=lines, problems=problems, first=first)
