"""What the tests of the public pages share."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

import pytest
from django.test import Client

# Every page that anybody may open.
PUBLIC = ("/", "/confidentialite/", "/confidentialite/v1/", "/mentions-legales/", "/cookies/")

_LOADS = {"img", "script", "link", "iframe", "source", "video", "audio", "embed", "form", "use"}


@dataclass
class Reading(HTMLParser):
    """What a page asks the browser to load or send, and what it carries inline."""

    loads: list[str] = field(default_factory=list)
    inline: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    anchors: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in _LOADS:
            addresses = (given.get(name) for name in ("src", "href", "action", "srcset", "data"))
            self.loads += [address for address in addresses if address]
        data = given.get("type") == "application/json"  # data, never executed
        code = tag == "script" and "src" not in given and not data
        if tag == "style" or code or "style" in given:
            self.inline.append(self.get_starttag_text() or tag)
        self.inline += [name for name in given if re.match(r"on[a-z]+$", name)]
        if given.get("id"):
            self.ids.append(str(given["id"]))
        if tag == "a" and str(given.get("href", "")).startswith("#"):
            self.anchors.append(str(given["href"])[1:])


def read(html: str) -> Reading:
    reading = Reading()
    reading.feed(html)
    return reading


@pytest.fixture
def visitor(db: None) -> Client:
    """A browser that knows nobody and keeps no cookie."""
    return Client()
