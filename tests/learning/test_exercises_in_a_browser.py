"""Exercises in a real browser: from the keyboard alone, without leaving the page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from clairevoie.learning.actions import enrolling
from clairevoie.learning.actions.importing import import_parcours
from clairevoie.learning.models import Attempt, Parcours, Way
from tests.cast import NOW, Person
from tests.learning.folder import SLUG, sources

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(browser: Browser, base_url: str, alice: Person) -> Iterator[Page]:
    """Alice's chapter, on a dark phone."""
    import_parcours(slug=SLUG, files=sources(), publish=True, author=None, at=NOW)
    parcours = Parcours.objects.select_related("current").get(slug=SLUG)
    enrolling.enrol(subject=alice.subject, parcours=parcours, way=Way.OPEN, at=NOW)
    client = Client()
    client.force_login(alice.member)
    session = client.cookies[settings.SESSION_COOKIE_NAME]
    context = browser.new_context(
        base_url=base_url,
        locale="fr-FR",
        viewport={"width": 390, "height": 900},
        color_scheme="dark",
    )
    context.add_cookies([{"name": session.key, "value": session.value, "url": base_url}])
    page = context.new_page()
    page.goto(f"/apprendre/{SLUG}/au-centre/la-moyenne/")
    yield page
    context.close()


def test_alice_answers_from_the_keyboard_and_stays_where_she_is(page: Page) -> None:
    order, word = page.locator("#exercice-rang"), page.locator("#exercice-mot")
    items = order.locator(".ranking__text")
    for wanted in ("deux", "un"):  # to the top, one after the other
        while items.first.inner_text() != wanted:
            order.get_by_role("button", name=f"Monter : {wanted}").focus()
            page.keyboard.press("Enter")
            expect(order.get_by_role("button", name=f"Monter : {wanted}")).to_be_focused()

    order.get_by_role("button", name="Valider").focus()
    page.keyboard.press("Enter")
    expect(order.locator(".verdict")).to_contain_text("C’est juste.")
    expect(order.locator(".verdict")).to_be_focused()
    word.get_by_role("textbox").focus()
    page.keyboard.press("Enter")
    expect(word.locator(".exercise__refused")).to_have_text("Répondez avant de valider.")
    word.get_by_role("textbox").fill("moyenne")
    page.keyboard.press("Enter")
    expect(word.locator(".verdict")).to_contain_text("Pas encore.")

    found = Axe().run(page, context=".exercises").response["violations"]
    assert [fault["id"] for fault in found] == []
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert set(Attempt.objects.values_list("code", "points")) == {("rang", 3), ("mot", 0)}
