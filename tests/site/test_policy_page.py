"""The policy page: the text as published, the registers as executed."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime
from html import unescape

from django.test import Client
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from clairevoie import policy
from clairevoie.privacy.models import Execution
from clairevoie.site import notice, words
from tests.promises import promise


def page(visitor: Client, query: str = "") -> str:
    return unescape(visitor.get(f"/confidentialite/{query}").content.decode())


def words_of(html: str) -> str:
    """Letters and figures only: what is said, without tags nor spacing."""
    return re.sub(r"[\W_]+", " ", re.sub(r"<[^>]+>", " ", html)).strip()


@promise("P-009", "P-110")
def test_the_page_shows_the_version_its_date_and_the_company(visitor: Client) -> None:
    html = page(visitor)

    assert "Version n°1 du 15/04/2024" in html
    assert "984 647 552" in html.replace("\u00a0", " ")


@promise("P-009")
def test_the_page_says_every_word_of_the_notice(visitor: Client) -> None:
    text = policy.current().versions[0].text
    plain = re.sub(r"\[(.+?)\]\(.+?\)", r"\1", text).replace("---", "").replace("**", "")

    said = words_of(page(visitor))
    lines = [words_of(line) for line in plain.splitlines() if words_of(line)]
    assert [line for line in lines if line not in said] == []


@promise("P-007")
def test_a_published_version_is_kept_with_its_fingerprint(visitor: Client) -> None:
    published = policy.current().versions[0]

    html = visitor.get("/confidentialite/v1/").content.decode()
    source = visitor.get("/confidentialite/v1/texte/")

    assert published.sha256 in html
    assert hashlib.sha256(source.content).hexdigest() == published.sha256
    assert source["Content-Type"].startswith("text/plain")


@promise("P-007")
def test_a_version_that_never_was_is_not_found(visitor: Client) -> None:
    assert visitor.get("/confidentialite/v2/").status_code == 404
    assert visitor.get("/confidentialite/v2/texte/").status_code == 404
    assert visitor.get("/confidentialite/v0/").status_code == 404


@promise("P-084")
def test_every_retention_rule_is_printed_as_the_engine_executes_it(visitor: Client) -> None:
    html = page(visitor)

    printed = dict(re.findall(r'data-rule="([\w-]+)".*?data-duration="(\w*)"', html, re.DOTALL))
    rules = policy.current().retention
    assert printed == {code: str(rule.duration or "") for code, rule in rules.items()}
    for rule in rules.values():
        assert rule.title in html
        assert words.duration(rule.duration) in html


def test_every_recipient_country_tracker_and_activity_is_printed(visitor: Client) -> None:
    html = page(visitor)
    current = policy.current()

    def printed(name: str) -> list[str]:
        return re.findall(rf'data-{name}="([^"]+)"', html)

    assert sorted(printed("recipient")) == sorted(current.recipients)
    assert printed("tracker") == [tracker.name for tracker in current.trackers.values()]
    assert printed("activity-sheet") == list(current.activities)
    active = [recipient for recipient in current.recipients.values() if recipient.active]
    countries = {c for r in active for c in (*r.countries_stored, *r.countries_transit)}
    assert set(printed("country")) == countries
    assert all(a.purposes[0] in html for a in current.activities.values())


@promise("P-074")
def test_anybody_reads_in_which_countries_data_are_kept_or_pass_and_with_whom(
    visitor: Client,
) -> None:
    html = page(visitor)

    blocks = dict(re.findall(r'data-country="(\w\w)">(.*?)</div>', html, re.DOTALL))
    for recipient in policy.current().recipients.values():
        for code in {*recipient.countries_stored, *recipient.countries_transit}:
            how = "conservation" if code in recipient.countries_stored else "transit"
            line = f"{recipient.name} ({how})"
            assert (line in blocks.get(code, "")) is recipient.active, (code, recipient.code)
    assert blocks


@promise("P-002")
def test_each_promise_is_printed_with_what_holds_it(visitor: Client) -> None:
    html = page(visitor)

    assert re.findall(r'<li class="promise[^"]*" id="(P-\d{3})"', html) == list(
        policy.current().promises
    )
    for kept in policy.current().promises.values():
        item = html[html.index(f'id="{kept.code}"') :].split("</li>")[0]
        assert (kept.executor or "prévu") in item


def test_promises_are_filtered_by_state(visitor: Client) -> None:
    promises = policy.current().promises.values()

    planned = re.findall(r'id="(P-\d{3})"', page(visitor, "?promesses=prevues"))
    executed = re.findall(r'id="(P-\d{3})"', page(visitor, "?promesses=executees"))
    anything = re.findall(r'id="(P-\d{3})"', page(visitor, "?promesses=<script>"))

    assert planned == [kept.code for kept in promises if kept.planned]
    assert executed == [kept.code for kept in promises if not kept.planned]
    assert len(anything) == 110


@promise("P-084")
def test_the_last_execution_is_printed_in_paris_time(
    visitor: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    at = datetime(2026, 11, 22, 2, 30, tzinfo=UTC)
    Execution.objects.create(executor="retention.account", last_at=at, times=3)

    with django_assert_num_queries(1):
        html = page(visitor)

    item = html[html.index('id="P-088"') :].split("</li>")[0]
    assert "22\u00a0novembre 2026</time> à 03:30" in item
    row = html[html.index('id="regle-account"') :].split("</tr>")[0]
    assert "à 03:30" in row


def test_what_is_not_yet_executed_says_so(visitor: Client) -> None:
    html = page(visitor)

    item = html[html.index('id="P-088"') :].split("</li>")[0]
    assert "Pas encore exécutée ici" in item


def test_html_in_a_notice_is_shown_never_executed() -> None:
    read = notice.read("# Titre\n\n<script>alert(1)</script>\n\n## Suite\n\n[x](javascript:x)\n")

    html = "".join(section.html for section in read.sections)
    assert "<script" not in html
    assert "href" not in html
    assert [section.title for section in read.sections] == ["Préambule", "Suite"]


def test_every_text_of_the_registers_is_said_in_english_too() -> None:
    current = policy.current()
    texts = [
        text
        for rule in current.retention.values()
        for text in (rule.title, rule.counted_from, rule.because)
    ]
    texts += [tracker.purpose for tracker in current.trackers.values()]
    for recipient in current.recipients.values():
        texts += [recipient.service, recipient.safeguard, ", ".join(recipient.data)]
    for activity in current.activities.values():
        texts += [activity.title, *activity.purposes, *activity.data, activity.minimisation]
        texts += [activity.basis_detail, activity.balancing, ", ".join(activity.subjects)]

    with translation.override("en"):
        silent = sorted({text for text in texts if text and translation.gettext(text) == text})

    assert silent == []  # src/clairevoie/locale/en: policy/*.toml has no other English


def test_the_notice_is_french_and_the_rest_follows_the_reader(visitor: Client) -> None:
    html = unescape(
        visitor.get("/confidentialite/", headers={"accept-language": "en"}).content.decode()
    )

    assert '<html lang="en">' in html
    assert '<div class="prose" lang="fr">' in html
    assert "The living register" in html
    assert "5 years" in html
