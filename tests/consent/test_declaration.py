"""One register, five outputs: what is published is what is executed."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client

from clairevoie import policy
from tests.architecture.addresses import addresses
from tests.cast import NOW, Person
from tests.consent.changing import OwnPolicy, switch_on
from tests.consent.journeys import BANNER, press
from tests.promises import promise

pytestmark = pytest.mark.django_db
OPTIONAL = {"apparence", "visite"}
THIRD = "google-analytics"


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def declaration(client: Client) -> str:
    return client.get("/cookies/").content.decode()


def line(html: str, code: str) -> str:
    start = html.index(f'data-tracker="{code}"')
    return html[start : html.index("</tr>", start)]


@promise("P-033")
def test_every_tracker_of_the_register_is_declared(client: Client) -> None:
    html = declaration(client)

    for code, tracker in policy.current().trackers.items():
        assert all(f"<code>{name}</code>" in line(html, code) for name in tracker.names)
        assert tracker.provider in line(html, code)


def test_each_line_says_how_long_and_for_whom(client: Client) -> None:
    html = declaration(client)

    session, choice, visit = (line(html, code) for code in ("session", "choix", "visite"))
    assert "jusqu’à la fermeture du navigateur" in session
    assert "30\u00a0jours si vous le demandez" in session
    assert "6\u00a0mois" in choice
    assert "permanent" in choice
    assert "13\u00a0mois" in visit
    assert "nous-mêmes" in visit
    assert "tiers" in line(html, THIRD)


@promise("P-053")
def test_the_declaration_is_ours_and_dated(client: Client, changing: OwnPolicy) -> None:
    changing.say("visite", file="trackers", updated_on="2026-12-24")

    html = declaration(client)

    assert 'Déclaration mise à jour le <time datetime="2026-12-24">' in html
    assert "sans aucun prestataire" in html
    assert "cookiefirst" not in html.lower()


@promise("P-056")
def test_the_table_of_losses_is_the_registers_and_the_browsers_help_is_near(
    client: Client,
) -> None:
    html = declaration(client)
    losses = dict(re.findall(r'data-loss="([\w-]+)">.*?<td[^>]*>(.*?)</td>', html))

    wanted = {c: policy.current().trackers[c].loss for c in OPTIONAL}
    assert losses == wanted
    assert all(f">{name}</a>" in html for name in ("Firefox", "Chrome", "Safari", "Edge"))


@promise("P-055")
def test_every_page_leads_to_the_choice(client: Client, alice: Person) -> None:
    client.force_login(alice.member)
    found, without = 0, []
    for address in addresses():
        if address.sample.startswith("/gestion/"):
            continue
        for reader in (client, Client()):
            answer = reader.get(address.sample)
            if not str(answer.get("Content-Type", "")).startswith("text/html"):
                continue
            html = answer.content.decode() if not answer.streaming else ""
            if "<html" in html:
                found += 1
                if "/cookies/#choix" not in html:
                    without.append(address.sample)

    assert found > 60
    assert without == []


# --- Third parties ------------------------------------------------------------------------------


@promise("P-049", "P-051")
def test_who_else_decides_is_listed_before_any_choice(client: Client, changing: OwnPolicy) -> None:
    switch_on(changing, THIRD)

    html = declaration(client)
    thirds = html[html.index('class="thirds"') : html.index("</ul>", html.index('class="thirds"'))]

    tracker = policy.current().trackers[THIRD]
    assert policy.current().recipients[THIRD].name in thirds
    assert tracker.policy_link in thirds
    assert "relue le" in thirds
    assert 'datetime="2026-11-20"' in thirds
    banner = client.get("/").content.decode()
    assert tracker.provider in banner[banner.index(BANNER) : banner.index("<header")]


def csp(client: Client, path: str = "/mentions-legales/") -> str:
    return str(client.get(path)["Content-Security-Policy"])


@promise("P-046", "P-049")
def test_a_page_may_load_from_a_third_party_only_for_who_agreed_to_it(
    client: Client, changing: OwnPolicy
) -> None:
    switch_on(changing, THIRD)
    refused, part, everything = Client(), Client(), Client()
    press(refused, "refuser")
    press(part, "enregistrer", page="preferences", traceur=["visite"])
    press(everything, "accepter")

    for reader in (client, refused, part):
        assert "https:" not in csp(reader)
    assert "script-src 'self' https://www.googletagmanager.com" in csp(everything)
    assert "https:" not in csp(everything, "/gestion/composants/") or "/gestion/" not in THIRD
    assert "https:" not in str(everything.get("/robots.txt")["Content-Security-Policy"])


@promise("P-045")
def test_what_a_third_party_lost_is_closed_to_those_who_had_agreed(
    client: Client, changing: OwnPolicy
) -> None:
    switch_on(changing, THIRD)
    press(client, "accepter")
    client.cookies["_ga"] = "GA1.1"
    assert "googletagmanager" in csp(client)

    changing.say_all(
        ("trackers", THIRD, "active", "false"), ("recipients", THIRD, "active", "false")
    )

    assert "https:" not in csp(client)
    answer = client.get("/mentions-legales/")
    assert str(answer.cookies["_ga"]["max-age"]) == "0"


def test_without_a_third_party_no_page_may_load_from_anywhere(client: Client) -> None:
    press(client, "accepter")

    assert "https:" not in csp(client)


# --- Nobody gets another reader's page ----------------------------------------------------------


def test_pages_remembered_by_the_server_never_cross(client: Client, changing: OwnPolicy) -> None:
    switch_on(changing, THIRD)
    accepted, refused = Client(), Client()
    press(accepted, "accepter")
    press(refused, "refuser")
    accepted.post("/cookies/apparence/", {"apparence": "sombre"})

    for _ in range(2):  # the second time everything comes from memory
        seen = {
            name: (reader.get("/mentions-legales/"))
            for name, reader in (("asked", client), ("yes", accepted), ("no", refused))
        }
        html = {name: answer.content.decode() for name, answer in seen.items()}
        assert [BANNER in html[name] for name in seen] == [True, False, False]
        assert ["data-scheme" in html[name] for name in seen] == [False, True, False]
        policies = [answer["Content-Security-Policy"] for answer in seen.values()]
        assert ["googletagmanager" in text for text in policies] == [False, True, False]
        for answer in seen.values():
            assert {"Cookie", "Sec-GPC"} <= set(answer["Vary"].split(", "))
            assert "private" in answer["Cache-Control"]


def test_the_banner_speaks_the_readers_language(client: Client) -> None:
    client.get("/mentions-legales/")

    english = client.get("/mentions-legales/", headers={"accept-language": "en"})

    assert "Accept all" in english.content.decode()
    assert "Tout accepter" in client.get("/mentions-legales/").content.decode()


def test_the_way_back_is_each_readers_own(client: Client) -> None:
    first = client.get("/mentions-legales/?a=1&b=2").content.decode()
    second = client.get("/confidentialite/").content.decode()

    assert 'name="retour" value="/mentions-legales/?a=1&amp;b=2"' in first
    assert 'href="/cookies/?retour=/mentions-legales/%3Fa%3D1%26b%3D2#choix"' in first
    assert 'name="retour" value="/confidentialite/"' in second
