"""The officer reads consents and their words in the back office, and changes nothing there."""

from __future__ import annotations

from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

from clairevoie import consent
from clairevoie.privacy.models import Consent, ConsentText, LedgerEntry
from tests.cast import NOW, Person
from tests.consent.changing import OwnPolicy, own_policy
from tests.gestion.conftest import SignIn

pytestmark = pytest.mark.django_db


@pytest.fixture
def changing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[OwnPolicy]:
    """A policy of this test's own."""
    with own_policy(tmp_path, monkeypatch) as mine:
        yield mine


def test_she_reads_each_act_with_its_words_and_no_name(
    alice: Person, helene: Person, at_work: SignIn
) -> None:
    given = consent.give(alice.subject, activity="testimonials", source="mon-compte", at=NOW)
    client = at_work(helene)

    rows = unescape(client.get("/gestion/consentements/").content.decode())
    page = unescape(client.get(f"/gestion/consentements/{given.pk}/").content.decode())

    assert "testimonials" in rows
    assert given.text in page
    assert str(alice.subject.uuid) in page
    assert not [canary for canary in alice.canaries.all if canary in rows + page]
    assert LedgerEntry.objects.filter(subject=alice.subject.uuid, executor__contains="read")


def test_nothing_is_given_or_changed_from_there(
    alice: Person, helene: Person, at_work: SignIn
) -> None:
    given = consent.give(alice.subject, activity="testimonials", source="mon-compte", at=NOW)
    client = at_work(helene)

    for path in ("", f"{given.pk}/", "add/", f"{given.pk}/delete/"):
        client.post(f"/gestion/consentements/{path}", {"given": "", "activity": "newsletter"})

    [kept] = Consent.including_restricted.all()
    assert (kept.pk, kept.given, kept.activity) == (given.pk, True, "testimonials")


def test_a_text_that_no_longer_covers_the_policy_says_so(
    alice: Person, helene: Person, at_work: SignIn, changing: OwnPolicy
) -> None:
    consent.give(alice.subject, activity="testimonials", source="mon-compte", at=NOW)
    client = at_work(helene)
    before = unescape(client.get("/gestion/textes-de-consentement/").content.decode())

    changing.say("testimonials", purposes='["Vendre des affiches"]')

    after = unescape(client.get("/gestion/textes-de-consentement/").content.decode())
    number = ConsentText.objects.get().pk
    page = unescape(client.get(f"/gestion/textes-de-consentement/{number}/").content.decode())
    assert "couvre le présent" in before
    assert "dépassé" in after
    assert "Faire connaître les parcours" in page


def test_a_filter_by_activity_reads_no_table_to_know_them(
    alice: Person, helene: Person, at_work: SignIn
) -> None:
    consent.give(alice.subject, activity="testimonials", source="mon-compte", at=NOW)

    page = at_work(helene).get("/gestion/consentements/", {"activite": "newsletter"})

    assert page.status_code == 200
    assert str(alice.subject.uuid)[:8] not in page.content.decode()
