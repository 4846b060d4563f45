"""Exercises and packages in a real browser: from the keyboard, and in a cage."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, FrameLocator, Page, expect

from clairevoie.learning.actions import enrolling, playing
from clairevoie.learning.actions.importing import import_parcours
from clairevoie.learning.models import Attempt, PackageResult, Parcours, Way
from tests.axe import faults
from tests.cast import NOW, Person
from tests.learning.folder import SLUG, sources
from tests.learning.scorm import framed, package

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(browser: Browser, base_url: str, alice: Person) -> Iterator[Page]:
    """Alice's window, on a dark phone; she follows a parcours."""
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
    yield context.new_page()
    context.close()


def test_alice_answers_from_the_keyboard_and_stays_where_she_is(page: Page) -> None:
    page.goto(f"/apprendre/{SLUG}/au-centre/la-moyenne/")
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

    assert faults(page, within=".exercises") == []
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert set(Attempt.objects.values_list("code", "points")) == {("rang", 3), ("mot", 0)}


@pytest.mark.parametrize(
    ("archive", "frames", "wanted"),
    [
        (framed(), (".cage__frame", "iframe"), ("passed", 85)),
        (package(standard="2004"), (".cage__frame",), ("failed", 40)),
    ],
    ids=["frames of 1.2 that call each other", "2004"],
)
def test_a_package_reports_its_score_and_sees_nothing_of_the_site(
    page: Page, archive: bytes, frames: tuple[str, ...], wanted: tuple[str, int]
) -> None:
    parcours = Parcours.objects.get(slug=SLUG)
    brought = playing.bring(parcours=parcours, archive=archive, author=uuid4(), at=NOW)
    cage: Page | FrameLocator = page
    for frame in frames:
        cage = cage.frame_locator(frame)
    seen = "cookies:  | top: SecurityError | storage: SecurityError"

    page.goto(f"/apprendre/{SLUG}/paquets/{brought.uuid}/1/")
    expect(cage.locator("#vu")).to_have_text(f"{seen} | before: | name: | fetch: refused")
    expect(cage.locator("h1")).to_have_css("color", "rgb(1, 2, 3)")
    page.locator(".cage__frame").scroll_into_view_if_needed()  # out of sight, it does not draw
    cage.locator("#juste").click()
    expect(page.locator(".cage__said")).to_contain_text("Enregistré")
    page.get_by_role("link", name="Le parcours").click()
    page.wait_for_url(f"/apprendre/{SLUG}/")
    page.goto(f"/apprendre/{SLUG}/paquets/{brought.uuid}/1/")
    expect(cage.locator("#vu")).to_contain_text("before: page 2")

    result = PackageResult.objects.get()
    assert (result.status, result.points) == wanted
    assert faults(page, within="main") == []
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
