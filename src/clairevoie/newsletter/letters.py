"""What a letter says: the author's Markdown as safe HTML and as plain text.

Raw HTML is shown as text, scripts and styles cannot pass, pictures travel inside the mail: nothing
in a letter tells anybody that it was opened, this site included.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote, urljoin

import nh3
from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

from clairevoie import messaging
from clairevoie.newsletter.models import Campaign, Picture, pictures_of

_MARKDOWN = MarkdownIt("commonmark", {"html": False})
_TAGS = {
    *("h2", "h3", "h4", "p", "br", "hr", "strong", "em", "a", "img", "ul", "ol", "li"),
    *("blockquote", "code", "pre"),
}
_ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title", "width", "height"},
    "ol": {"start"},
}
_SCHEMES = {"http", "https", "mailto", "cid"}
_MAIL_WIDTH: Final = 576  # of the column of our mails: some readers obey the attribute alone


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One body in both forms, with absolute addresses."""

    html: SafeString
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Where one form of a letter finds a picture, and how large it is there."""

    src: str
    width: int
    height: int


Pictures = Mapping[str, Shown]  # by the name that the text calls them


def on_a_page(pictures: Iterable[Picture], *, address: Callable[[str], str]) -> Pictures:
    """Pictures as a page of this site shows them: ``address`` of each name."""
    return {p.name: Shown(src=address(p.name), width=p.width, height=p.height) for p in pictures}


def in_a_mail(pictures: Iterable[Picture]) -> Pictures:
    """Pictures as a mail carries them."""
    return {p.name: _fitting(p) for p in pictures}


def _fitting(picture: Picture) -> Shown:
    width = min(picture.width, _MAIL_WIDTH)
    height = max(1, round(picture.height * width / picture.width))
    return Shown(src=messaging.enclosed_address(picture.uuid), width=width, height=height)


def written(body: str, pictures: Pictures | None = None) -> Written:
    """The author's Markdown, ready for a mail or a page; what is no picture of it is words."""
    tokens = _tokens(body)
    _place(tokens, pictures or {})
    html = _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {})
    clean = nh3.clean(
        html, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes=_SCHEMES, link_rel=None
    )
    return Written(html=mark_safe(clean), text=_plain(tokens))  # noqa: S308  # cleaned


@dataclass(frozen=True, slots=True, kw_only=True)
class Composed:
    """A letter as messaging wants it: inside its frame, which adds who writes and how to stop."""

    title: str
    text: str
    html: str


def composed(campaign: Campaign) -> Composed:
    """The same for all its readers."""
    body = written(campaign.body, in_a_mail(pictures_of(campaign)))
    summary = (
        format_html('<p style="display:none">{}</p>', campaign.preheader)
        if campaign.preheader
        else ""
    )
    html = format_html("{}<h1>{}</h1>\n{}", summary, campaign.title, body.html)
    underlined = f"{campaign.title}\n{'=' * len(campaign.title)}"
    return Composed(title=campaign.title, text=f"{underlined}\n\n{body.text}", html=html)


def links_of(body: str) -> list[str]:
    """Every address the author wrote, absolute, in the order of the text."""
    return [str(token.attrGet("href")) for token in _inner(_tokens(body)) if _is_link(token)]


@dataclass(frozen=True, slots=True)
class Image:
    """One picture that the text calls: by what name, and what it says to who cannot see it."""

    name: str
    description: str


def images_in(body: str) -> list[Image]:
    """Every picture the author placed, in the order of the text."""
    return [_image(token) for token in _inner(_tokens(body)) if token.type == "image"]


def _image(token: Token) -> Image:
    # Markdown writes an accent of an address as %C3%A9.
    said = "".join(child.content for child in token.children or ())
    return Image(unquote(str(token.attrGet("src"))), " ".join(said.split()))


def _place(tokens: Sequence[Token], pictures: Pictures) -> None:
    """Say where each picture is; one that is not there is its description, in brackets."""
    for token in _inner(tokens):
        if token.type != "image":
            continue
        image = _image(token)
        token.content = image.description
        found = pictures.get(image.name)
        if found is None:
            token.type, token.tag, token.content = "text", "", f"[{image.description}]"
            continue
        token.attrSet("src", found.src)
        token.attrSet("width", str(found.width))
        token.attrSet("height", str(found.height))


def _tokens(body: str) -> list[Token]:
    tokens = _MARKDOWN.parse(body)
    for token in tokens:
        if token.tag == "h1":  # the title of the letter is the only one
            token.tag = "h2"
    for token in _inner(tokens):
        address = token.attrGet("href")
        if address is not None:
            token.attrSet("href", _absolute(str(address)))
    return tokens


def _inner(tokens: Sequence[Token]) -> Iterator[Token]:
    for token in tokens:
        yield from token.children or ()


def _is_link(token: Token) -> bool:
    return token.type == "link_open"


def _absolute(address: str) -> str:
    return urljoin(settings.SITE_URL.rstrip("/") + "/", address)


# --- Plain text ---------------------------------------------------------------------------------


@dataclass(slots=True)
class _Page:
    """Plain text being written: what is open, and what stands so far."""

    text: str = ""
    bullets: list[int | None] = field(default_factory=list)  # the next number; None for dashes
    quotes: int = 0
    first: str = ""  # what stands before the next line: a bullet, or the room it took
    in_list: bool = False

    def turn(self, token: Token) -> None:
        """A list, an item or a quotation opens or closes."""
        if token.type in ("bullet_list_open", "ordered_list_open"):
            numbered = token.type == "ordered_list_open"
            self.bullets.append(int(token.attrGet("start") or 1) if numbered else None)
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            self.bullets.pop()
            self.first = "  " if self.bullets else ""
        elif token.type == "list_item_open":
            self.first = _bullet(self.bullets)
        elif token.type in ("blockquote_open", "blockquote_close"):
            self.quotes += token.nesting

    def write(self, said: str) -> None:
        """A block: items of a list one under the other, others a blank line apart."""
        indent = "> " * self.quotes + "  " * (len(self.bullets) - 1)
        lines = [f"{indent}{self.first}{said.splitlines()[0]}"]
        self.first = " " * len(self.first)
        lines += [f"{indent}{self.first}{line}" for line in said.splitlines()[1:]]
        gap = "\n" if self.in_list and self.bullets else "\n\n"
        self.text += (gap if self.text else "") + "\n".join(lines)
        self.in_list = bool(self.bullets)


def _plain(tokens: Sequence[Token]) -> str:
    page, heading = _Page(), ""
    for token in tokens:
        page.turn(token)
        if token.type == "heading_open":
            heading = token.tag
        elif token.type in ("inline", "fence", "code_block", "hr"):
            said = _said(token) or " "
            page.write(f"{said}\n{'-' * len(said)}" if heading else said)
            heading = ""
    return page.text


def _bullet(bullets: list[int | None]) -> str:
    number = bullets[-1]
    if number is None:
        return "– "
    bullets[-1] = number + 1
    return f"{number}. "


def _said(token: Token) -> str:
    if token.type == "hr":
        return "* * *"
    if token.children is None:
        return token.content.rstrip("\n")
    parts: list[str] = []
    target = ""
    for child in token.children:
        if child.type == "link_open":
            target = str(child.attrGet("href"))
        elif child.type == "link_close":
            parts.append("" if "".join(parts).endswith(target) else f" ({target})")
        elif child.type in ("softbreak", "hardbreak"):
            parts.append("\n")
        elif child.type == "image":
            parts.append(f"[{child.content}]")
        else:
            parts.append(child.content)
    return "".join(parts)
