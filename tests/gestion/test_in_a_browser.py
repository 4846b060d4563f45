"""The back office in a real browser: both schemes, both widths, under its own policy."""

from __future__ import annotations

import pytest
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
)
from playwright.sync_api import Page, expect

from clairevoie.lib import calendar
from clairevoie.messaging.models import Mailing, Message
from clairevoie.newsletter.models import Campaign
from clairevoie.privacy.models import ConsentText, Suspension
from tests.axe import faults
from tests.cast import PASSWORD, Person
from tests.gestion.test_doors import OPEN_TO
from tests.journeys.keys import keys
from tests.promises import promise

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ROOMS = ("", *(f"{room}/" for room, roles in OPEN_TO.items() if roles & {"eve"}))
FORMS = ("lettres/nouvelle/", "themes/ouvrir/", "imports/importer/", "incidents/nouveau/")


def _sign_in(page: Page, person: Person) -> None:
    """By the only way in: password, then the code of the second factor."""
    secret = generate_totp_secret()
    TOTP.activate(person.member, secret)
    page.goto("/gestion/")
    page.get_by_label("Adresse e-mail, téléphone ou pseudo").fill(person.canaries.email)
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Se connecter", exact=True).click()
    code = format_hotp_value(hotp_value(secret, int(calendar.now().timestamp()) // 30))
    page.locator("[name=code]").fill(code)
    page.locator("main button[type=submit]").first.click()
    page.wait_for_url("**/gestion/")


def _pages_of_a_record(person: Person) -> list[str]:
    """One of each kind, and what a letter's author sees of it."""
    letter, mailing = Campaign.objects.get(), Mailing.objects.get()
    return [
        f"personnes/{person.subject.uuid}/",
        f"lettres/{letter.uuid}/",
        f"envois/{mailing.uuid}/",
        f"textes-de-consentement/{ConsentText.objects.latest('id').pk}/",
        f"messages/{Message.including_restricted.latest('id').uuid}/",
    ]


def _wrong_with(page: Page) -> list[str]:
    """What axe finds serious, and scrolling sideways: at a desk by day, on a phone by night."""
    found = []
    for width, dark in ((1280, False), (390, True)):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme="dark" if dark else "light")
        # As opening the page in this scheme does, which the test sees once.
        page.evaluate("dark => document.documentElement.classList.toggle('dark', dark)", dark)
        found += [
            f"{width}: {fault}"
            for fault in faults(page)
            if fault.startswith(("serious", "critical"))
        ]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append(f"{width}: scrolls sideways")
    return found


def test_rooms_work_without_an_error_in_the_console(
    page: Page, eve: Person, alice: Person
) -> None:
    keys(alice)  # a life, so that no list is empty
    _sign_in(page, eve)
    told: list[str] = []
    page.on("console", lambda line: told.append(line.text) if line.type == "error" else None)
    page.on("pageerror", lambda error: told.append(str(error)))

    for room in (*ROOMS, *FORMS, *_pages_of_a_record(alice)):
        page.goto(f"/gestion/{room}")
        expect(page.locator("h1")).to_be_visible()
        assert not _wrong_with(page), room

    page.goto("/gestion/")
    expect(page.locator("html")).to_have_class("dark")
    assert not told


@promise("P-082")
def test_an_administrator_suspends_with_the_keyboard(
    page: Page, eve: Person, alice: Person
) -> None:
    _sign_in(page, eve)
    page.goto(f"/gestion/personnes/{alice.subject.uuid}/suspendre/")

    page.get_by_label("Raisons, telles que la personne les lira").focus()
    page.keyboard.type("Le compte sert à plusieurs personnes.")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.get_by_text("Le compte est suspendu.")).to_be_visible()
    assert Suspension.including_restricted.get().author == eve.subject.uuid
