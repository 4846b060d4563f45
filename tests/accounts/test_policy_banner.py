"""Members without e-mail or phone are told of a major version by a banner (P-008)."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from time_machine import travel

from clairevoie import policy, privacy
from clairevoie.lib.calendar import PARIS
from clairevoie.messaging.models import Channel, Message, State
from clairevoie.messaging.steps import announce
from clairevoie.policy import Draft, Importance, publish
from clairevoie.policy.reader import DEFAULT
from tests.accounts.conftest import SignIn
from tests.cast import Person
from tests.promises import promise

pytestmark = pytest.mark.django_db
PUBLISHED = datetime(2026, 12, 1, 9, tzinfo=PARIS)
IN_FORCE = datetime(2026, 12, 31, 9, tzinfo=PARIS)
WORDS = "s’applique à partir du"


@pytest.fixture
def announced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, alice: Person) -> Iterator[Person]:
    """Alice left no contact when a major version of 1 December was announced for the 31st."""
    folder = Path(shutil.copytree(DEFAULT, tmp_path / "policy"))
    text = (folder / "versions/1/notice.fr.md").read_bytes()
    publish(
        folder,
        Draft(
            text=text.replace("n°1 du 15/04/2024".encode(), "n°2 du 01/12/2026".encode()),
            published_on=date(2026, 12, 1),
            effective_on=date(2026, 12, 31),
            importance=Importance.MAJOR,
            reason="Nommer les bases légales.",
            maxima={},
        ),
    )
    monkeypatch.setenv("CLAIREVOIE_POLICY", str(folder))
    policy.reread()
    for kind in ("email", "phone"):
        privacy.forget_contact(alice.subject, kind=kind)
    announce(PUBLISHED)
    yield alice
    monkeypatch.undo()
    policy.reread()


def overview(signed_in: SignIn, person: Person, *, at: datetime) -> str:
    with travel(at, tick=False):
        return signed_in(person).get("/mon-compte/").content.decode()


def delivery(person: Person) -> list[tuple[str, str]]:
    rows = Message.including_restricted.filter(subject=person.subject)
    return list(rows.values_list("channel", "state"))


@promise("P-008")
def test_the_banner_is_shown_and_its_delivery_noted_once(
    announced: Person, signed_in: SignIn
) -> None:
    before = delivery(announced)

    first = overview(signed_in, announced, at=PUBLISHED + timedelta(days=2))
    again = overview(signed_in, announced, at=IN_FORCE - timedelta(days=1))

    for words in (
        WORDS,
        'datetime="2026-12-31"',
        "Nommer les bases légales.",
        "/confidentialite/v2/",
    ):
        assert words in first
        assert words in again
    assert before == [(Channel.BANNER, State.QUEUED)]
    assert delivery(announced) == [(Channel.BANNER, State.SENT)]


@promise("P-008")
def test_whoever_comes_after_it_applies_is_told_once(announced: Person, signed_in: SignIn) -> None:
    late = overview(signed_in, announced, at=IN_FORCE + timedelta(days=3))
    again = overview(signed_in, announced, at=IN_FORCE + timedelta(days=4))

    assert WORDS in late
    assert WORDS not in again


def test_whoever_was_written_to_sees_no_banner(
    announced: Person, bob: Person, signed_in: SignIn
) -> None:
    announce(PUBLISHED)

    page = overview(signed_in, bob, at=PUBLISHED + timedelta(days=2))

    assert WORDS not in page
    assert [channel for channel, _ in delivery(bob)] == [Channel.EMAIL]


def test_the_banner_costs_no_query_when_nothing_is_announced(
    alice: Person, signed_in: SignIn, django_assert_num_queries: Any
) -> None:
    client = signed_in(alice)
    client.get("/mon-compte/")

    with django_assert_num_queries(1):
        client.get("/mon-compte/")
