"""What one night does to many people costs as many statements as for a few."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from clairevoie import privacy
from clairevoie.lib.calendar import PARIS
from clairevoie.privacy.models import Consent, DataSubject, LedgerEntry, Tombstone
from tests.cast import NOW, TODAY

pytestmark = pytest.mark.django_db

BEFORE = datetime(2024, 3, 1, 12, tzinfo=PARIS)


def people(count: int) -> list[DataSubject]:
    return [privacy.register_subject(on=TODAY) for _ in range(count)]


def agree(some: list[DataSubject]) -> None:
    privacy.give_consents(
        some, activity="newsletter", text="Oui", source="test", at=BEFORE, recorded_at=NOW
    )


def statements(act: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as asked:
        act()
    return len(asked)


def everybody(some: list[DataSubject]) -> QuerySet[DataSubject]:
    return DataSubject.objects.filter(pk__in=[one.pk for one in some])


def test_many_are_erased_with_one_line_of_evidence() -> None:
    leaving, staying = people(30), people(2)
    privacy.restrict(staying[0], ground="accuracy", on=TODAY)
    privacy.hold(staying[1], reason="Litige", on=TODAY)

    gone = privacy.erase_many(everybody(leaving + staying), because="test", on=TODAY)

    assert gone == 30
    assert set(DataSubject.objects.all()) == set(staying)
    assert set(Tombstone.objects.values_list("uuid", flat=True)) == {one.uuid for one in leaving}
    line = LedgerEntry.objects.get(executor="rights.erase")
    assert (line.facts["count"], line.subject) == (30, None)
    assert privacy.ledger.verify().sound


def test_erasing_thirty_costs_what_erasing_three_costs() -> None:
    few, many = people(3), people(30)

    costs = [
        statements(lambda some=some: privacy.erase_many(everybody(some), because="x", on=TODAY))  # type: ignore[misc]
        for some in (few, many)
    ]

    assert costs[0] == costs[1]


def test_many_consents_end_at_once_and_only_those_in_force() -> None:
    live, ended, never = people(20), people(1), people(1)
    agree(live + ended)
    privacy.withdraw_consent(ended[0], activity="newsletter", source="test", at=NOW)

    count = privacy.withdraw_consents(
        live + ended + never, activity="newsletter", source="terme", at=NOW + timedelta(hours=1)
    )

    assert count == 20
    assert not any(privacy.may(one, "newsletter").allowed for one in live)
    ends = Consent.including_restricted.filter(given=False, source="terme")
    assert set(ends.values_list("subject", flat=True)) == {one.pk for one in live}
    assert {row.text for row in ends} == {"Oui"}


def test_ending_twenty_consents_costs_what_ending_two_costs() -> None:
    few, many = people(2), people(20)
    agree(few + many)

    costs = [
        statements(
            lambda some=some: privacy.withdraw_consents(  # type: ignore[misc]
                some, activity="newsletter", source="terme", at=NOW
            )
        )
        for some in (few, many)
    ]

    assert costs[0] == costs[1]


def test_the_journal_says_when_a_proof_came_in_not_when_it_was_given() -> None:
    agree(people(2))

    assert {consent.at for consent in Consent.including_restricted.all()} == {BEFORE}
    lines = LedgerEntry.objects.filter(executor="consent.give")
    assert {line.at for line in lines} == {NOW}
