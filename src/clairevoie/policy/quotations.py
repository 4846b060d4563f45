"""A promise's sentence is the notice's own words: cut by « […] », never rewritten."""

from __future__ import annotations

from dataclasses import dataclass

CUT = " […] "


@dataclass(frozen=True, slots=True)
class Quotation:
    """Where the pieces of a sentence begin in a text, and the first piece that is not there."""

    lines: tuple[int, ...]
    absent: str | None = None

    @property
    def places(self) -> str:
        """The lines as ``promises.toml`` writes them: ``5, 9``."""
        return ", ".join(map(str, self.lines))


def look_up(sentence: str, text: str) -> Quotation:
    """Find each piece of ``sentence`` in ``text``, each after the one before."""
    at = 0
    lines: list[int] = []
    for piece in sentence.split(CUT):
        found = text.find(piece, at)
        if found < 0:
            return Quotation(tuple(lines), absent=piece)
        lines.append(text.count("\n", 0, found) + 1)
        at = found + len(piece)
    return Quotation(tuple(dict.fromkeys(lines)))
