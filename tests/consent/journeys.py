"""What a visitor does with cookies, and what their browser then holds."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from email.utils import parsedate_to_datetime
from typing import Any

from django.test import Client

from clairevoie.lib.calendar import PARIS

Answer = Any  # the test client's answer: a response with more on it
CHOICE = "clairevoie_choix"
BANNER = '<section class="banner"'


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), tzinfo=PARIS)


def is_asked(client: Client, path: str = "/mentions-legales/") -> bool:
    """Whether the banner stands on a page."""
    return BANNER in client.get(path).content.decode()


def press(client: Client, choice: str, **more: object) -> Answer:
    """Press one of the buttons: « accepter », « refuser », « enregistrer »…"""
    return client.post("/cookies/choix/", {"choix": choice, **more})


def held(client: Client) -> str:
    """The cookie of the choice as the browser holds it; empty when it holds none."""
    morsel = client.cookies.get(CHOICE)
    return morsel.value if morsel else ""


def deleted(response: Answer) -> set[str]:
    """Names of the cookies that an answer makes the browser forget."""
    return {m.key for m in response.cookies.values() if str(m["max-age"]) == "0"}


def expiry(response: Answer, name: str) -> datetime:
    return parsedate_to_datetime(response.cookies[name]["expires"]).astimezone(PARIS)


def buttons(html: str) -> list[str]:
    """The classes of everything that can be pressed in the banner, in order."""
    banner = html[html.index(BANNER) : html.index("</section>", html.index(BANNER))]
    return re.findall(r'<(?:button|a) class="([^"]*)"', banner)
