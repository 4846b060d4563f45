"""Markdown to the HTML of a reading page: once, at import, and never anything that acts.

Raw HTML is shown as text. What comes out of the renderer goes through a closed list of tags,
attributes and schemes all the same: a fault in one of the two would not be enough.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, Final

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.footnote import footnote_plugin

from clairevoie.learning.content import rendering
from clairevoie.learning.content.files import CleanFile
from clairevoie.learning.content.problems import Problems
from clairevoie.learning.content.rewriting import Rewriting

_MATHML: Final = (
    *("math", "mrow", "mi", "mn", "mo", "ms", "mtext", "mspace", "mfrac", "msqrt", "mroot"),
    *("mstyle", "merror", "mpadded", "mphantom", "msub", "msup", "msubsup", "munder", "mover"),
    *("munderover", "mmultiscripts", "mtable", "mtr", "mtd", "menclose"),
)
_TAGS: Final = {
    *("h2", "h3", "h4", "h5", "p", "br", "hr", "strong", "em", "s", "a", "img", "ul", "ol", "li"),
    *("blockquote", "code", "pre", "span", "div", "sup", "section", "dl", "dt", "dd"),
    *("table", "thead", "tbody", "tr", "th", "td", "figure", "figcaption", "video", "track"),
    *_MATHML,
}
_ATTRIBUTES: Final = {
    "*": {"class", "id"},
    "a": {"href", "title", "rel", "aria-label", "download"},
    "img": {"src", "alt", "width", "height", "loading"},
    "ol": {"start"},
    "div": {"role", "aria-label", "tabindex", "data-embed"},
    "pre": {"tabindex"},
    "th": {"scope"},
    "code": {"data-language"},
    "video": {"src", "controls", "preload", "width", "height"},
    "track": {"kind", "src", "srclang", "label", "default"},
    "math": {"display", "alttext"},
    "mo": {"stretchy", "fence", "separator", "form", "largeop", "movablelimits", "minsize"}
    | {"maxsize", "lspace", "rspace", "symmetric", "accent"},
    "mover": {"accent"},
    "munder": {"accentunder"},
    "mfrac": {"linethickness"},
    "mi": {"mathvariant"},
    "mspace": {"width", "height", "depth"},
    "mtable": {"columnalign", "rowspacing", "columnspacing", "columnlines", "rowlines"},
    "mtd": {"columnalign"},
    "menclose": {"notation"},
    "mpadded": {"width", "height", "depth", "lspace", "voffset"},
    "mstyle": {"displaystyle", "scriptlevel"},
}
_SCHEMES: Final = {"http", "https", "mailto"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a text stands: what its relative addresses mean, and whom to tell what is wrong."""

    path: str  # of the file, inside the parcours
    problems: Problems
    files: Mapping[str, CleanFile] = field(default_factory=dict)
    chapters: Mapping[str, str] = field(default_factory=dict)  # path of a .md → its address
    line: int = 1  # of the file, where the Markdown starts

    def at(self, line: int) -> Place:
        return replace(self, line=line)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A text ready to print. ``outline``: its headings; ``embeds``: what stands in its slots."""

    html: str
    outline: list[dict[str, Any]]
    embeds: list[dict[str, str]]


@lru_cache(maxsize=1)
def _markdown() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    parser.use(footnote_plugin, inline=False)
    parser.use(deflist_plugin)
    parser.use(dollarmath_plugin, allow_labels=False, allow_space=False, allow_digits=False)
    for name, rule in rendering.RULES.items():
        parser.add_render_rule(name, rule)
    return parser


def render_page(markdown: str, place: Place) -> Page:
    """A whole chapter or brief."""
    parser = _markdown()
    env: dict[str, Any] = {}
    rewriting = Rewriting(place=place)
    tokens = rewriting.rewritten(parser.parse(markdown, env))
    html = _clean(parser.renderer.render(tokens, parser.options, env))
    return Page(html=html, outline=rewriting.outline, embeds=rewriting.embeds)


def render_fragment(markdown: str, place: Place) -> str:
    """A question, an explanation: blocks, without headings or embedded content."""
    parser = _markdown()
    env: dict[str, Any] = {}
    rewriting = Rewriting(place=place, is_fragment=True)
    tokens = rewriting.rewritten(parser.parse(markdown, env))
    return _clean(parser.renderer.render(tokens, parser.options, env)).strip()


def render_line(markdown: str, place: Place) -> str:
    """A choice, an item: words of one line."""
    parser = _markdown()
    env: dict[str, Any] = {}
    rewriting = Rewriting(place=place, is_fragment=True)
    tokens: list[Token] = rewriting.rewritten(parser.parseInline(markdown, env))
    return _clean(parser.renderer.render(tokens, parser.options, env)).strip()


def _clean(html: str) -> str:
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel=None,
        strip_comments=True,
    )
