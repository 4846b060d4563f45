"""Signing up, in and out with a keyboard and nothing else: no mouse, no JavaScript."""

from __future__ import annotations

import email
import email.policy
import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from clairevoie.accounts.models import Member
from tests.axe import faults_by_day_and_by_night
from tests.cast import PASSWORD
from tests.promises import promise

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Locator

    from tests.cast import Person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NEW = "rivage 7 Fougue lilas"
PUBLIC = ("/inscription/", "/connexion/", "/mot-de-passe/oublie/", "/mot-de-passe/oublie/envoye/")
SIGNED_IN = (
    "/mon-compte/securite/",
    "/mon-compte/securite/mot-de-passe/",
    "/mon-compte/securite/e-mail/",
    "/mon-compte/securite/telephone/",
    "/mon-compte/securite/application/",
    "/mon-compte/securite/cles/",
    "/mon-compte/securite/cles/ajouter/",
)


def reach(page: Page, target: Locator) -> None:
    for _ in range(60):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard never reaches {target}")


def write(page: Page, name: str, text: str) -> None:
    reach(page, page.locator(f"main [name={name}]"))
    page.keyboard.type(text)


def last_message(home: Path) -> str:
    newest = max((home / "mail").iterdir(), key=lambda path: path.stat().st_mtime_ns)
    if newest.suffix == ".eml":
        mail = email.message_from_bytes(newest.read_bytes(), policy=email.policy.default)
        body = mail.get_body(("plain",))
        assert body is not None
        return str(body.get_content())
    return newest.read_text()


def fill_sign_up(page: Page, **contact: str) -> None:
    page.goto("/inscription/")
    write(page, "last_name", "Sukarno")
    for name, value in contact.items():
        write(page, name, value)
    write(page, "password1", NEW)
    reach(page, page.locator("[name=terms]"))
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.wait_for_url("**/verification/**")


def type_code(page: Page, home: Path) -> None:
    write(page, "code", re.findall(r"\b\d{8}\b", last_message(home))[0])
    page.keyboard.press("Enter")
    page.wait_for_url("**/mon-compte/")


@promise("P-013", "P-014")
@pytest.mark.browser_context_args(java_script_enabled=False)
def test_somebody_signs_up_by_email_and_out_again(page: Page, home: Path) -> None:
    fill_sign_up(page, email="nouvelle@exemple.fr")
    type_code(page, home)

    page.goto("/deconnexion/")
    reach(page, page.locator("main button").first)
    page.keyboard.press("Enter")

    page.wait_for_url(lambda url: not url.endswith("/deconnexion/"))
    expect(page.locator("main")).to_contain_text("Vous êtes déconnecté")
    assert Member.objects.get().email == "nouvelle@exemple.fr"


@promise("P-013", "P-014")
@pytest.mark.browser_context_args(java_script_enabled=False)
def test_somebody_signs_up_by_telephone_and_chooses_another_password(
    page: Page, home: Path
) -> None:
    fill_sign_up(page, phone="06 12 34 56 78")
    type_code(page, home)
    page.context.clear_cookies()

    page.goto("/mot-de-passe/oublie/")
    write(page, "email", "06 12 34 56 78")
    page.keyboard.press("Enter")
    page.wait_for_url("**/envoye/")
    link = re.findall(r"http://[^/]+(\S+)", last_message(home))[0]
    page.goto(link)
    write(page, "password1", PASSWORD)
    write(page, "password2", PASSWORD)
    page.keyboard.press("Enter")

    page.wait_for_url("**/fait/")
    assert Member.objects.get().check_password(PASSWORD)


@pytest.mark.browser_context_args(java_script_enabled=False)
def test_what_is_wrong_is_said_on_top_and_beside_each_field(page: Page) -> None:
    page.goto("/inscription/")
    write(page, "password1", "court")
    page.keyboard.press("Enter")

    summary = page.get_by_role("alert")
    expect(summary).to_contain_text("trop court")
    field = page.locator("[name=password1]")
    assert field.get_attribute("aria-invalid") == "true"
    described = field.get_attribute("aria-describedby") or ""
    texts = " ".join(page.locator(f"#{one}").inner_text() for one in described.split())
    assert "trop court" in texts


def test_the_pages_are_accessible_and_fit_a_telephone(page: Page, alice: Person) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    errors: list[str] = []
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)

    for path in PUBLIC:
        check(page, path)
    page.goto("/connexion/")
    write(page, "login", alice.canaries.email)
    write(page, "password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/mon-compte/")
    for path in SIGNED_IN:
        check(page, path)

    assert errors == []


def check(page: Page, path: str) -> None:
    page.goto(path)
    assert faults_by_day_and_by_night(page) == [], path
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390, f"{path} is {width} px wide"
