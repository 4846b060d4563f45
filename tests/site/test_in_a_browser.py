"""Public pages in a real browser: both schemes, both widths, keyboard, no script needed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page

from clairevoie.privacy.models import Execution
from tests.axe import faults, faults_by_day_and_by_night
from tests.cast import NOW, Person
from tests.promises import promise
from tests.site.conftest import PUBLIC

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGES = (*PUBLIC, "/connexion/", "/inscription/", "/nulle-part/")

# What a thumb presses and finds smaller than 44 pixels.
SMALL_TARGETS = """
    () => [...document.querySelectorAll('button, summary, .button, nav a, input')]
        .filter(e => !['hidden', 'checkbox', 'radio'].includes(e.type) && e.checkVisibility())
        .map(e => [e.textContent.trim().slice(0, 30), e.getBoundingClientRect()])
        .filter(([, box]) => box.height > 0 && box.height < 43.5)
        .map(([text, box]) => `${text}: ${box.height}`)
"""


@pytest.fixture
def executed(transactional_db: None) -> None:
    """Something has run, so that every state of a promise is on the page."""
    Execution.objects.create(executor="retention.account", last_at=NOW, times=1)


def opened(
    browser: Browser, base_url: str, *, width: int, scheme: Literal["light", "dark"], **more: Any
) -> Iterator[Page]:
    context = browser.new_context(
        base_url=base_url,
        locale="fr-FR",
        viewport={"width": width, "height": 900},
        color_scheme=scheme,
        **more,
    )
    yield context.new_page()
    context.close()


@pytest.fixture
def desk(browser: Browser, base_url: str) -> Iterator[Page]:
    yield from opened(browser, base_url, width=1280, scheme="light")


@pytest.fixture
def phone(browser: Browser, base_url: str) -> Iterator[Page]:
    yield from opened(browser, base_url, width=390, scheme="light")


@pytest.fixture
def without_script(browser: Browser, base_url: str) -> Iterator[Page]:
    yield from opened(browser, base_url, width=1280, scheme="light", java_script_enabled=False)


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.usefixtures("executed")
def test_axe_finds_nothing_in_either_scheme(desk: Page, path: str) -> None:
    desk.goto(path)
    # What is folded is read too: one of each kind, for they are all drawn alike.
    desk.evaluate(
        "for (const kind of ['chapter', 'sheet']) "
        "for (const d of [...document.getElementsByClassName(kind)].slice(0, 2)) d.open = true"
    )

    assert faults_by_day_and_by_night(desk) == []


@promise("P-004")
@pytest.mark.parametrize("path", PAGES)
def test_on_a_phone_a_page_fits_and_asks_nothing_of_anybody_else(
    phone: Page, base_url: str, path: str
) -> None:
    asked: list[str] = []
    complaints: list[str] = []
    phone.on("request", lambda request: asked.append(request.url))
    phone.on("console", lambda message: complaints.append(message.text))

    phone.goto(path, wait_until="networkidle")

    assert [url for url in asked if not url.startswith(base_url)] == []
    assert [text for text in complaints if "Content Security Policy" in text] == []
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    assert phone.evaluate(SMALL_TARGETS) == []


def test_the_keyboard_skips_to_the_content_first(phone: Page) -> None:
    phone.goto("/")

    phone.keyboard.press("Tab")
    first = phone.evaluate("document.activeElement.className")
    seen = phone.locator(".skip").bounding_box()
    phone.keyboard.press("Enter")

    assert first == "skip"
    assert seen is not None
    assert seen["y"] >= 0
    assert phone.evaluate("document.activeElement.id") == "contenu"


def test_a_promise_is_reached_by_its_address(phone: Page) -> None:
    phone.goto("/confidentialite/#P-088")

    assert phone.locator("#P-088").is_visible()


def test_the_language_changes_without_script(without_script: Page) -> None:
    without_script.goto("/mentions-legales/")

    without_script.get_by_role("button", name="English").press("Enter")

    assert without_script.url.endswith("/mentions-legales/")
    assert without_script.locator("html").get_attribute("lang") == "en"
    assert without_script.get_by_role("heading", level=1).inner_text() == "Legal notice"


def test_promises_are_filtered_without_script(without_script: Page) -> None:
    without_script.goto("/confidentialite/")

    without_script.get_by_role("link", name="Prévues").press("Enter")

    assert without_script.locator(".promise--planned").first.is_visible()
    assert without_script.locator(".promise:not(.promise--planned)").count() == 0


@pytest.mark.parametrize(
    "path",
    ["/mon-compte/", "/mon-compte/profil/", "/mon-compte/conservation/", "/mon-compte/fermer/"],
)
def test_my_account_is_as_clear_on_a_dark_phone(
    browser: Browser, base_url: str, alice: Person, path: str
) -> None:
    signed_in = Client()
    signed_in.force_login(alice.member)
    session = signed_in.cookies["clairevoie_session"].value

    for page in opened(browser, base_url, width=390, scheme="dark"):
        page.context.add_cookies(
            [{"name": "clairevoie_session", "value": session, "url": base_url}]
        )
        page.goto(path)

        assert faults(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert page.evaluate(SMALL_TARGETS) == []
