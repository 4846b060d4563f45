"""Somebody else's content: a plain link for everybody, two clicks for who agreed, else nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from django.contrib.staticfiles import finders
from django.http import HttpRequest
from django.template import engines
from django.test import Client, RequestFactory
from playwright.sync_api import Page

from clairevoie import policy
from tests.cast import NOW, Person
from tests.consent.changing import OwnPolicy, switch_on
from tests.consent.journeys import CHOICE, held, press
from tests.promises import promise

VIDEO = "https://www.youtube-nocookie.com/embed/abc"
EMBED = '{% load consent %}{% embed url "Une visite" "video" %}'
SHARE = "{% load consent %}{% share path title %}"


@pytest.fixture(autouse=True)
def today(db: None) -> Iterator[None]:
    """A page with a third party asks whether somebody cut it off."""
    with time_machine.travel(NOW, tick=False):
        yield


def drawn(source: str, *, cookie: str = "", **values: str) -> str:
    request: HttpRequest = RequestFactory().get("/lettres/1/")
    request.COOKIES = {CHOICE: cookie} if cookie else {}
    return str(engines["django"].from_string(source).render(values, request))


@pytest.fixture
def agreed(db: None, changing: OwnPolicy) -> str:
    switch_on(changing, "video")
    client = Client()
    press(client, "accepter", page="embed", demande="video")
    return held(client)


@promise("P-046")
def test_while_inactive_there_is_only_a_link() -> None:
    html = drawn(EMBED, url=VIDEO)

    assert f'<a href="{VIDEO}" rel="external noreferrer">' in html
    assert not re.search(r"<(iframe|script|form|template|img)", html)


@promise("P-046")
def test_before_agreement_nothing_of_theirs_stands_in_the_page(changing: OwnPolicy) -> None:
    switch_on(changing, "video")

    html = drawn(EMBED, url=VIDEO)

    assert not re.search(r"<(iframe|script|template|img)", html)
    assert 'name="demande" value="video"' in html
    assert policy.current().trackers["video"].policy_link in html
    assert 'name="retour" value="/lettres/1/"' in html


@promise("P-046")
def test_after_agreement_it_is_inert_until_pressed(agreed: str) -> None:
    html = drawn(EMBED, cookie=agreed, url=VIDEO)

    inert = html[html.index("<template>") : html.index("</template>")]
    assert f'src="{VIDEO}"' in inert
    assert VIDEO not in html.replace(inert, "").replace(f'<a href="{VIDEO}"', "")
    assert 'referrerpolicy="no-referrer"' in inert
    assert "embed.js" in html


def test_an_address_that_the_policy_does_not_cover_is_a_fault() -> None:
    with pytest.raises(ValueError, match="add it to trackers"):
        drawn(EMBED, url="https://www.youtube-nocookie.com.evil.example/embed/abc")


@promise("P-046")
def test_to_share_is_a_plain_link_that_names_nobody(alice: Person) -> None:
    html = drawn(SHARE, path="/lettres/1/", title="Bonjour & bienvenue")

    links = re.findall(r'href="([^"]+)"', html)
    assert [link.split("/")[2] for link in links[:3]] == [
        "www.linkedin.com",
        "www.facebook.com",
        "bsky.app",
    ]
    assert not re.search(r"<(iframe|script|img|form)", html)
    traces = [str(alice.subject.uuid), *alice.canaries.all]
    assert not [trace for trace in traces if trace in html]
    assert all("%2Flettres%2F1%2F" in link for link in links)


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_second_click_shows_it(agreed: str, page: Page) -> None:
    script = Path(str(finders.find("consent/embed.js"))).read_text()
    html = re.sub(r"<script.*?</script>", "", drawn(EMBED, cookie=agreed, url=VIDEO))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    page.set_content(f"<main>{html}</main>")
    hidden = page.get_by_role("button").count()
    page.add_script_tag(content=script)
    before = page.locator("iframe").count()
    page.get_by_role("button", name="Afficher ici").press("Enter")

    assert (hidden, before) == (0, 0)
    assert page.locator("iframe").get_attribute("src") == VIDEO
    assert page.get_by_role("button").count() == 0
    assert asked[:1] in ([], [VIDEO])
