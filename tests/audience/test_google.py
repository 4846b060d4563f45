"""Google Analytics in a real browser: nothing before a yes, nothing personal after, off at once.

Google is played by the test: its script does what the real one may do, send the whole address
and the title, by each way a page has.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import BrowserContext, Page, Request, Route
from pytest_django import Settings

from clairevoie import privacy
from clairevoie.lib import calendar
from tests.consent.changing import own_policy
from tests.promises import promise

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("recipients_as_they_are"),
]

ADDRESS = "zzyx.alice@exemple.fr"
GREEDY = """
const all = "https://region1.google-analytics.com/g/collect?v=2&tid=G-ZZYX&cid=12.34&en=page_view"
  + "&uid=42&ep.mail=" + encodeURIComponent("MAIL") + "&ul=MAIL"
  + "&dl=" + encodeURIComponent(location.href) + "&dt=" + encodeURIComponent("Titre de MAIL");
fetch(all, { method: "POST", body: "en=form&ep.mail=MAIL" });
fetch(new Request(all, { method: "POST", body: "ep.mail=MAIL" }));
navigator.sendBeacon(all, "ep.mail=MAIL");
const old = new XMLHttpRequest(); old.open("POST", all); old.send("ep.mail=MAIL");
new Image().src = all;
"""


@dataclass
class Google:
    """What left the browser for Google."""

    asked: list[Request] = field(default_factory=list)

    def answer(self, route: Route) -> None:
        self.asked.append(route.request)
        if "googletagmanager" in route.request.url:
            script = GREEDY.replace("MAIL", ADDRESS)
            route.fulfill(content_type="text/javascript", body=script)
        else:
            route.fulfill(status=204, headers={"Access-Control-Allow-Origin": "*"})

    @property
    def collected(self) -> list[Request]:
        return [request for request in self.asked if "collect" in request.url]


@pytest.fixture
def google(context: BrowserContext) -> Google:
    theirs = Google()
    context.route(re.compile(r"^https://"), theirs.answer)
    return theirs


@pytest.fixture
def chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Iterator[None]:
    """An organisation that wants Google Analytics, with a contract and a policy read of late."""
    settings.CLAIREVOIE_GA_ID = "G-ZZYX"
    checked = f"{calendar.today().isoformat()}"
    with own_policy(tmp_path, monkeypatch) as rules:
        rules.say(
            "google-analytics",
            file="recipients",
            active="true",
            contract_on=checked,
            review_due="2027-11-01",
        )
        rules.say("google-analytics", file="trackers", active="true", policy_checked_on=checked)
        yield


def answer_the_banner(page: Page, name: str) -> None:
    page.goto("/")
    page.get_by_role("button", name=name, exact=True).first.click()
    page.wait_for_load_state()


@promise("P-040")
@pytest.mark.usefixtures("chosen")
def test_nothing_is_asked_of_google_before_a_yes_nor_after_a_no(
    page: Page, google: Google
) -> None:
    for path in ("/", "/confidentialite/", "/cookies/"):
        page.goto(path)
    answer_the_banner(page, "Tout refuser")
    page.goto("/confidentialite/")

    assert google.asked == []


@promise("P-040", "P-050")
@pytest.mark.usefixtures("chosen")
def test_after_a_yes_nothing_personal_leaves_by_any_way(page: Page, google: Google) -> None:
    answer_the_banner(page, "Tout accepter")

    page.goto(f"/confidentialite/?email={ADDRESS}#{ADDRESS}", wait_until="networkidle")

    left = [r.url + (r.post_data or "") + str(r.headers.get("referer", "")) for r in google.asked]
    assert len(google.collected) >= 4, "the script was kept from sending anything: test its filter"
    assert not [text for text in left if "zzyx.alice" in text or "exemple.fr" in text]
    assert not [text for text in left if "uid=" in text or "Titre" in text]
    assert any(
        "dl=http%3A%2F%2F127.0.0.1" in text or "dl=http%3A%2F%2Flocalhost" in text for text in left
    )


@promise("P-040")
@pytest.mark.usefixtures("chosen")
def test_the_switch_stops_it_for_those_who_agreed_too(page: Page, google: Google) -> None:
    answer_the_banner(page, "Tout accepter")
    page.goto("/", wait_until="networkidle")
    assert google.asked
    google.asked.clear()

    privacy.recipients.stop(
        recipient="google-analytics", author=uuid4(), reason="Avis C-703/25", at=calendar.now()
    )
    page.goto("/confidentialite/", wait_until="networkidle")

    assert google.asked == []


@pytest.mark.usefixtures("chosen")
@pytest.mark.browser_context_args(extra_http_headers={"Sec-GPC": "1"})
def test_global_privacy_control_is_a_no(page: Page, google: Google) -> None:
    page.goto("/", wait_until="networkidle")

    assert google.asked == []


def test_without_an_identifier_google_is_not_there(page: Page, google: Google) -> None:
    answer_the_banner(page, "Tout accepter")
    page.goto("/", wait_until="networkidle")

    assert google.asked == []
