"""Forged cookies, strange forms, other sites: nothing changes. The receipt of a sound choice."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from urllib.parse import quote

import pytest
import time_machine
from django.test import Client

from clairevoie.consent.models import ShownText, TrackerChoice
from tests.cast import NOW
from tests.consent.journeys import CHOICE, deleted, held, is_asked, press

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


# --- Bad input ----------------------------------------------------------------------------------


def _spoiled(cookie: str) -> dict[str, str]:
    body, _, signature = cookie.rpartition(".")
    return {
        "forged": body.replace(".n:", ".y:", 1) + "." + signature,
        "cut short": cookie[:-1],
        "signed by nobody": body + "." + base64.urlsafe_b64encode(b"0" * 18).decode(),
        "over-long": cookie + "a" * 3000,
        "another make": "2" + cookie[1:],
        "not ours": "oui",
        "empty parts": "1....",
        "beyond ascii": "é" * 20,
    }


@pytest.mark.parametrize("case", _spoiled("1.-.x.y"))
def test_a_spoiled_cookie_is_no_choice_and_leaves(client: Client, case: str) -> None:
    press(client, "refuser")
    client.cookies[CHOICE] = quote(_spoiled(held(client))[case], safe=".:-_=")

    answer = client.get("/mentions-legales/")

    assert 'class="banner"' in answer.content.decode()
    assert deleted(answer) == {CHOICE}


def test_a_key_that_was_changed_is_still_read(client: Client, settings: object) -> None:
    press(client, "refuser")

    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]  # type: ignore[attr-defined]
    settings.SECRET_KEY = "another-key-of-this-very-test"  # type: ignore[attr-defined]

    assert not is_asked(client)


@pytest.mark.parametrize(
    "posted",
    [
        {"choix": "enregistrer", "traceur": ["pixel-espion"]},
        {"choix": "accepter:fun"},
        {"choix": "accepter:necessary"},
        {"choix": "accepter", "demande": "apparence inconnu"},
        {"choix": "accepter", "demande": "session"},
        {"choix": "oui"},
        {},
    ],
)
def test_what_does_not_exist_is_refused_with_a_page(
    client: Client, posted: dict[str, object]
) -> None:
    press(client, "refuser")
    before = held(client)

    answer = client.post("/cookies/choix/", posted)

    assert answer.status_code == 400
    assert "Votre choix n’a pas été changé" in answer.content.decode()
    assert held(client) == before
    assert TrackerChoice.objects.count() == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
    ],
)
@pytest.mark.parametrize("path", ["/cookies/choix/", "/cookies/apparence/"])
def test_another_site_cannot_choose_for_somebody(
    client: Client, headers: dict[str, str], path: str
) -> None:
    posted = {"choix": "accepter", "apparence": "sombre"}

    answer = client.post(path, posted, headers=headers)

    assert answer.status_code == 403
    assert not answer.cookies
    assert not TrackerChoice.objects.exists()


def test_our_own_forms_need_no_cookie_to_be_believed() -> None:
    client = Client(enforce_csrf_checks=True)

    answer = client.post(
        "/cookies/choix/",
        {"choix": "refuser"},
        headers={"sec-fetch-site": "same-origin", "origin": "http://testserver"},
    )

    assert answer.status_code == 303


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "evil",
        "/" + "a" * 3000,
        "",
    ],
)
def test_the_way_back_stays_on_the_site(client: Client, wanted: str) -> None:
    assert press(client, "refuser", retour=wanted)["Location"] == "/#choisi"
    page = client.get("/cookies/", {"retour": wanted, "enregistre": "1"}).content.decode()
    assert "Revenir où vous étiez" not in page


def test_the_address_of_the_form_leads_to_the_page(client: Client) -> None:
    assert client.get("/cookies/choix/")["Location"] == "/cookies/#choix"


# --- The receipt --------------------------------------------------------------------------------


def test_the_receipt_tells_what_was_said_and_upon_what(client: Client) -> None:
    press(client, "enregistrer", page="preferences", traceur=["visite"])
    proof = TrackerChoice.objects.get()

    answer = client.get("/cookies/recu/")
    receipt = answer.json()

    assert "attachment" in answer["Content-Disposition"]
    assert receipt["choice_id"] == proof.number.hex
    assert receipt["text_sha256"] == proof.text_hash
    assert receipt["policy_sha256"] == proof.policy_hash
    assert {c["tracker"]: c["accepted"] for c in receipt["choices"]} == {
        "apparence": False,
        "visite": True,
    }
    assert (receipt["chosen_on"], receipt["holds_until"]) == ("2026-11-22", "2027-05-22")


def test_the_receipt_of_a_refusal_names_nobody(client: Client) -> None:
    press(client, "refuser")

    receipt = client.get("/cookies/recu/").json()

    assert receipt["choice_id"] is None
    assert not any(choice["accepted"] for choice in receipt["choices"])
    assert ShownText.objects.get().sha256.startswith(receipt["text_sha256_begins"])


def test_without_a_choice_there_is_no_receipt(client: Client) -> None:
    answer = client.get("/cookies/recu/")

    assert answer.status_code == 404
    assert "Aucun choix sur cet appareil" in answer.content.decode()
