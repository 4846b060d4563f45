"""A major change of the policy reaches every member before it applies."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest

from clairevoie import policy, privacy
from clairevoie.lib.calendar import PARIS
from clairevoie.messaging.models import Channel, Message
from clairevoie.messaging.steps import announce
from clairevoie.policy import Draft, Importance, publish
from clairevoie.policy.reader import DEFAULT
from tests.cast import Person
from tests.promises import promise

PUBLISHED = datetime(2026, 12, 1, 9, tzinfo=PARIS)


@pytest.fixture
def coming(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A second, major version: published on 1 December, in force on 31 December 2026."""
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
    yield folder
    monkeypatch.undo()
    policy.reread()


def told(person: Person) -> list[str]:
    return list(
        Message.including_restricted.filter(subject=person.subject).values_list(
            "channel", flat=True
        )
    )


@promise("P-008")
def test_each_member_is_told_once_by_the_way_they_left(
    alice: Person, bob: Person, charlie: Person, coming: Path
) -> None:
    privacy.object_to(alice.subject, activity="prospecting", source="mon-compte", at=PUBLISHED)
    privacy.forget_contact(bob.subject, kind="email")
    for kind in ("email", "phone"):
        privacy.forget_contact(charlie.subject, kind=kind)

    first = announce(PUBLISHED)
    second = announce(PUBLISHED)

    assert (first, second) == (3, 0)
    assert told(alice) == [Channel.EMAIL]
    assert told(bob) == [Channel.SMS]
    assert told(charlie) == [Channel.BANNER]


@promise("P-008")
def test_the_announcement_says_when_why_and_where_to_read(alice: Person, coming: Path) -> None:
    announce(PUBLISHED)

    (message,) = Message.objects.all()
    for words in ("31 décembre 2026", "Nommer les bases légales.", "/confidentialite/v2/"):
        assert words in message.text


def test_nothing_is_announced_before_the_publication_or_once_in_force(
    alice: Person, coming: Path
) -> None:
    before = announce(datetime(2026, 11, 30, 23, 59, tzinfo=PARIS))
    after = announce(datetime(2026, 12, 31, 0, 0, tzinfo=PARIS))

    assert (before, after) == (0, 0)
