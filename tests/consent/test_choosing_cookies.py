"""A visitor chooses, changes their mind, comes back: nothing optional without their word."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
import time_machine
from django.test import Client

from clairevoie.accounts.models import Session
from clairevoie.consent.models import ShownText, TrackerChoice
from tests.cast import NOW, Person
from tests.consent.changing import OwnPolicy
from tests.consent.journeys import (
    BANNER,
    CHOICE,
    buttons,
    deleted,
    expiry,
    held,
    is_asked,
    noon,
    press,
)
from tests.promises import promise

pytestmark = pytest.mark.django_db
OPTIONAL = {"apparence", "visite"}


@pytest.fixture(autouse=True)
def today() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


# --- Being asked --------------------------------------------------------------------------------


@promise("P-054")
def test_nothing_optional_is_written_while_nothing_is_said(client: Client) -> None:
    pages = ["/", "/confidentialite/", "/mentions-legales/", "/connexion/", "/cookies/"] * 4

    for path in pages:
        client.get(path)

    assert len(pages) == 20
    assert set(client.cookies) <= {"clairevoie_csrf", "clairevoie_session"}
    assert is_asked(client)
    assert not TrackerChoice.objects.exists()


@promise("P-054")
def test_to_accept_and_to_refuse_stand_on_the_same_level_and_take_one_click(
    client: Client,
) -> None:
    html = client.get("/mentions-legales/").content.decode()

    assert buttons(html) == ["button", "button", "button"]
    for button in ("accepter", "refuser"):
        other = Client()
        press(other, button)
        assert held(other)
        assert not is_asked(other)


def test_the_banner_stands_first_and_the_skip_link_passes_it(client: Client) -> None:
    html = client.get("/mentions-legales/").content.decode()
    body = html[html.index("<body>") :]

    places = [body.index(mark) for mark in ('class="skip"', 'class="banner"', "<header", "<main")]
    assert places == sorted(places)
    assert 'aria-labelledby="banner"' in body
    assert '<h2 id="banner">' in body
    assert "checked" not in body[: body.index("<header")]


def test_the_page_of_cookies_asks_by_itself(client: Client) -> None:
    assert not is_asked(client, "/cookies/")


def test_where_no_optional_tracker_is_active_nothing_is_asked(
    client: Client, changing: OwnPolicy
) -> None:
    for code in OPTIONAL:
        changing.say(code, file="trackers", active="false")

    assert not is_asked(client)
    assert "il n’y a rien à accepter" in client.get("/cookies/").content.decode()


# --- Choosing -----------------------------------------------------------------------------------


def test_accepting_all_is_remembered_and_proved(client: Client) -> None:
    answer = press(client, "accepter", retour="/mentions-legales/?a=1&b=2")

    assert (answer.status_code, answer["Location"]) == (
        303,
        "/mentions-legales/?a=1&b=2#choisi",
    )
    cookie = answer.cookies[CHOICE]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
    [proof] = TrackerChoice.objects.all()
    assert set(proof.accepted.split()) == OPTIONAL
    assert (proof.refused, proof.withdrawn, proof.surface) == ("", "", "banner")
    assert (proof.chosen_at, proof.chosen_on) == (NOW, NOW.date())
    assert proof.number.hex in held(client)
    shown = ShownText.objects.get(pk=proof.text_hash)
    assert "Vos cookies, votre choix" in shown.text


def test_over_https_the_cookie_is_bound_to_the_host(client: Client, settings: object) -> None:
    settings.SESSION_COOKIE_SECURE = True  # type: ignore[attr-defined]

    answer = client.post("/cookies/choix/", {"choix": "refuser"}, secure=True)

    cookie = answer.cookies[f"__Host-{CHOICE}"]
    assert (cookie["secure"], cookie["path"], cookie["domain"]) == (True, "/", "")
    assert BANNER not in client.get("/mentions-legales/", secure=True).content.decode()


def test_the_text_that_was_shown_is_kept_once(client: Client) -> None:
    press(client, "accepter")
    press(Client(), "refuser")
    press(Client(headers={"accept-language": "en"}), "refuser")

    texts = ShownText.objects.values_list("language", flat=True)
    assert sorted(texts) == ["en", "fr"]


def test_a_refusal_holds_no_number_and_is_the_same_for_everybody(client: Client) -> None:
    other = Client()

    for visitor in (client, other):
        press(visitor, "refuser")

    assert held(client) == held(other)
    numbers = [n.hex for n in TrackerChoice.objects.values_list("number", flat=True)]
    assert len(numbers) == 2
    assert not [number for number in numbers if number in held(client)]


def test_one_tracker_alone_is_accepted(client: Client) -> None:
    press(client, "enregistrer", page="preferences", traceur=["apparence"])

    html = client.get("/cookies/").content.decode()
    assert 'value="apparence" checked' in html
    assert 'value="visite" checked' not in html
    assert not is_asked(client)


def test_a_whole_category_is_accepted_and_taken_back(client: Client) -> None:
    press(client, "accepter:audience", page="preferences")
    [proof] = TrackerChoice.objects.all()
    assert (proof.accepted, proof.refused) == ("visite", "apparence")

    press(client, "refuser:audience", page="preferences", traceur=["visite"])

    newest = TrackerChoice.objects.get(replaces=proof.number)
    assert (newest.accepted, newest.withdrawn) == ("", "visite")


def test_nothing_is_ticked_before_somebody_chose(client: Client) -> None:
    html = client.get("/cookies/").content.decode()

    assert 'type="checkbox"' in html
    assert "checked" not in html


def test_the_page_says_that_it_is_done_and_leads_back(client: Client) -> None:
    answer = press(client, "enregistrer", page="preferences", retour="/mentions-legales/")
    html = client.get(answer["Location"]).content.decode()

    assert answer["Location"].endswith("#choix")
    assert 'role="status"' in html
    assert "Votre choix est enregistré." in html
    assert 'href="/mentions-legales/">Revenir où vous étiez' in html


def test_a_choice_costs_one_row_and_opens_no_session(
    client: Client, django_assert_num_queries: object
) -> None:
    press(Client(), "refuser")  # the text is kept

    with django_assert_num_queries(2):  # type: ignore[operator]  # the proof; the text, as in a test
        press(client, "refuser")

    assert not Session.objects.exists()
    assert set(client.cookies) == {CHOICE}


def test_reading_pages_asks_the_database_nothing(
    client: Client, django_assert_num_queries: object
) -> None:
    press(client, "refuser")  # who accepts is counted, by another app
    client.get("/cookies/")

    with django_assert_num_queries(0):  # type: ignore[operator]
        client.get("/cookies/")
        client.get("/mentions-legales/")


# --- Time ---------------------------------------------------------------------------------------


@promise("P-055", "P-048")
@pytest.mark.parametrize("button", ["accepter", "refuser"])
def test_a_choice_holds_six_months_and_is_asked_again_the_day_after(
    client: Client, today: time_machine.Traveller, button: str
) -> None:
    answer = press(client, button)
    cookie = held(client)

    today.move_to(noon(date(2027, 5, 22)))
    assert not is_asked(client)
    today.move_to(noon(date(2027, 5, 23)))
    client.cookies[CHOICE] = cookie  # a browser would have dropped it: the server asks anyway
    assert is_asked(client)

    assert f"{expiry(answer, CHOICE):%Y-%m-%d %H:%M}" in ("2027-05-22 23:59", "2027-05-23 00:00")


def test_a_visit_does_not_renew_a_choice(client: Client, today: time_machine.Traveller) -> None:
    press(client, "accepter")

    today.move_to(noon(date(2027, 2, 1)))
    answer = client.get("/mentions-legales/")

    assert CHOICE not in answer.cookies


@promise("P-049")
def test_what_is_new_is_asked_alone(
    client: Client, changing: OwnPolicy, today: time_machine.Traveller
) -> None:
    changing.say("visite", file="trackers", active="false")
    press(client, "accepter")
    today.move_to(noon(date(2027, 2, 1)))
    changing.say("visite", file="trackers", active="true")

    html = client.get("/mentions-legales/").content.decode()
    assert 'name="demande" value="visite"' in html
    press(client, "refuser", demande="visite")

    newest = TrackerChoice.objects.latest("chosen_on")
    assert (newest.accepted, newest.refused, newest.withdrawn) == ("", "visite", "")
    page = client.get("/cookies/").content.decode()
    assert 'value="apparence" checked' in page
    # The older word keeps its own date: it ends before the new one.
    today.move_to(noon(date(2027, 5, 23)))
    html = client.get("/mentions-legales/").content.decode()
    assert 'name="demande" value="apparence"' in html


def test_what_materially_changed_is_asked_again_and_waits(
    client: Client, changing: OwnPolicy
) -> None:
    press(client, "accepter")
    client.cookies["clairevoie_visite"] = "x"

    changing.say("visite", file="trackers", purpose='"Autre chose."')
    answer = client.get("/mentions-legales/")

    assert 'name="demande" value="visite"' in answer.content.decode()
    assert deleted(answer) == {"clairevoie_visite"}


def test_what_decides_nothing_asks_nothing(client: Client, changing: OwnPolicy) -> None:
    press(client, "accepter")

    changing.say("visite", file="trackers", loss='"Rien."', updated_on="2026-11-24")

    assert not is_asked(client)


def test_a_form_read_before_the_text_changed_records_nothing(
    client: Client, changing: OwnPolicy
) -> None:
    html = client.get("/mentions-legales/").content.decode()
    text = html.split('name="texte" value="')[1][:16]
    changing.say("visite", file="trackers", purpose='"Autre chose."')

    answer = press(client, "accepter", texte=text, demande="apparence visite", retour="/x/")

    assert (answer.status_code, answer["Location"]) == (303, "/x/")
    assert not TrackerChoice.objects.exists()
    assert is_asked(client)


# --- Changing one's mind ------------------------------------------------------------------------


@promise("P-034")
def test_a_withdrawal_makes_the_browser_forget_and_is_proved(
    client: Client, today: time_machine.Traveller
) -> None:
    press(client, "accepter")
    given = TrackerChoice.objects.get()
    client.cookies["clairevoie_visite"] = "a-number"
    client.cookies["clairevoie_apparence"] = "sombre"

    today.shift(timedelta(minutes=5))
    answer = press(client, "refuser", page="preferences")

    assert deleted(answer) == {"clairevoie_visite", "clairevoie_apparence"}
    taken_back = TrackerChoice.objects.get(replaces=given.number)
    assert set(taken_back.withdrawn.split()) == OPTIONAL
    assert taken_back.chosen_at == NOW + timedelta(minutes=5)
    assert given.number.hex not in held(client)


@promise("P-055")
def test_to_take_back_takes_no_more_clicks_than_to_give(client: Client) -> None:
    home = client.get("/mentions-legales/").content.decode()
    page = client.get("/cookies/").content.decode()

    assert 'href="/cookies/#choix">MODIFIER MON CONSENTEMENT' in home
    for button in ("accepter", "refuser", "enregistrer"):
        assert f'class="button" name="choix" value="{button}"' in page


@promise("P-036")
def test_a_choice_is_the_devices_and_tells_nothing_of_who_was_there(
    client: Client, alice: Person, bob: Person
) -> None:
    client.force_login(alice.member)
    press(client, "accepter")
    client.post("/deconnexion/")

    assert held(client)
    proof = TrackerChoice.objects.get()
    traces = [str(v) for v in (alice.subject.pk, alice.subject.uuid, *alice.canaries.all)]
    columns = [str(getattr(proof, f.attname)) for f in TrackerChoice._meta.concrete_fields]
    assert not set(traces) & set(columns)
    assert not [trace for trace in traces[1:] if trace in held(client)]
    client.force_login(bob.member)
    html = client.get("/mon-compte/").content.decode()
    assert not [trace for trace in alice.canaries.all if trace in html]


# --- Global Privacy Control ---------------------------------------------------------------------


def test_the_signal_refuses_all_and_asks_nothing() -> None:
    client = Client(headers={"sec-gpc": "1"})
    client.cookies["clairevoie_visite"] = "x"

    answer = client.get("/mentions-legales/")

    assert 'class="banner"' not in answer.content.decode()
    assert deleted(answer) == {"clairevoie_visite"}
    assert "Global Privacy Control" in client.get("/cookies/").content.decode()


def test_the_signal_suspends_what_was_said_before_it(client: Client) -> None:
    press(client, "accepter")
    client.cookies["clairevoie_visite"] = "x"

    with_signal = client.get("/mentions-legales/", headers={"sec-gpc": "1"})

    assert deleted(with_signal) == {"clairevoie_visite"}
    assert not is_asked(client)  # without it, the choice still holds


def test_what_is_said_under_the_signal_is_heard() -> None:
    client = Client(headers={"sec-gpc": "1"})

    press(client, "enregistrer", page="preferences", traceur=["visite"])
    client.cookies["clairevoie_visite"] = "x"
    answer = client.get("/mentions-legales/")

    assert deleted(answer) == set()
    assert TrackerChoice.objects.get().gpc
    assert 'value="visite" checked' in client.get("/cookies/").content.decode()
