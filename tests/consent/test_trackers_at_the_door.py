"""Nothing undeclared, unagreed or over-long goes out; nothing such stays in a browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest
import time_machine
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from clairevoie.consent.middleware import Trackers, UnlawfulCookie
from clairevoie.consent.views.choices import choices_of
from clairevoie.privacy.reminders import Reminder, reminders
from tests.cast import NOW
from tests.consent.changing import OwnPolicy, switch_on
from tests.consent.journeys import CHOICE, deleted, held, press
from tests.promises import promise

Page = Callable[[HttpResponse], object]


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def answered(
    page: Page, *, host: str = "testserver", path: str = "/", **cookies: str
) -> HttpResponse:
    """What leaves through the door when a view answers ``page``."""

    def view(_request: HttpRequest) -> HttpResponse:
        response = HttpResponse("<p>…</p>")
        page(response)
        return response

    request = RequestFactory(headers={"host": host}).get(path)
    request.COOKIES = cookies
    return Trackers(view)(request)


def nothing(_response: HttpResponse) -> None:
    return None


def kept(response: HttpResponse) -> set[str]:
    return {m.key for m in response.cookies.values() if str(m["max-age"]) != "0"}


@pytest.fixture
def accepted(db: None) -> str:
    client = Client()
    press(client, "accepter")
    return held(client)


@pytest.fixture
def in_production(settings: object) -> None:
    settings.CLAIREVOIE_STRICT_TRACKERS = False  # type: ignore[attr-defined]


UNLAWFUL: dict[str, tuple[Page, str]] = {
    "undeclared": (lambda r: r.set_cookie("espion", "1"), "it is not declared"),
    "a storage's name": (lambda r: r.set_cookie("adminTheme", "1"), "it is not declared"),
    "unagreed": (lambda r: r.set_cookie("clairevoie_visite", "1"), "nobody agreed"),
    "inactive": (lambda r: r.set_cookie("_ga", "1"), "nobody agreed"),
    "inactive, by its prefix": (lambda r: r.set_cookie("_ga_AB12", "1"), "nobody agreed"),
    "kept too long": (
        lambda r: r.set_cookie("clairevoie_csrf", "1", max_age=60),
        "lives longer than declared",
    ),
    "kept too long by its date": (
        lambda r: r.set_cookie("clairevoie_csrf", "1", expires=NOW + timedelta(days=1)),
        "lives longer than declared",
    ),
    "longer than may be asked": (
        lambda r: r.set_cookie("clairevoie_session", "1", max_age=31 * 86_400),
        "lives longer than declared",
    ),
    "a preference beyond the session": (
        lambda r: r.set_cookie("clairevoie_apparence", "sombre", max_age=60),
        "nobody agreed",
    ),
}


@promise("P-033", "P-038")
@pytest.mark.parametrize("case", UNLAWFUL)
def test_in_tests_an_unlawful_cookie_is_an_error(case: str) -> None:
    page, why = UNLAWFUL[case]

    with pytest.raises(UnlawfulCookie, match=why):
        answered(page)


@promise("P-033")
@pytest.mark.usefixtures("in_production")
@pytest.mark.parametrize("case", UNLAWFUL)
def test_in_production_it_does_not_leave(case: str, caplog: pytest.LogCaptureFixture) -> None:
    page, why = UNLAWFUL[case]

    response = answered(page)

    assert kept(response) == set()
    assert why in caplog.text


@pytest.mark.parametrize(
    ("name", "life"),
    [
        ("clairevoie_session", None),
        ("clairevoie_session", 30 * 86_400),  # « rester connecté », asked for
        ("clairevoie_csrf", None),
        ("clairevoie_langue", None),
        ("__Host-clairevoie_choix", 181 * 86_400),
        ("clairevoie_apparence", None),  # asked for, until the browser closes
        ("espion", 0),  # to delete is always lawful
    ],
)
def test_what_is_declared_goes_out(name: str, life: int | None) -> None:
    response = answered(lambda r: r.set_cookie(name, "1", max_age=life))

    assert name in response.cookies


def test_what_was_agreed_to_goes_out_for_as_long_as_was_said(accepted: str) -> None:
    def longest(response: HttpResponse) -> None:
        response.set_cookie("clairevoie_visite", "1", max_age=397 * 86_400)

    def longer(response: HttpResponse) -> None:
        response.set_cookie("clairevoie_visite", "1", max_age=398 * 86_400)

    assert kept(answered(longest, **{CHOICE: accepted})) == {"clairevoie_visite"}
    with pytest.raises(UnlawfulCookie, match="longer than declared"):
        answered(longer, **{CHOICE: accepted})


def test_what_comes_in_undeclared_or_unagreed_is_made_to_expire(accepted: str) -> None:
    strange = {"espion": "1", "_gid": "2", "_ga": "3", "_ga_AB12": "4", "clairevoie_visite": "5"}
    ours = {"clairevoie_session": "6", "clairevoie_csrf": "7", "clairevoie_apparence": "sombre"}

    refused = answered(nothing, **strange, **ours)
    agreed = answered(nothing, **strange, **ours, **{CHOICE: accepted})

    assert deleted(refused) == set(strange)
    assert deleted(agreed) == set(strange) - {"clairevoie_visite"}


def test_a_cookie_that_the_page_writes_anew_is_not_deleted() -> None:
    response = answered(
        lambda r: r.set_cookie("clairevoie_apparence", "claire"), clairevoie_apparence="sombre"
    )

    assert response.cookies["clairevoie_apparence"].value == "claire"


def test_a_name_that_no_browser_should_send_is_left_alone() -> None:
    response = answered(nothing, **{"a b": "1", "é": "2", "x\r\nSet-Cookie: y": "3", "z;": "4"})

    assert not response.cookies


def test_many_strange_cookies_are_cleaned_bit_by_bit() -> None:
    response = answered(nothing, **{f"espion{n}": "1" for n in range(300)})

    deeper = answered(nothing, path="/a/b/", **{f"espion{n}": "1" for n in range(300)})

    assert len(response.cookies) == 20
    assert 20 <= len(deeper.cookies) < 25  # headers have their limit in the proxies before us


def test_what_was_left_to_a_part_of_the_site_leaves_it_too() -> None:
    """A browser tells the name of a cookie and not its path."""
    strange = answered(nothing, path="/parcours/rgpd/", espion="1")
    ours = answered(nothing, path="/parcours/rgpd/", clairevoie_visite="1")
    odd = answered(nothing, path="/a;b/", espion="1")

    paths = [str(m["path"]) for m in strange.cookies.values() if m.key == "espion"]
    assert paths == ["/", "/parcours", "/parcours/", "/parcours/rgpd", "/parcours/rgpd/"]
    assert [str(m["path"]) for m in ours.cookies.values()] == ["/"]
    assert [str(m["path"]) for m in odd.cookies.values()] == ["/"]


def test_a_third_partys_cookie_leaves_every_domain_it_may_be_on() -> None:
    response = answered(nothing, host="www.formation.example.fr:8443", _ga="GA1")

    domains = {str(m["domain"]) for m in response.cookies.values() if m.key == "_ga"}
    assert domains == {"", "www.formation.example.fr", "formation.example.fr", "example.fr"}
    assert deleted(response) == {"_ga"}


def test_a_machine_by_its_number_has_no_wider_domain() -> None:
    response = answered(nothing, host="127.0.0.1:8000", _ga="GA1")

    assert [str(m["domain"]) for m in response.cookies.values()] == [""]


def test_a_page_that_showed_a_choice_is_for_one_reader() -> None:
    seen: list[object] = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(choices_of(request))
        return HttpResponse()

    asked = Trackers(view)(RequestFactory().get("/"))
    silent = Trackers(lambda _request: HttpResponse())(RequestFactory().get("/"))

    assert (asked["Vary"], asked["Cache-Control"]) == ("Cookie, Sec-GPC", "private")
    assert "Vary" not in silent
    assert len(seen) == 1


@promise("P-051")
def test_a_third_party_whose_policy_nobody_checked_of_late_is_off(
    changing: OwnPolicy, db: None
) -> None:
    switch_on(changing, "google-analytics", checked="2026-10-21")  # thirty-two days ago

    request = RequestFactory().get("/")

    assert "google-analytics" not in {t.code for t in choices_of(request).to_ask}


@promise("P-051")
def test_the_officer_is_told_before_it_goes_out_and_while_it_is(
    changing: OwnPolicy, db: None
) -> None:
    switch_on(changing, "google-analytics", checked="2026-11-02")

    def told(day: date) -> list[Reminder]:
        return [each for each in reminders(on=day) if "policy-checked-on" in each.what]

    assert told(date(2026, 11, 22)) == []
    (first,), (last,) = told(date(2026, 11, 23)), told(date(2026, 12, 3))
    assert first == last
    assert ("2 novembre 2026" in first.what, "s’éteint" in first.what) == (True, True)
    (over,) = told(date(2026, 12, 4))
    assert ("est éteint" in over.what, over.last_day) == (True, date(2026, 12, 3))
