"""Light or dark, as a person says: for the session, or six months if they agreed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from django.contrib.staticfiles import finders
from django.test import Client

from tests.cast import NOW
from tests.consent.journeys import press
from tests.promises import promise

pytestmark = pytest.mark.django_db
COOKIE = "clairevoie_apparence"


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def chosen(client: Client, scheme: str) -> object:
    answer = client.post(
        "/cookies/apparence/", {"apparence": scheme, "retour": "/mentions-legales/"}
    )
    assert (answer.status_code, answer["Location"]) == (303, "/mentions-legales/")
    return answer.cookies[COOKIE]["max-age"]


def opening(client: Client) -> str:
    html = client.get("/mentions-legales/").content.decode()
    return html[html.index("<html") : html.index(">", html.index("<html"))]


@promise("P-044")
def test_refused_the_choice_lasts_for_the_session_and_nobody_else_is_asked(
    client: Client,
) -> None:
    press(client, "refuser")

    assert chosen(client, "sombre") == ""
    assert opening(client) == '<html lang="fr" data-scheme="dark"'
    assert "https:" not in client.get("/mentions-legales/")["Content-Security-Policy"]
    assert COOKIE not in client.get("/mentions-legales/").cookies  # and it is not taken away


@promise("P-044", "P-033")
def test_agreed_to_the_choice_is_remembered_six_months(client: Client) -> None:
    press(client, "enregistrer", page="preferences", traceur=["apparence"])

    assert chosen(client, "claire") == 186 * 86_400
    assert opening(client) == '<html lang="fr" data-scheme="light"'


def test_auto_is_the_absence_of_a_cookie(client: Client) -> None:
    chosen(client, "sombre")

    assert chosen(client, "auto") == 0
    assert opening(client) == '<html lang="fr"'


def test_the_switch_shows_what_is_chosen(client: Client) -> None:
    chosen(client, "sombre")

    html = client.get("/mentions-legales/").content.decode()

    pressed = dict(re.findall(r'name="apparence" value="(\w+)" aria-pressed="(\w+)"', html))
    assert pressed == {"auto": "false", "claire": "false", "sombre": "true"}


@pytest.mark.parametrize("scheme", ["", "rouge", 'dark"><script>'])
def test_a_strange_appearance_is_refused_and_never_printed(client: Client, scheme: str) -> None:
    answer = client.post("/cookies/apparence/", {"apparence": scheme})
    client.cookies[COOKIE] = "rouge"

    assert answer.status_code == 400
    assert opening(client) == '<html lang="fr"'


def test_the_dark_of_the_device_and_the_chosen_one_are_the_same() -> None:
    css = Path(str(finders.find("site/site.css"))).read_text()
    by_device = re.search(r':root:not\(\[data-scheme="light"\]\) \{(.*?)\}', css, re.DOTALL)
    by_choice = re.search(r':root\[data-scheme="dark"\] \{(.*?)\}', css, re.DOTALL)

    assert by_device
    assert by_choice
    assert by_choice[1].replace("color-scheme: dark;", "").split() == by_device[1].split()
