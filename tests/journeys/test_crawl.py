"""Every page × choice × JavaScript × GPC: nothing but what the choice allows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Route

from clairevoie.consent import trackers
from clairevoie.lib import calendar
from clairevoie.site.headers import BrowserPowers
from tests.architecture.addresses import addresses
from tests.gestion.conftest import give_second_factor
from tests.journeys.crawl import Crawl, Reader, allowed_by, everybody, signed_in
from tests.journeys.keys import keys
from tests.journeys.learning_keys import of_teaching
from tests.promises import promise

if TYPE_CHECKING:
    from tests.cast import Person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WORDS = ("", "refuser", "accepter", "accepter:preferences", "accepter:audience")


def optional() -> dict[str, frozenset[str]]:
    """Codes that wait for a word, by category."""
    found: dict[str, set[str]] = {}
    for tracker in trackers.register(calendar.today()).optional:
        found.setdefault(str(tracker.category), set()).add(tracker.code)
    return {category: frozenset(codes) for category, codes in found.items()}


def accepted_by(word: str) -> frozenset[str]:
    """What is allowed after pressing the button ``word`` of the preferences page."""
    verb, _, category = word.partition(":")
    if verb != "accepter":
        return frozenset()
    every = optional()
    return every[category] if category else frozenset().union(*every.values())


@pytest.fixture
def browsers(browser: Browser, base_url: str) -> Iterator[Any]:
    """Makes browsers that have just made a choice."""
    made: list[BrowserContext] = []

    def choose(
        word: str, *, script: bool = True, gpc: bool = False, client: Client | None = None
    ) -> Crawl:
        context = browser.new_context(
            base_url=base_url,
            locale="fr-FR",
            java_script_enabled=script,
            extra_http_headers={"Sec-GPC": "1"} if gpc else {},
            accept_downloads=False,  # a receipt, for whoever chose
        )
        made.append(context)
        session = client.cookies.get(settings.SESSION_COOKIE_NAME) if client else None
        if session is not None:
            context.add_cookies([{"name": session.key, "value": session.value, "url": base_url}])
        if word:
            page = context.new_page()
            page.goto("/cookies/")
            with page.expect_navigation():  # else the page would close before it answers
                page.locator(f'#choix button[name=choix][value="{word}"]').last.click()
            page.close()
        return Crawl(context, allowed_by(accepted_by(word)), urlsplit(base_url).netloc)

    yield choose
    for context in made:
        context.close()


@pytest.fixture
def readers(alice: Person, bob: Person) -> tuple[Reader, ...]:
    """A visitor, a member and a trainer, after a life that gave each page its content."""
    links = keys(alice)
    give_second_factor(bob)
    taught = tuple(of_teaching(bob).values())
    return (*everybody(Client(), signed_in(alice), links), Reader(signed_in(bob), taught))


@promise("P-033", "P-038", "P-043", "P-054", "P-056")
@pytest.mark.parametrize("gpc", [False, True], ids=["no GPC", "GPC"])
@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_page_does_what_the_choice_allows_and_refusing_loses_only_what_is_published(
    browsers: Any, readers: tuple[Reader, ...], *, script: bool, gpc: bool
) -> None:
    for reader in readers:
        crawls = {
            word: browsers(word, script=script, gpc=gpc, client=reader.client) for word in WORDS
        }

        for word, crawl in crawls.items():
            crawl.walk(reader.paths if word else (*reader.paths, *reader.lost))

        assert {word: crawl.faults for word, crawl in crawls.items() if crawl.faults} == {}
        assert crawls["refuser"].seen == crawls["accepter"].seen
        assert set(crawls[""].seen) == {*reader.paths, *reader.lost}


def test_every_category_is_walked() -> None:
    """A new category of trackers must be added to the walk."""
    assert {word.partition(":")[2] for word in WORDS if ":" in word} == set(optional())


def test_every_kind_of_reader_has_pages_to_read(readers: tuple[Reader, ...]) -> None:
    visitor, member, trainer = readers

    assert len(visitor.paths) > 30
    assert len(member.paths) > 40
    taught = {address.route for address in addresses() if address.sample.startswith("/formation/")}
    files = {"formation/corrections/<uuid:number>/fichiers/<uuid:file>/"}
    answers = {"formation/corrections/<uuid:number>/message/"}
    assert len(trainer.paths) == len(taught - files - answers)


# --- The crawl finds what a developer would let in ---------------------------------------------


@pytest.fixture
def slip(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Make each page do one thing more, as a careless change would."""

    def add(*, html: str = "", cookie: str = "") -> None:
        ours = BrowserPowers.__call__

        def careless(self: BrowserPowers, request: HttpRequest) -> HttpResponse:
            response = ours(self, request)
            if html and response.headers.get("Content-Type", "").startswith("text/html"):
                response.content = response.content.replace(b"</body>", html.encode() + b"</body>")
                response.headers["Content-Length"] = str(len(response.content))
            if cookie:
                response.set_cookie(cookie, "1")
            return response

        monkeypatch.setattr(BrowserPowers, "__call__", careless)

    return add


def test_it_finds_an_undeclared_cookie(browsers: Any, slip: Any) -> None:
    slip(cookie="espion")
    crawl = browsers("")

    crawl.walk(["/"])

    assert crawl.faults


def test_it_finds_a_third_party_s_script(browsers: Any, slip: Any) -> None:
    slip(html='<script src="https://tiers.example/mesure.js"></script>')
    crawl = browsers("")

    crawl.walk(["/"])

    assert crawl.faults


def test_it_finds_a_storage_key(browsers: Any, slip: Any) -> None:
    slip(html='<script src="/static/espion.js"></script>')
    crawl = browsers("refuser")

    def answer(route: Route) -> None:
        route.fulfill(content_type="text/javascript", body="localStorage.setItem('espion', 1)")

    crawl.context.route("**/static/espion.js", answer)
    crawl.walk(["/"])

    assert "/: keeps local-storage espion" in crawl.faults


def test_it_finds_a_cookie_that_a_script_writes(browsers: Any, slip: Any) -> None:
    slip(html='<script src="/static/espion.js"></script>')
    crawl = browsers("refuser")

    def answer(route: Route) -> None:
        script = "document.cookie = 'clairevoie_visite=1; max-age=86400'"
        route.fulfill(content_type="text/javascript", body=script)

    crawl.context.route("**/static/espion.js", answer)
    crawl.walk(["/"])

    assert "/: writes clairevoie_visite, which this choice refuses" in crawl.faults


def test_it_finds_a_function_that_a_refusal_would_lose(browsers: Any, slip: Any) -> None:
    yes, no = browsers("accepter"), browsers("refuser")
    yes.walk(["/"])
    slip(html='<a href="/offre-secrete/">Offre</a>')
    no.walk(["/"])

    assert yes.seen != no.seen
