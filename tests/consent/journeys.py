"""What a visitor does with cookies, and what their browser then holds."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time

from django.http import HttpResponse
from django.test import Client

from clairevoie.lib.calendar import PARIS

CHOICE = "clairevoie_choix"
BANNER = '<section class="banner"'


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), tzinfo=PARIS)


def is_asked(client: Client, path: str = "/mentions-legales/") -> bool:
    """Whether the banner stands on a page."""
    return BANNER in client.get(path).content.decode()


def press(client: Client, choice: str, **more: object) -> HttpResponse:
    """Press one of the buttons: « accepter », « refuser », « enregistrer »…"""
    response: HttpResponse = client.post("/cookies/choix/", {"choix": choice, **more})
    return response


def held(client: Client) -> str:
    """The cookie of the choice as the browser holds it; empty when it holds none."""
    morsel = client.cookies.get(CHOICE)
    return morsel.value if morsel else ""


def deleted(response: HttpResponse) -> set[str]:
    """Names of the cookies that an answer makes the browser forget."""
    return {m.key for m in response.cookies.values() if str(m["max-age"]) == "0"}


def expiry(response: HttpResponse, name: str) -> datetime:
    stamp = datetime.strptime(response.cookies[name]["expires"], "%a, %d %b %Y %H:%M:%S GMT")
    return stamp.replace(tzinfo=UTC).astimezone(PARIS)


def buttons(html: str) -> list[str]:
    """The classes of everything that can be pressed in the banner, in order."""
    banner = html[html.index(BANNER) : html.index("</section>", html.index(BANNER))]
    return re.findall(r'<(?:button|a) class="([^"]*)"', banner)
