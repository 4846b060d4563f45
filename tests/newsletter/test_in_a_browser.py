"""The letter from the keyboard alone, without script; its pages read by axe."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal
from urllib.parse import urlsplit

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page

from clairevoie.newsletter.actions import writing
from clairevoie.newsletter.links import confirmation_link, preferences_link
from clairevoie.newsletter.models import Campaign, Pending, Subscription, Topic, is_subscribed
from tests.axe import faults, faults_by_day_and_by_night
from tests.cast import NOW, Person
from tests.gestion.conftest import SignIn, at_work
from tests.newsletter.scene import ADDRESS, confirmed
from tests.newsletter.test_pictures import joined
from tests.promises import promise

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
__all__ = ["at_work"]


@pytest.fixture
def topics(transactional_db: None) -> list[Topic]:
    """Two open topics."""
    return [
        Topic.objects.create(slug="parcours", name="Parcours", position=1),
        Topic.objects.create(slug="ateliers", name="Ateliers", description="Le samedi"),
    ]


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
def without_script(browser: Browser, base_url: str) -> Iterator[Page]:
    yield from opened(browser, base_url, width=390, scheme="light", java_script_enabled=False)


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the element has the focus; a page that traps it never gets there."""
    wanted = page.locator(f"{selector}:focus")
    for _ in range(60):
        if wanted.count():
            return
        page.keyboard.press("Tab")
    pytest.fail(f"the keyboard does not reach {selector}")


def path_of(link: str) -> str:
    return urlsplit(link).path


@promise("P-016")
def test_subscribing_takes_the_keyboard_alone_and_no_script(
    without_script: Page, topics: list[Topic]
) -> None:
    page = without_script
    page.goto("/newsletter/")
    tab_to(page, "input[name=email]")
    page.keyboard.type(ADDRESS)
    tab_to(page, "input[value=ateliers]")
    page.keyboard.press("Space")
    tab_to(page, "input[name=agreed]")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.wait_for_url("**/newsletter/demande/")

    pending = Pending.including_restricted.get()
    page.goto(path_of(confirmation_link(pending)))
    tab_to(page, "main button[type=submit]")
    page.keyboard.press("Enter")
    page.locator("h1", has_text="Votre abonnement est confirmé").wait_for()
    subscription = Subscription.including_restricted.get()
    assert is_subscribed(subscription.subject)

    page.goto(path_of(preferences_link(subscription)))
    tab_to(page, "button[name=stop]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/newsletter/arret/")
    assert not is_subscribed(subscription.subject)


def test_axe_finds_nothing_on_the_pages_of_the_letter(
    browser: Browser, base_url: str, topics: list[Topic]
) -> None:
    subscription = confirmed(ADDRESS, topics)
    letter = Campaign.objects.create(
        title="Une lettre", body="## A\n\n- b", written_at=NOW, sent_at=NOW, public=True
    )
    pages = (
        "/newsletter/",
        "/newsletter/demande/",
        "/newsletter/archives/",
        f"/newsletter/archives/{letter.uuid}/",
        path_of(preferences_link(subscription)),
        "/newsletter/arret/",
    )

    for page in opened(browser, base_url, width=390, scheme="light"):
        for path in pages:
            page.goto(path)
            assert faults_by_day_and_by_night(page) == [], path
            assert page.evaluate("document.documentElement.scrollWidth") <= 390, path


def test_the_back_office_pages_of_the_letter_are_as_clear(
    browser: Browser, base_url: str, topics: list[Topic], eve: Person, at_work: SignIn
) -> None:
    client: Client = at_work(eve)
    draft = writing.write_letter(
        draft=writing.Draft(
            title="Une lettre",
            preheader="Résumé",
            body="Bonjour\n\n## A\n\n[lien](https://exemple.fr)",
            language="fr",
            audience="everybody",
            topics=topics,
        ),
        campaign=None,
        author=eve.subject.uuid,
        at=NOW,
    )
    joined(draft)
    session = client.cookies["clairevoie_session"].value
    pages = (
        "/gestion/lettres/nouvelle/",
        f"/gestion/lettres/{draft.uuid}/joindre/",
        f"/gestion/lettres/{draft.uuid}/",
        f"/gestion/lettres/{draft.uuid}/envoyer/",
        "/gestion/imports/importer/",
    )

    for page in opened(browser, base_url, width=390, scheme="light"):
        page.context.add_cookies(
            [{"name": "clairevoie_session", "value": session, "url": base_url}]
        )
        for path in pages:
            page.goto(path)
            assert faults(page, within="#contenu") == [], path
            assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
