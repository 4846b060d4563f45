"""One TOML table, read key by key: what is missing, misspelt or left unread is a problem.

A reading method never raises for the content of a file: it notes the problem and returns a
harmless value, so that one run tells everything that is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from difflib import get_close_matches
from enum import StrEnum
from typing import Any, TypeVar

from clairevoie.lib.duration import Duration

E = TypeVar("E", bound=StrEnum)

EARLIEST, LATEST = 1900, 2199
LONGEST = Duration(months=12 * 100)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, where, and how to mend it."""

    file: str
    key: str
    mend: str

    def __str__(self) -> str:
        where = f"{self.file}, {self.key}" if self.key else self.file
        return f"{where}: {self.mend}"


@dataclass(slots=True)
class Problems:
    """Everything found wrong in one folder, in the order of reading."""

    found: list[Problem] = field(default_factory=list)

    def note(self, file: str, key: str, mend: str) -> None:
        self.found.append(Problem(file, key, mend))

    def blames(self, file: str, key: str) -> bool:
        """Whether this very key was already found wrong."""
        return any((problem.file, problem.key) == (file, key) for problem in self.found)


class Table:
    """One table of one file. Call :meth:`finish` when everything known has been read."""

    def __init__(
        self, values: Mapping[str, Any], *, file: str, path: str, problems: Problems
    ) -> None:
        self._values = values
        self._read: set[str] = set()
        self.file = file
        self.path = path
        self.problems = problems

    def note(self, key: str, mend: str) -> None:
        self.problems.note(self.file, f"{self.path}.{key}".strip("."), mend)

    def text(self, key: str, default: str | None = None) -> str:
        """A string; an empty one only where ``default`` is itself empty."""
        value = self._take(key, str, "a text between quotes", default)
        if value is None:
            return default or ""
        if default is None and not value.strip():
            self.note(key, "is empty; write the text")
        return str(value)

    def optional_text(self, key: str) -> str | None:
        return self.text(key) if key in self._values else None

    def flag(self, key: str, *, default: bool | None = None) -> bool:
        return bool(self._take(key, bool, "true or false", default))

    def number(self, key: str) -> int:
        return int(self._take(key, int, "a whole number", None) or 0)

    def day(self, key: str) -> date:
        found = self._take(key, date, "a date such as 2024-04-15, without quotes", None)
        if found is not None and not EARLIEST <= found.year <= LATEST:
            self.note(key, f"is {found}; a year stands between {EARLIEST} and {LATEST}")
        return found or date.min

    def optional_day(self, key: str) -> date | None:
        return self.day(key) if key in self._values else None

    def texts(self, key: str, *, required: bool = False) -> tuple[str, ...]:
        """A list of distinct, non-empty strings; ``required`` refuses a missing or empty list."""
        values = self._take(key, list, "a list of texts", None if required else [])
        if values is None:
            return ()
        if required and not values:
            self.note(key, "is empty; name at least one")
        if not all(isinstance(value, str) and value.strip() for value in values):
            self.note(key, "holds something else than texts; write a list of texts")
            return ()
        if len(set(values)) < len(values):
            self.note(key, "names the same thing twice; keep one")
        return tuple(values)

    def duration(self, key: str) -> Duration:
        return self._duration(key, self.text(key)) or Duration()

    def optional_duration(self, key: str) -> Duration | None:
        return self._duration(key, self.text(key)) if key in self._values else None

    def durations(self, key: str) -> tuple[Duration, ...]:
        found = (self._duration(key, text) for text in self.texts(key))
        return tuple(duration for duration in found if duration is not None)

    def choice(self, key: str, kind: type[E], default: E | None = None) -> E:
        """One of an enumeration's values."""
        first = next(iter(kind))
        text = self.text(key, None if default is None else default.value)
        if text in list(kind):
            return kind(text)
        if text:
            self.note(key, f"is {text!r}; choose one of {', '.join(kind)}")
        return first

    def table(self, key: str) -> Table:
        """The table under ``key``, empty when it is missing (its own keys are then missed)."""
        found = self._take(key, dict, f"a table: [{key}]", None)
        path = f"{self.path}.{key}".strip(".")
        return Table(found or {}, file=self.file, path=path, problems=self.problems)

    def tables(self) -> Iterator[tuple[str, Table]]:
        """Every key of this table, each of which must be a table."""
        for key in self._values:
            yield key, self.table(key)

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def finish(self) -> None:
        """Note each key that nothing read."""
        for key in self._values:
            if key not in self._read:
                near = get_close_matches(key, self._read - set(self._values), n=1)
                hint = f"did you mean « {near[0]} »?" if near else "remove it"
                self.note(key, f"is not a key known here; {hint}")

    def _take(self, key: str, kind: type, expected: str, default: Any) -> Any:
        """The value, or ``None`` after noting why there is none; ``default`` None: required."""
        self._read.add(key)
        if key not in self._values:
            if default is None:
                self.note(key, f"is missing; add {expected}")
            return default
        value = self._values[key]
        # bool is an int and datetime a date for isinstance: neither is meant here.
        wrong = isinstance(value, datetime) or (isinstance(value, bool) and kind is not bool)
        if wrong or not isinstance(value, kind):
            self.note(key, f"is {value!r}; write {expected}")
            return None
        return value

    def _duration(self, key: str, text: str) -> Duration | None:
        """``None`` after noting why there is none; an empty text was noted already."""
        if not text:
            return None
        try:
            found = Duration.parse(text)
        except ValueError as error:
            self.note(key, str(error))
            return None
        if found.longest_days > LONGEST.longest_days:
            self.note(key, f"is {text!r}; a duration stays within a century")
            return None
        return found
