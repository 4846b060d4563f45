"""A passkey from its first day to its last: Chromium holds the key, as a telephone would."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import CDPSession, Page, expect

from clairevoie.accounts.actions.suspending import suspend_member
from clairevoie.accounts.models import SecurityEvent
from clairevoie.lib import calendar
from tests.axe import faults
from tests.cast import PASSWORD

if TYPE_CHECKING:
    from tests.cast import Person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@dataclass(frozen=True)
class Device:
    """The fingerprint reader of a telephone, held by the browser itself."""

    devtools: CDPSession
    name: str

    def refuses_the_finger(self) -> None:
        self._say("setUserVerified", isUserVerified=False)

    def knows_the_finger(self) -> None:
        self._say("setUserVerified", isUserVerified=True)

    def loses_its_keys(self) -> None:
        self._say("clearCredentials")

    @property
    def keys(self) -> int:
        return len(self._say("getCredentials")["credentials"])

    def _say(self, what: str, **how: Any) -> Any:
        return self.devtools.send(f"WebAuthn.{what}", {"authenticatorId": self.name, **how})


@pytest.fixture
def telephone(page: Page) -> Device:
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    made = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    return Device(devtools, made["authenticatorId"])


@pytest.fixture(autouse=True)
def silent_console(page: Page) -> Iterator[None]:
    """Nothing is refused by the content security policy, nothing fails aside."""
    errors: list[str] = []
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield
    assert [error for error in errors if "status of 403" not in error] == []


def sign_in_by_password(page: Page, person: Person) -> None:
    page.goto("/connexion/")
    page.locator("[name=login]").fill(person.canaries.email)
    page.locator("[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/mon-compte/")


def add_key(page: Page, name: str, *, alone: bool = True) -> None:
    page.goto("/mon-compte/securite/cles/ajouter/")
    page.get_by_label("Nom de la clé").fill(name)
    if alone:
        page.get_by_label("Entrer avec cette clé seule").check()
    page.get_by_role("button", name="Ajouter", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Codes de secours")


def sign_out(page: Page) -> None:
    page.goto("/mon-compte/")
    page.get_by_role("button", name="Se déconnecter").click()
    page.wait_for_url(lambda url: "/mon-compte/" not in url)


def sign_in_by_key(page: Page) -> None:
    page.goto("/connexion/")
    page.get_by_role("button", name="Se connecter avec une clé d’accès").dispatch_event("click")


def test_a_key_is_added_opens_the_account_and_is_removed(
    page: Page, alice: Person, telephone: Device
) -> None:
    sign_in_by_password(page, alice)
    add_key(page, "Mon téléphone")
    assert telephone.keys == 1
    assert Authenticator.objects.filter(user=alice.member, type="webauthn").count() == 1

    sign_out(page)
    sign_in_by_key(page)
    page.wait_for_url("**/mon-compte/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Mon compte")
    assert SecurityEvent.objects.filter(subject=alice.subject, kind="signed-in").count() == 2

    page.goto("/mon-compte/securite/cles/")
    expect(page.locator("main")).to_contain_text("Mon téléphone")
    page.get_by_role("link", name="Renommer").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert faults(page) == []
    page.go_back()
    page.get_by_role("link", name="Retirer").click()
    expect(page.get_by_role("button", name="Retirer cette clé")).to_be_visible()
    assert faults(page) == []
    page.get_by_role("button", name="Retirer cette clé").click()
    page.wait_for_url("**/securite/**")
    assert not Authenticator.objects.filter(type="webauthn").exists()
    kinds = set(SecurityEvent.objects.values_list("kind", flat=True))
    assert {"second-factor-added", "second-factor-removed"} <= kinds


def test_a_removed_key_opens_nothing_and_the_page_says_so(
    page: Page, alice: Person, telephone: Device
) -> None:
    sign_in_by_password(page, alice)
    add_key(page, "Mon téléphone")
    Authenticator.objects.all().delete()

    sign_out(page)
    sign_in_by_key(page)

    expect(page.locator("main")).to_contain_text("Cette clé n’a pas été reconnue")
    page.goto("/mon-compte/")
    assert "/connexion/" in page.url
    assert telephone.keys == 1


def test_a_key_that_does_not_answer_says_so(page: Page, alice: Person, telephone: Device) -> None:
    sign_in_by_password(page, alice)
    add_key(page, "Mon téléphone")
    sign_out(page)

    telephone.refuses_the_finger()
    sign_in_by_key(page)

    # Seen, and not only in the page: the sentence stands there hidden from the first.
    expect(page.get_by_text("La clé n’a pas répondu")).to_be_visible()
    telephone.knows_the_finger()
    # The answer is so quick that the button is gone before a click has finished looking at it.
    page.get_by_role("button", name="Se connecter avec une clé d’accès").dispatch_event("click")
    page.wait_for_url("**/mon-compte/")


def test_a_suspended_member_with_a_key_reads_why(
    page: Page, alice: Person, eve: Person, telephone: Device
) -> None:
    sign_in_by_password(page, alice)
    add_key(page, "Mon téléphone")
    suspend_member(
        member=alice.member,
        author=eve.member,
        reason_code="sharing",
        reason="Compte prêté",
        appeal="Répondez à la présidente",
        at=calendar.now(),
    )

    sign_in_by_key(page)

    expect(page.locator("main")).to_contain_text("Répondez à la présidente")
    page.goto("/mon-compte/")
    assert "/connexion/" in page.url
    assert telephone.keys == 1


def test_a_key_serves_as_second_factor_after_the_password(
    page: Page, alice: Person, telephone: Device
) -> None:
    sign_in_by_password(page, alice)
    add_key(page, "Ma clé", alone=False)
    sign_out(page)

    page.goto("/connexion/")
    page.locator("[name=login]").fill(alice.canaries.email)
    page.locator("[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/connexion/second-facteur/")
    page.get_by_role("button", name="clé").click()

    page.wait_for_url("**/mon-compte/")
    assert telephone.keys == 1


@pytest.mark.browser_context_args(java_script_enabled=False)
@pytest.mark.parametrize("path", ["/connexion/", "/mon-compte/securite/cles/ajouter/"])
def test_without_javascript_the_page_says_that_keys_need_it(
    page: Page, alice: Person, path: str
) -> None:
    if path != "/connexion/":
        sign_in_by_password(page, alice)

    page.goto(path)

    expect(page.locator("main")).to_contain_text("Les clés d’accès ont besoin de JavaScript")
    expect(page.get_by_role("button", name="clé d’accès")).to_have_count(0)
    expect(page.get_by_role("button", name="Ajouter", exact=True)).to_have_count(0)
