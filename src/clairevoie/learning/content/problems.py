"""What is wrong in a folder, told so that its author can mend it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Problem:
    """One thing to mend: where, and what to do (in the reader's language)."""

    path: str  # empty: the archive as a whole
    line: int = 0  # 0: the file as a whole
    said: str

    def __str__(self) -> str:
        where = f"{self.path}:{self.line}" if self.line else self.path
        return f"{where}  {self.said}".strip()


class ContentRefused(Exception):
    """Ce contenu ne peut pas être importé : corrigez ce qui suit, rien n’a été changé."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(*problems)
        self.problems = tuple(sorted(problems))


@dataclass(slots=True)
class Problems:
    """Gathers what is wrong, so that an author reads it all at once."""

    found: list[Problem] = field(default_factory=list)

    def add(self, path: str, line: int, said: str) -> None:
        self.found.append(Problem(path=path, line=line, said=said))

    def refuse_if_any(self) -> None:
        """Raises :class:`ContentRefused`."""
        if self.found:
            raise ContentRefused(*self.found)
