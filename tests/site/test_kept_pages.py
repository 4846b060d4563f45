"""What a process keeps of the public pages is the same for all: never a person's, nor outdated."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.test import Client

from clairevoie import policy
from clairevoie.policy import Draft, Importance, publish
from clairevoie.privacy.models import Execution
from tests.cast import NOW, Person
from tests.consent.changing import own_policy

HOME, NOTICE = "/", "/confidentialite/"


def html(client: Client, address: str, language: str = "fr") -> str:
    answer = client.get(address, headers={"accept-language": language})
    assert answer.status_code == 200
    return answer.content.decode()


def main_of(page: str) -> str:
    """The page but for its frame."""
    return page.partition("<main")[2].partition("</main>")[0]


def test_an_account_is_offered_to_who_has_none(visitor: Client, alice: Person) -> None:
    member = Client()
    member.force_login(alice.member)

    pages = [main_of(html(client, HOME)) for client in (visitor, member, visitor, member)]

    assert ["/inscription/" in page for page in pages] == [True, False, True, False]
    assert pages[:2] == pages[2:]


@pytest.mark.parametrize("address", [HOME, NOTICE, NOTICE + "?promesses=prevues"])
def test_a_language_never_meets_the_other(visitor: Client, address: str) -> None:
    pages = [html(visitor, address, language) for language in ("fr", "en", "fr", "en")]

    assert ["Aller au contenu" in page for page in pages] == [True, False, True, False]
    assert pages[:2] == pages[2:]
    assert main_of(pages[0]) != main_of(pages[1])


def test_a_filter_is_the_readers_own(visitor: Client) -> None:
    addresses = [NOTICE, NOTICE + "?promesses=prevues", NOTICE, NOTICE + "?promesses=executees"]

    pages = [html(visitor, address) for address in addresses]

    codes = [page.count('<li class="promise') for page in pages]
    assert codes[0] == codes[2] == codes[1] + codes[3]
    assert codes[1] > 0


def test_what_ran_since_is_said_at_once_in_each_language(visitor: Client) -> None:
    at = datetime(2026, 11, 22, 2, 30, tzinfo=UTC)
    before = html(visitor, NOTICE)
    ran = Execution.objects.create(executor="retention.account", last_at=at, times=1)
    first = html(visitor, NOTICE), html(visitor, NOTICE, "en")
    ran.last_at = at + timedelta(days=1, hours=1)
    ran.save()

    second = html(visitor, NOTICE)

    assert "22\u00a0novembre 2026" not in before
    assert "22\u00a0novembre 2026</time> à 03:30" in first[0]
    assert "03:30" in first[1]
    assert "novembre" not in main_of(first[1])
    assert "23\u00a0novembre 2026</time> à 04:30" in second
    assert "03:30" not in second


def test_a_version_shows_from_the_day_it_takes_effect(
    visitor: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with own_policy(tmp_path, monkeypatch) as changing:
        text = (changing.folder / "versions/1/notice.fr.md").read_bytes()
        draft = Draft(
            text=text.replace("n°1 du 15/04/2024".encode(), "n°2 du 01/12/2026".encode()),
            published_on=date(2026, 12, 1),
            effective_on=date(2026, 12, 31),
            importance=Importance.MAJOR,
            reason="Nommer les bases légales.",
            maxima={},
        )
        publish(changing.folder, draft)
        policy.reread()
        pages = []
        for days in (38, 39, 38):  # from NOW: 30, 31, 30 December
            with time_machine.travel(NOW + timedelta(days=days), tick=False):
                pages.append(html(visitor, NOTICE))

    assert ["<strong>Version n°2 du 01/12/2026" in page for page in pages] == [False, True, False]


def test_a_changed_register_shows_at_once(
    visitor: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = html(visitor, NOTICE)
    with own_policy(tmp_path, monkeypatch) as changing:
        changing.say("account", file="retention", because='"Parce que le test le dit."')
        changed = html(visitor, NOTICE)

    assert "Parce que le test le dit." in changed
    assert html(visitor, NOTICE) == before
