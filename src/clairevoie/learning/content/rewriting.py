"""What a lesson adds to Markdown: headings one can point to, callouts, figures, videos, links
between chapters. Works on the parser's tokens, where every line is known."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from posixpath import join, normpath
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urlsplit

from django.utils.text import slugify
from django.utils.translation import gettext as _
from markdown_it.common.utils import escapeHtml
from markdown_it.token import Token

from clairevoie.learning.content.files import DATA, PICTURES, VIDEOS, extension_of
from clairevoie.learning.content.formulas import NotAFormula, mathml

if TYPE_CHECKING:
    from clairevoie.learning.content.pages import Place

_CALLOUT: Final = re.compile(r"\[!([A-Z]+)\][ \t]*(.*)")
_CALLOUTS: Final = ("NOTE", "TIP", "WARNING", "EXAMPLE")
_YOUTUBE: Final = re.compile(
    r"https://(?:www\.)?(?:youtube(?:-nocookie)?\.com/(?:watch\?v=|embed/)|youtu\.be/)"
    r"([\w-]{11})(?:[?&].*)?$"
)


def _title_of(kind: str) -> str:
    return {
        "NOTE": _("À noter"),
        "TIP": _("Conseil"),
        "WARNING": _("Attention"),
        "EXAMPLE": _("Exemple"),
    }[kind]


def _raw(html: str) -> Token:
    return Token(type="html_block", tag="", nesting=0, content=html, block=True)


@dataclass(slots=True, kw_only=True)
class Rewriting:
    """One pass over the tokens of one text."""

    place: Place
    is_fragment: bool = False
    outline: list[dict[str, Any]] = field(default_factory=list)
    embeds: list[dict[str, str]] = field(default_factory=list)
    _names: set[str] = field(default_factory=set)
    _level: int = 1
    _line: int = 0

    def rewritten(self, tokens: list[Token]) -> list[Token]:
        """The same text, ready for the renderer."""
        out: list[Token] = []
        closing: list[Token | None] = []  # what ends each open blockquote
        skip = 0
        for at, token in enumerate(tokens):
            if token.map:
                self._line = token.map[0]
            if skip:
                skip -= 1
                continue
            if token.type == "blockquote_open":
                opened, closed, skip = self._blockquote(tokens, at)
                out += opened
                closing.append(closed)
            elif token.type == "blockquote_close":
                end = closing.pop()
                out += [end] if end else []
            elif token.type == "paragraph_open" and (figure := self._figure(tokens[at + 1])):
                out.append(figure)
                skip = 2
            else:
                self._one(token, tokens, at)
                out.append(token)
        return out

    def _wrong(self, said: str, line: int | None = None) -> None:
        where = self._line if line is None else line
        self.place.problems.add(self.place.path, self.place.line + where, said)

    def _one(self, token: Token, tokens: list[Token], at: int) -> None:
        if token.type == "heading_open":
            self._heading(token, tokens[at + 1])
        elif token.type == "inline":
            self._inline(token)
        elif token.type == "math_block":
            token.content = self._formula(token.content, block=True)
        elif token.type in ("th_open", "td_open"):
            _align(token)

    # --- Headings -----------------------------------------------------------------------------

    def _heading(self, token: Token, words: Token) -> None:
        level = int(token.tag[1])
        if self.is_fragment:
            self._wrong(_("Un exercice n’a pas d’intertitre : retirez les « # »."))
        elif level == 1:
            self._wrong(_("Le titre est dans la fiche : les intertitres commencent à « ## »."))
        elif level > self._level + 1 or level > 5:
            self._wrong(_("Un niveau d’intertitre est sauté : mettez un « # » de moins."))
        self._level = level
        said = _plain(words)
        name = self._named(said)
        token.attrSet("id", name)
        if level in (2, 3):
            self.outline.append({"level": level, "id": name, "title": said})

    def _named(self, said: str) -> str:
        base = f"s-{slugify(said)[:60] or 'partie'}"
        name, number = base, 2
        while name in self._names:
            name, number = f"{base}-{number}", number + 1
        self._names.add(name)
        return name

    # --- Callouts and videos ------------------------------------------------------------------

    def _blockquote(self, tokens: list[Token], at: int) -> tuple[list[Token], Token | None, int]:
        """(what opens it, what will close it, tokens to skip)."""
        words = tokens[at + 2] if tokens[at + 1].type == "paragraph_open" else None
        if words is None or not words.content.startswith("[!"):
            return [tokens[at]], Token("blockquote_close", "blockquote", -1), 0
        if words.content.startswith("[!VIDEO]("):
            return [self._video(words)], None, self._until_close(tokens, at)
        return self._callout(tokens[at], words)

    def _until_close(self, tokens: list[Token], at: int) -> int:
        """Tokens between a video's first line and the end of its block, which is dropped."""
        if tokens[at + 4].type != "blockquote_close":
            self._wrong(_("Une vidéo tient sur une ligne : son texte vient après, sans « > »."))
        return 3

    def _callout(self, opening: Token, words: Token) -> tuple[list[Token], Token | None, int]:
        first, _newline, rest = words.content.partition("\n")
        mark = _CALLOUT.fullmatch(first.strip())
        kind = mark[1] if mark else ""
        if kind not in _CALLOUTS:
            said = _("Cet encadré n’existe pas. Connus : %(known)s.")
            self._wrong(said % {"known": ", ".join(f"[!{name}]" for name in _CALLOUTS)})
            return [opening], Token("blockquote_close", "blockquote", -1), 0
        title = escapeHtml((mark[2] if mark else "").strip() or _title_of(kind))
        kind = kind.lower()
        opened = _raw(
            f'<div class="callout callout--{kind}" role="note">'
            f'<p class="callout__title">{title}</p>\n'
        )
        closed = _raw("</div>\n")
        if not rest.strip():  # the mark stood alone: its paragraph goes
            return [opened], closed, 3
        _drop_first_line(words, rest)
        return [opened], closed, 0

    def _video(self, words: Token) -> Token:
        children = words.children or []
        address = str(children[0].attrGet("href") or "") if children else ""
        title = words.content.partition(")")[2].strip()
        if not title or not address or self.is_fragment:
            self._wrong(_("Une vidéo s’écrit : > [!VIDEO](adresse) suivi de son titre."))
            return _raw("")
        if "://" not in address:
            return self._local_video(address, title)
        youtube = _YOUTUBE.match(address)
        if not address.startswith("https://"):
            self._wrong(_("L’adresse d’une vidéo commence par https://."))
        if not youtube:
            link = f'href="{escapeHtml(address)}" rel="external noreferrer"'
            return _raw(f'<p class="video-link"><a {link}>{escapeHtml(title)}</a></p>\n')
        url = f"https://www.youtube-nocookie.com/embed/{youtube[1]}"
        self.embeds.append({"url": url, "title": title, "tracker": "video"})
        return _raw(f'<div data-embed="{len(self.embeds) - 1}"></div>\n')

    def _local_video(self, address: str, title: str) -> Token:
        path = self._path(address)
        video = self.place.files.get(path)
        if video is None or extension_of(path) not in VIDEOS:
            self._wrong(_("Cette vidéo n’est pas dans le dossier : %(path)s.") % {"path": path})
            return _raw("")
        words = self.place.files.get(path.rsplit(".", 1)[0] + ".vtt")
        track = ""
        if words:
            label = escapeHtml(_("Sous-titres"))
            track = (
                f'<track kind="captions" src="/contenus/{words.name}" label="{label}" default="">'
            )
        return _raw(
            f'<figure class="video"><video controls="" preload="metadata" '
            f'src="/contenus/{video.name}">{track}</video>'
            f"<figcaption>{escapeHtml(title)}</figcaption></figure>\n"
        )

    # --- Figures ------------------------------------------------------------------------------

    def _figure(self, words: Token) -> Token | None:
        """A picture alone in its paragraph stands apart, with its caption."""
        children = words.children or []
        if len(children) != 1 or children[0].type != "image":
            return None
        image = children[0]
        caption = str(image.attrGet("title") or "")
        picture = self._picture(image)
        said = f"<figcaption>{escapeHtml(caption)}</figcaption>" if caption else ""
        return _raw(f"<figure>{picture}{said}</figure>\n")

    def _picture(self, image: Token) -> str:
        path = self._path(str(image.attrGet("src") or ""))
        file = self.place.files.get(path)
        alt = _plain(image).strip()
        if file is None or extension_of(path) not in PICTURES:
            said = _("Cette image n’est pas dans le dossier : %(path)s.")
            self._wrong(said % {"path": path})
            return ""
        if not alt:
            said = _(
                "Dites ce que l’on voit sur cette image, entre les crochets : ![…](%(path)s)."
            )
            self._wrong(said % {"path": path})
        size = f' width="{file.width}" height="{file.height}"' if file.width else ""
        paper = ' class="on-paper"' if file.is_drawn_in_ink else ""
        said = escapeHtml(alt)
        return f'<img src="/contenus/{file.name}" alt="{said}"{size}{paper} loading="lazy">'

    # --- Inside lines -------------------------------------------------------------------------

    def _inline(self, token: Token) -> None:
        line = self._line
        children = token.children or []
        for at, child in enumerate(children):
            if child.type in ("softbreak", "hardbreak"):
                self._line += 1
            elif child.type == "link_open":
                self._link(child)
            elif child.type in ("math_inline", "math_inline_double"):
                child.content = self._formula(child.content, block=False)
            elif child.type == "image":
                children[at] = Token("html_inline", "", 0, content=self._picture(child))
        self._line = line

    def _link(self, token: Token) -> None:
        address = str(token.attrGet("href") or "")
        parts = urlsplit(address)
        if parts.scheme in ("http", "https"):
            token.attrSet("rel", "external noreferrer")
        elif parts.scheme == "mailto" or address.startswith(("#", "/")):
            return
        elif parts.scheme:
            self._wrong(_("Un lien mène à une page https:, à un chapitre (.md) ou à une adresse."))
        else:
            self._to_neighbour(token, address, parts.fragment)

    def _to_neighbour(self, token: Token, address: str, fragment: str) -> None:
        path = self._path(address.partition("#")[0])
        data = self.place.files.get(path)
        if data is not None and extension_of(path) in DATA:
            token.attrSet("href", f"/contenus/{data.name}")
            token.attrSet("download", path.rpartition("/")[2])
            return
        target = self.place.chapters.get(path)
        if target is None:
            said = _("Ce lien ne mène à aucun chapitre ni fichier du parcours : %(path)s.")
            self._wrong(said % {"path": path})
            return
        token.attrSet("href", f"{target}#{fragment}" if fragment else target)

    def _path(self, address: str) -> str:
        """An address written in this file, as a path inside the parcours."""
        folder = self.place.path.rpartition("/")[0]
        return normpath(join(folder, unquote(address)))

    def _formula(self, latex: str, *, block: bool) -> str:
        try:
            return mathml(latex.strip(), block=block)
        except NotAFormula as error:
            self._wrong(str(error))
            return ""


def _align(token: Token) -> None:
    """The parser writes a style, which our pages do not allow: a class says the same."""
    style = str(token.attrs.pop("style", ""))
    if style.startswith("text-align:"):
        token.attrSet("class", f"at-{style.removeprefix('text-align:')}")
    if token.type == "th_open":
        token.attrSet("scope", "col")


def _plain(token: Token) -> str:
    """The words of a line or of a picture's alternative text."""
    parts = []
    for child in token.children or []:
        if child.type == "image":
            parts.append(_plain(child))
        elif child.type in ("softbreak", "hardbreak"):
            parts.append(" ")
        elif child.content:
            parts.append(child.content)
    return "".join(parts)


def _drop_first_line(words: Token, rest: str) -> None:
    """The mark was read: what follows it is the text."""
    words.content = rest
    children = words.children or []
    at = next((n for n, c in enumerate(children) if c.type in ("softbreak", "hardbreak")), -1)
    words.children = children[at + 1 :]
