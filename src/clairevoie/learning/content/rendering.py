"""How each kind of Markdown block is drawn: code, formulas, tables, footnotes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, Final

from django.utils.translation import gettext as _
from markdown_it.common.utils import escapeHtml
from markdown_it.token import Token
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

Rule = Callable[..., str]
_FORMATTER: Final = HtmlFormatter(nowrap=True)
_PLAIN: Final = frozenset({"", "text", "txt", "csv", "sortie", "output"})


@lru_cache(maxsize=64)
def _lexer(language: str) -> Lexer | None:
    if language in _PLAIN:
        return None
    try:
        return get_lexer_by_name(language, stripnl=False)
    except ClassNotFound:
        return None


def _code(tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
    """Highlighted by classes, never by inline styles; focusable, since it may scroll."""
    language = (tokens[at].info or "").strip().split(" ", 1)[0].lower()
    lexer = _lexer(language)
    code = tokens[at].content
    drawn = highlight(code, lexer, _FORMATTER) if lexer else escapeHtml(code)
    said = f' data-language="{escapeHtml(language)}"' if lexer else ""
    return f'<pre class="code-block" tabindex="0"><code{said}>{drawn}</code></pre>\n'


def _ready(tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
    """MathML that ``rewriting`` has put there."""
    return tokens[at].content


def _ready_block(tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
    label = escapeHtml(_("Formule"))
    return (
        f'<div class="formula" tabindex="0" role="group" aria-label="{label}">'
        f"{tokens[at].content}</div>\n"
    )


def _table_open(tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
    label = escapeHtml(_("Tableau"))
    return (
        f'<div class="scroll" tabindex="0" role="group" aria-label="{label}">'
        '<table class="lesson-table">\n'
    )


def _table_close(tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
    return "</table></div>\n"


def _footnotes_open(tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
    return '<section class="footnotes">\n<ol class="footnotes__list">\n'


def _footnote_back(tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
    """The arrow back to the text, said in words to those who cannot see it."""
    meta = tokens[at].meta
    number = str(meta["id"] + 1) + (f":{meta['subId']}" if meta["subId"] > 0 else "")
    label = escapeHtml(_("Retour au texte, note %(number)s") % {"number": number})
    arrow = "\u21a9\ufe0e"
    return f' <a href="#fnref{number}" class="footnotes__back" aria-label="{label}">{arrow}</a>'


def _bound(draw: Callable[[Sequence[Token], int, Any, Any], str]) -> Rule:
    """markdown-it binds rules to its renderer; ours do not need it."""

    def rule(_renderer: Any, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
        return draw(tokens, at, options, env)

    return rule


RULES: Final[dict[str, Rule]] = {
    "fence": _bound(_code),
    "code_block": _bound(_code),
    "math_inline": _bound(_ready),
    "math_block": _bound(_ready_block),
    "table_open": _bound(_table_open),
    "table_close": _bound(_table_close),
    "footnote_block_open": _bound(_footnotes_open),
    "footnote_anchor": _bound(_footnote_back),
}
