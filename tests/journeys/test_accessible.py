"""Every page, as a visitor on a dark phone and as a member at a desk: axe finds nothing.

The banner of cookies is on each page that carries it: nobody has chosen yet.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, ViewportSize

from tests import axe
from tests.architecture.addresses import addresses
from tests.cast import Person
from tests.journeys.crawl import STAFF_ONLY, pages, signed_in
from tests.journeys.keys import keys
from tests.site.conftest import PUBLIC

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PHONE, DESK = ViewportSize(width=390, height=900), ViewportSize(width=1280, height=900)

# What else a key opens: files, and ways back to a page that is read.
FILES = {
    "apprendre/<slug:slug>/<slug:module>/projet/fichiers/<uuid:number>/",
    "apprendre/<slug:slug>/exercices/<slug:code>/",
    "badges/<str:number>.json",
    "badges/<str:number>.png",
    "badges/<str:number>.svg",
    r"^contenus/(?P<fingerprint>[0-9a-f]{64})\.(?P<form>png|jpg|webp|svg|mp4|webm|vtt|csv|json|txt|"
    r"ipynb)$",
    "paquets/<str:key>/<path:path>",
    "parcours/<slug:slug>/suivre/",
    "mon-compte/avatar/<int:side>.webp",
    "mon-compte/certificats/<str:number>.pdf",
    "mon-compte/consentements/<int:number>/recu.json",
    "mon-compte/mes-donnees/<uuid:token>.zip",
    "newsletter/archives/<uuid:number>/images/<str:name>",
}

# Read in test_passkey.py, where a device holds the key of which they speak.
OF_A_DEVICE = {
    "mon-compte/securite/cles/<int:pk>/renommer/",
    "mon-compte/securite/cles/<int:pk>/retirer/",
}


@pytest.fixture
def window(browser: Browser, base_url: str) -> Iterator[Any]:
    """Opens the live server as ``client``."""
    made = []

    def open_as(client: Client, **more: Any) -> Page:
        context = browser.new_context(base_url=base_url, locale="fr-FR", **more)
        made.append(context)
        session = client.cookies.get(settings.SESSION_COOKIE_NAME)
        if session is not None:
            context.add_cookies([{"name": session.key, "value": session.value, "url": base_url}])
        return context.new_page()

    yield open_as
    for context in made:
        context.close()


def faults(window: Page, screen: ViewportSize, paths: list[str]) -> list[str]:
    """What axe finds on each page, and the pages wider than a screen."""
    found: list[str] = []
    for path in paths:
        window.goto(path)
        if not window.locator(".banner").count() and not path.startswith("/cookies/"):
            found.append(f"{path}: no banner, so nothing was read of it")
        for each in (PHONE, DESK, screen):
            window.set_viewport_size(each)
            if window.evaluate("document.documentElement.scrollWidth > innerWidth"):
                found.append(f"{path}: scrolls sideways at {each['width']} pixels")
        found += [f"{path}: {fault}" for fault in axe.faults(window)]
    return found


def test_a_visitor_on_a_dark_phone_is_kept_from_nothing(window: Any, alice: Person) -> None:
    true_links, visitor = keys(alice), Client()
    page = window(visitor, viewport=PHONE, color_scheme="dark")

    opened = [path for path in true_links.values() if visitor.get(path).status_code == 200]
    found = faults(page, PHONE, [*pages(visitor), *opened])

    assert found == []


def test_a_member_at_a_desk_is_kept_from_nothing(window: Any, alice: Person) -> None:
    true_links, member = keys(alice), signed_in(alice)
    # Those that say the same to everybody are read at a desk by tests/site.
    own = [path for path in pages(member) if path not in PUBLIC]
    page = window(member, viewport=DESK, color_scheme="light")

    found = faults(page, DESK, [*own, *true_links.values()])

    assert found == []


def test_every_page_behind_a_key_has_a_true_one(alice: Person) -> None:
    """A page that somebody adds behind a link needs a line in ``keys``."""
    member, true_links = signed_in(alice), keys(alice)

    locked = {
        address.route
        for address in addresses()
        if re.search(r"<|\(\?P", address.route)
        and not address.sample.startswith(STAFF_ONLY)
        and member.get(address.sample).status_code == 404
    }

    assert locked - set(true_links) - FILES - OF_A_DEVICE == set()
    assert {
        route: answer.status_code
        for route, path in true_links.items()
        for answer in [member.get(path, follow=True)]
        if answer.status_code != 200
    } == {}


def test_axe_says_what_is_wrong_and_where(page: Page) -> None:
    page.set_content('<html lang="fr"><title>x</title><main><h1>x</h1><img src="x"></main>')

    assert [fault.split(":")[0] for fault in axe.faults(page)] == ["critical image-alt"]
