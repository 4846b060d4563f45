"""The published notice, with what the programme really does beside it (P-009, P-084, P-110)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

from django.db.models import TextField
from django.db.models.functions import Cast
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from markdown_it import MarkdownIt
from markdown_it.token import Token

from clairevoie.lib.prepared import PreparedRows
from clairevoie.policy import Policy, Promise, RetentionRule, Version
from clairevoie.privacy.models import Execution
from clairevoie.site import words
from clairevoie.site.figures import Strip, strip_of

PREAMBLE: Final = "Préambule"
CLOSING: Final = "Mentions"

# As text: a page shows a hundred instants that it has shown before.
_last = PreparedRows(
    lambda: Execution.objects.values_list("executor", Cast("last_at", TextField())), example=()
)

# What stands in the margin of a section: the first word found in its title decides.
_MARGINS: Final = (
    ("cookie", "trackers"),
    ("conservation", "retention"),
    ("partagées", "recipients"),
    ("droits", "rights"),
    ("contacter", "officer"),
    ("protégées", "security"),
    ("collectées", "activities"),
    (PREAMBLE, "version"),
    (CLOSING, "identity"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A titled part of the notice, rendered."""

    title: str
    anchor: str
    html: SafeString
    margin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """The whole notice: its own title, then its sections."""

    title: str
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A promise, and what holds it."""

    promise: Promise
    kind: str  # planned, retention, proof, nightly, display or action
    rule: RetentionRule | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """The promises of one section of the notice."""

    title: str
    anchor: str
    lines: tuple[Line, ...]
    executed: int
    total: int
    strip: Strip


def _margin(title: str) -> str:
    return next((margin for word, margin in _MARGINS if word in title), "")


def _dress(tokens: Sequence[Token]) -> None:
    """The same words with French spaces; links lead outside and do not tell our address."""
    for token in tokens:
        for child in token.children or ():
            if child.type == "text":
                child.content = words.french_spaces(child.content)
            if child.type == "link_open":
                child.attrSet("rel", "external noreferrer")


def _parts(tokens: Sequence[Token]) -> list[tuple[str, list[Token]]]:
    """Tokens by title: before the first subtitle is the preamble, after a rule the closing."""
    parts: list[tuple[str, list[Token]]] = [(PREAMBLE, [])]
    skip = 0
    for index, token in enumerate(tokens):
        if skip:
            skip -= 1
        elif token.type == "heading_open":
            skip = 2
            if token.tag != "h1":
                parts.append((tokens[index + 1].content, []))
        elif token.type == "hr":
            parts.append((CLOSING, []))
        else:
            parts[-1][1].append(token)
    return parts


@lru_cache(maxsize=8)
def read(text: str) -> Text:
    """Render a notice. Raw HTML in it is shown as text, never executed."""
    markdown = MarkdownIt("commonmark", {"html": False, "breaks": True})
    tokens = markdown.parse(text)
    _dress(tokens)
    heading = next(i for i, token in enumerate(tokens) if token.tag == "h1")
    sections = tuple(
        Section(
            title=title,
            anchor=slugify(title)[:48].strip("-"),
            html=mark_safe(markdown.renderer.render(part, markdown.options, {})),  # noqa: S308  # html=False escapes
            margin=_margin(title),
        )
        for title, part in _parts(tokens)
    )
    return Text(title=tokens[heading + 1].content, sections=sections)


def _kind(promise: Promise) -> str:
    if promise.executor is None:
        return "planned"
    if promise.executor.startswith("retention."):
        return "retention"
    if promise.executor.startswith("test:"):
        return "proof"
    if promise.executor.startswith("daily."):
        return "nightly"
    return "display" if promise.executor.startswith("site.") else "action"


def line_of(policy: Policy, promise: Promise) -> Line:
    kind = _kind(promise)
    code = (promise.executor or "").removeprefix("retention.")
    return Line(
        promise=promise,
        kind=kind,
        rule=policy.retention.get(code) if kind == "retention" else None,
    )


def last_executions() -> dict[str, str]:
    """When each executor last ran, for :func:`instant`: one query for the whole page."""
    return dict(_last.get())


def instant(text: str) -> datetime:
    """What the database wrote. SQLite leaves the offset out: it is always that of UTC."""
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def chapters(policy: Policy, *, wanted: str) -> list[Chapter]:
    """Promises by section, in the order of the text; ``wanted``: all, executed or planned.

    A chapter counts and draws all its promises, whichever of them are listed.
    """
    sections: dict[str, list[Promise]] = {}
    for promise in policy.promises.values():
        sections.setdefault(promise.section, []).append(promise)
    found = [
        Chapter(
            title=title,
            anchor=f"promesses-{slugify(title)[:40].strip('-')}",
            lines=tuple(
                line_of(policy, promise)
                for promise in promises
                if wanted == "all" or (wanted == "planned") is promise.planned
            ),
            executed=sum(not promise.planned for promise in promises),
            total=len(promises),
            strip=strip_of(promises),
        )
        for title, promises in sections.items()
    ]
    return [chapter for chapter in found if chapter.lines]


def version_numbered(policy: Policy, number: int) -> Version | None:
    return next((version for version in policy.versions if version.number == number), None)
