"""A member in « Mon compte », with a keyboard and nothing else: no mouse, no JavaScript."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from zipfile import ZipFile

import pytest
from playwright.sync_api import Download, Page, expect

from clairevoie.accounts.models import Member
from tests.axe import faults
from tests.cast import PASSWORD
from tests.promises import promise

if TYPE_CHECKING:
    from playwright.sync_api import Locator

    from tests.cast import Person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PANELS = (
    "/mon-compte/",
    "/mon-compte/profil/",
    "/mon-compte/adresse/",
    "/mon-compte/avatar/",
    "/mon-compte/coordonnees/",
    "/mon-compte/coordonnees/retirer-mon-email/",
    "/mon-compte/codes-de-recuperation/",
    "/mon-compte/notifications/",
    "/mon-compte/mes-donnees/",
    "/mon-compte/conservation/",
    "/mon-compte/fermer/",
    "/signalement/",
    "/connexion/code-de-recuperation/",
    "/compte-ferme/",
)


def reach(page: Page, target: Locator) -> None:
    """Tab until ``target`` has the focus, as somebody without a mouse does."""
    for _ in range(60):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard never reaches {target}")


def write(page: Page, label: str, text: str) -> None:
    reach(page, page.get_by_label(re.compile(f"^{label}")))
    page.keyboard.press("Control+A")
    page.keyboard.type(text)


def press(page: Page, name: str, *, role: str = "button") -> None:
    target = page.get_by_role(role, name=name, exact=True)  # type: ignore[arg-type]
    reach(page, target)
    page.keyboard.press("Enter")


def tick(page: Page, label: str) -> None:
    reach(page, page.get_by_label(label))
    page.keyboard.press("Space")


def sign_in(page: Page, identifier: str) -> None:
    page.goto("/connexion/")
    reach(page, page.locator("[name=login]"))
    page.keyboard.type(identifier)
    reach(page, page.locator("[name=password]"))
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/mon-compte/**")


@promise("P-086", "P-089", "P-097")
@pytest.mark.browser_context_args(java_script_enabled=False)
def test_a_member_edits_exports_removes_the_email_and_leaves(
    alice: Person, eve: Person, page: Page
) -> None:
    Member.objects.filter(pk=alice.member.pk).update(phone=None, phone_verified=False)
    sign_in(page, alice.canaries.email)

    press(page, "Profil", role="link")
    write(page, "Nom", "Zzyxnouveaunom")
    press(page, "Enregistrer")
    expect(page.get_by_role("status")).to_contain_text("Votre profil est enregistré")

    press(page, "Mes données", role="link")
    press(page, "Préparer ma copie")
    pack = download(page)
    assert "Zzyxnouveaunom" in json.dumps(json.loads(pack.read("donnees.json")))

    page.goto("/mon-compte/coordonnees/")
    press(page, "Retirer mon adresse e-mail", role="link")
    tick(page, "J’ai compris")
    press(page, "Retirer mon adresse e-mail")
    expect(page.get_by_role("heading", level=1)).to_have_text("Vos codes de récupération")
    assert len(re.findall(r"(?:[0-9A-Z]{5}-){3}[0-9A-Z]{5}", page.content())) == 8

    press(page, "Fermer mon compte", role="link")
    expect(page.get_by_role("heading", name="Ce qui part")).to_be_visible()
    tick(page, "J’ai compris")
    press(page, "Fermer mon compte")
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre compte est fermé")
    member = Member.objects.get(pk=alice.member.pk)
    assert (member.email, member.is_active) == (None, False)


def download(page: Page) -> ZipFile:
    with page.expect_download() as started:
        press(page, "Télécharger", role="link")
    file: Download = started.value
    return ZipFile(file.path())


@promise("P-083")
@pytest.mark.browser_context_args(java_script_enabled=False)
def test_a_stranger_reports_with_the_keyboard(db: None, page: Page) -> None:
    page.goto("/signalement/")

    write(page, "Que s’est-il passé", "Quelqu’un se sert de mon compte.")
    press(page, "Envoyer le signalement")

    expect(page.get_by_role("heading", level=1)).to_have_text("Signalement reçu")


@pytest.mark.browser_context_args(
    color_scheme="dark", viewport={"width": 390, "height": 844}, locale="en-GB"
)
def test_every_panel_speaks_english_on_a_dark_telephone_and_is_accessible(
    alice: Person, page: Page
) -> None:
    sign_in(page, alice.canaries.email)
    problems: list[str] = []

    for path in PANELS:
        page.goto(path)
        expect(page.locator("html")).to_have_attribute("lang", "en")
        problems += [f"{path}: {fault}" for fault in faults(page)]
        width = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        problems += [f"{path}: scrolls sideways"] * (width > 0)

    assert problems == []
