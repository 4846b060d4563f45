"""The banner in a real browser: keyboard alone, with and without JavaScript, on a phone."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from playwright.sync_api import Browser, Page

from clairevoie.consent.models import TrackerChoice
from tests.axe import faults
from tests.consent.journeys import BANNER
from tests.promises import promise


def in_a_browser(test: Callable[..., None]) -> Callable[..., None]:
    marked: Callable[..., None] = pytest.mark.django_db(transaction=True)(test)
    named: Callable[..., None] = pytest.mark.browser(marked)
    return named


HEAVIEST = 1_500  # bytes, compressed: HTML, CSS and JavaScript in all

# Whether something else lies over the middle of what has the focus (WCAG 2.4.11).
COVERED = """
    () => {
        const e = document.activeElement, box = e.getBoundingClientRect();
        const x = box.left + box.width / 2, y = box.top + Math.min(box.height / 2, 20);
        const top = document.elementFromPoint(x, y);
        return !top || !(e.contains(top) || top.contains(e));
    }
"""
FOCUSED = "(document.activeElement.textContent || '').trim().slice(0, 30)"


@pytest.mark.django_db
def test_the_banner_weighs_less_than_a_kilobyte_and_a_half() -> None:
    html = Client().get("/mentions-legales/").content.decode()
    start = html.index(BANNER)
    banner = html[start : html.index("</section>", start) + len("</section>")]
    stylesheet = Path(str(finders.find("site/site.css"))).read_text()
    css = re.search(r"/\* --- Banner:.*?--- Banner ends --- \*/", stylesheet, re.DOTALL)
    script = Path(str(finders.find("consent/embed.js"))).read_text()

    assert css
    parts = [len(gzip.compress(text.encode(), 9)) for text in (banner, css[0], script)]
    assert sum(parts) <= HEAVIEST, parts
    assert "<script" not in html


@pytest.fixture(params=[True, False], ids=["with script", "without script"])
def desk(request: pytest.FixtureRequest, browser: Browser, base_url: str) -> Iterator[Page]:
    context = browser.new_context(
        base_url=base_url, locale="fr-FR", java_script_enabled=request.param
    )
    yield context.new_page()
    context.close()


@pytest.fixture
def phone(browser: Browser, base_url: str) -> Iterator[Page]:
    context = browser.new_context(
        base_url=base_url,
        locale="fr-FR",
        viewport={"width": 390, "height": 844},
        reduced_motion="reduce",  # what has the focus is where it will stay
    )
    yield context.new_page()
    context.close()


def cookies(page: Page) -> dict[str, str]:
    return {c["name"]: c["value"] for c in page.context.cookies()}


@promise("P-054")
@in_a_browser
@pytest.mark.parametrize("button", ["Tout accepter", "Tout refuser"])
def test_the_keyboard_alone_chooses_and_comes_back(desk: Page, button: str) -> None:
    desk.goto("/mentions-legales/")
    region = desk.get_by_role("region", name="Vos cookies, votre choix")
    assert region.is_visible()

    seen = []
    for _ in range(4):
        desk.keyboard.press("Tab")
        seen.append(desk.locator(":focus").inner_text())
        if seen[-1] == button:
            break
    desk.keyboard.press("Enter")
    desk.wait_for_url("**/mentions-legales/#choisi")
    said = desk.locator(":focus")

    assert said.inner_text().startswith("Votre choix est enregistré.")
    desk.keyboard.press("Tab")
    assert desk.locator(":focus").inner_text() == "Le modifier"
    assert seen == ["Aller au contenu", "Tout accepter", "Tout refuser"][: len(seen)]
    assert region.count() == 0
    assert "clairevoie_choix" in cookies(desk)
    assert TrackerChoice.objects.count() == 1


@in_a_browser
def test_the_keyboard_leaves_the_banner_as_it_came(desk: Page) -> None:
    desk.goto("/mentions-legales/")

    for key in ("Tab", "Tab", "Escape", "Tab", "Tab", "Tab"):
        desk.keyboard.press(key)
    after = desk.locator(":focus")
    inside = desk.locator(".banner :focus").count()
    name = after.inner_text()
    desk.keyboard.press("Shift+Tab")

    assert inside == 0
    assert "Smart Solutions" in name
    assert desk.locator(":focus").inner_text() == "Personnaliser"
    assert not TrackerChoice.objects.exists()


@promise("P-034", "P-055")
@in_a_browser
def test_one_tracker_is_accepted_then_taken_back_by_the_keyboard(desk: Page) -> None:
    desk.goto("/mentions-legales/")
    desk.get_by_role("link", name="Personnaliser").press("Enter")
    desk.wait_for_url("**/cookies/**")
    box = desk.get_by_role("checkbox", name="Retenir l’apparence claire ou sombre")
    assert not box.is_checked()

    box.press("Space")
    box.press("Enter")  # Enter in a form saves it
    desk.wait_for_url("**enregistre=1**")
    assert desk.get_by_role("status").filter(has_text="enregistré").is_visible()
    desk.locator(".site-foot").get_by_role("button", name="Sombre").press("Enter")
    kept = {c["name"]: c["expires"] for c in desk.context.cookies()}
    desk.get_by_role("link", name="MODIFIER MON CONSENTEMENT").press("Enter")
    desk.get_by_role("button", name="Tout refuser").last.press("Enter")
    desk.wait_for_url("**enregistre=1**")

    assert kept["clairevoie_apparence"] > 0
    assert "clairevoie_apparence" not in cookies(desk)
    assert [c.withdrawn for c in TrackerChoice.objects.order_by("chosen_at")] == ["", "apparence"]


@in_a_browser
def test_on_a_phone_the_banner_covers_nothing_that_has_the_focus(phone: Page) -> None:
    phone.goto("/connexion/")

    for _ in range(22):
        phone.keyboard.press("Tab")
        assert not phone.evaluate(COVERED), phone.evaluate(FOCUSED)
    boxes = [b.bounding_box() for b in phone.locator(".banner .button").all()]

    sizes = {(round(b["width"]), round(b["height"])) for b in boxes if b}
    assert len(sizes) == 1
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390


@in_a_browser
def test_the_three_answers_look_the_same(phone: Page) -> None:
    phone.goto("/mentions-legales/")

    drawn = phone.evaluate(
        """() => [...document.querySelectorAll('.banner .button')].map(e => {
            const s = getComputedStyle(e);
            return [s.color, s.backgroundColor, s.borderColor, s.fontSize, s.fontWeight].join();
        })"""
    )

    assert len(drawn) == 3
    assert len(set(drawn)) == 1


@in_a_browser
@pytest.mark.parametrize("path", ["/mentions-legales/", "/cookies/", "/cookies/recu/"])
@pytest.mark.parametrize("scheme", ["claire", "sombre"])
def test_axe_finds_nothing_whatever_was_chosen(phone: Page, path: str, scheme: str) -> None:
    phone.goto(path)
    phone.locator(f'[name="apparence"][value="{scheme}"]').press("Enter")
    phone.wait_for_load_state()

    assert phone.locator("html").get_attribute("data-scheme")
    assert faults(phone) == []


@promise("P-044")
@in_a_browser
def test_the_appearance_changes_without_script(desk: Page) -> None:
    desk.emulate_media(color_scheme="light")
    desk.goto("/mentions-legales/")

    desk.locator(".site-foot").get_by_role("button", name="Sombre").press("Enter")
    desk.wait_for_load_state()

    assert desk.locator("html").get_attribute("data-scheme") == "dark"
    [cookie] = [c for c in desk.context.cookies() if c["name"] == "clairevoie_apparence"]
    assert cookie["expires"] == -1  # until the browser closes
    assert desk.url.endswith("/mentions-legales/")
