"""The journal: what it refuses to hold, what the database refuses to change, what is found."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from clairevoie import privacy
from clairevoie.privacy import anchors, ledger, triggers
from clairevoie.privacy.models import Consent, Execution, LedgerEntry
from tests.cast import NOW
from tests.promises import promise

pytestmark = pytest.mark.django_db


def write(count: int) -> list[LedgerEntry]:
    return ledger.append_many(
        ledger.Line(executor="tests.write", at=NOW, subject=uuid4(), facts={"count": number})
        for number in range(count)
    )


@contextmanager
def an_intruder() -> Iterator[Any]:
    """Somebody who owns the database and has switched its protections off."""
    triggers.unprotect(connection)
    with connection.cursor() as cursor:
        yield cursor
    triggers.protect(connection)


# --- Writing ------------------------------------------------------------------------------------


def test_lines_are_numbered_without_a_gap_and_chained() -> None:
    first = ledger.append(executor="tests.write", at=NOW, facts={"a": 1})
    second, third = write(2)

    assert [first.id, second.id, third.id] == [1, 2, 3]
    assert first.previous == ledger.GENESIS
    assert (second.previous, third.previous) == (first.hash, second.hash)
    assert ledger.verify() == ledger.Verification(entries=3, broken=None)


def test_a_line_that_is_rolled_back_leaves_no_gap() -> None:
    write(1)
    with transaction.atomic():
        write(1)
        transaction.set_rollback(True)

    assert write(1)[0].id == 2


def test_each_executor_knows_when_it_last_ran() -> None:
    write(3)

    found = Execution.objects.get(pk="tests.write")

    assert (found.last_at, found.times) == (NOW, 3)
    assert ledger.last_run("tests.write") == NOW
    assert ledger.last_run("tests.never") is None


@pytest.mark.parametrize(
    "value",
    [
        "alice@exemple.fr",
        "06 12 34 56 78",
        "0612345678",
        "+33612345678",
        "06.12.34.56.78",
        "203.0.113.7",
        "2001:db8::1",
        "Alice Martin",
        "Martin",
        "12 rue des Lilas",
        1.5,
        b"x",
        "x" * 200,
    ],
)
def test_what_looks_personal_is_refused_and_not_repeated(value: object) -> None:
    with pytest.raises(ledger.FactRefused) as refusal:
        ledger.append(executor="tests.write", at=NOW, facts={"deep": [{"value": value}]})

    assert str(value) not in str(refusal.value)
    assert not LedgerEntry.objects.exists()


@pytest.mark.parametrize(
    "value",
    [
        "retention.account",
        "surveys.Answer",
        "P60D",
        "P-088",
        "2026-11-22",
        "2026-11-22 10:30:00+00:00",
        str(UUID(int=7)),
        "0" * 64,
        date(2026, 11, 22),
        NOW,
        UUID(int=7),
        None,
        True,
        12,
        "",
    ],
)
def test_codes_numbers_dates_and_hashes_are_welcome(value: object) -> None:
    ledger.append(executor="tests.write", at=NOW, facts={"value": value})

    assert ledger.verify().sound


# --- The database itself refuses ----------------------------------------------------------------


@promise("P-080")
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE privacy_ledgerentry SET executor = 'x' WHERE id = 1",
        "UPDATE privacy_ledgerentry SET hash = hash",
        "DELETE FROM privacy_ledgerentry WHERE id = 2",
    ],
)
def test_the_database_refuses_to_change_a_line(statement: str) -> None:
    write(2)

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert ledger.verify() == ledger.Verification(entries=2, broken=None)


def test_the_database_refuses_to_replace_or_truncate() -> None:
    write(2)
    forgery = (
        "TRUNCATE privacy_ledgerentry"
        if connection.vendor == "postgresql"
        else "INSERT OR REPLACE INTO privacy_ledgerentry SELECT * FROM privacy_ledgerentry"
    )

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(forgery)


def test_a_consent_cannot_be_rewritten_but_can_follow_a_merged_subject() -> None:
    kept, other = (privacy.register_subject(on=date(2026, 11, 22)) for _ in range(2))
    consent = Consent.including_restricted.create(
        subject=other, activity="newsletter", at=NOW, source="test", policy_hash="0", given=True
    )
    everything = Consent.including_restricted.filter(pk=consent.pk)

    with pytest.raises(IntegrityError), transaction.atomic():
        everything.update(given=False)
    with pytest.raises(IntegrityError), transaction.atomic():
        everything.update(given=False, subject=kept)
    moved = everything.update(subject=kept)

    assert moved == 1
    assert everything.get().given
    assert everything.delete()[0] == 1


# --- What verification finds --------------------------------------------------------------------


@promise("P-080")
@pytest.mark.parametrize(
    ("forgery", "broken"),
    [
        ("UPDATE privacy_ledgerentry SET executor = 'tests.forged' WHERE id = 3", 3),
        ("UPDATE privacy_ledgerentry SET subject = NULL WHERE id = 3", 3),
        ("UPDATE privacy_ledgerentry SET facts = '{\"count\": 99}' WHERE id = 4", 4),
        ("DELETE FROM privacy_ledgerentry WHERE id = 1", 1),
        ("DELETE FROM privacy_ledgerentry WHERE id = 3", 3),
        ("DELETE FROM privacy_ledgerentry WHERE id = 6", 6),
        ("DELETE FROM privacy_ledgerentry WHERE id > 2", 3),
        ("DELETE FROM privacy_ledgerentry", 1),
        (
            "INSERT INTO privacy_ledgerentry SELECT 7, at, executor, subject, facts, policy_hash, "
            "previous, hash FROM privacy_ledgerentry WHERE id = 6",
            7,
        ),
        (
            "INSERT INTO privacy_ledgerentry SELECT 0, at, executor, subject, facts, policy_hash, "
            "previous, hash FROM privacy_ledgerentry WHERE id = 6",
            0,
        ),
    ],
)
def test_an_altered_deleted_or_inserted_line_is_found(forgery: str, broken: int) -> None:
    write(6)
    with an_intruder() as cursor:
        cursor.execute(forgery)

    found = ledger.verify()

    assert found.broken == broken
    assert not found.sound


def test_two_lines_that_changed_places_are_found() -> None:
    write(4)
    with an_intruder() as cursor:
        cursor.execute("UPDATE privacy_ledgerentry SET id = 99 WHERE id = 2")
        cursor.execute("UPDATE privacy_ledgerentry SET id = 2 WHERE id = 3")
        cursor.execute("UPDATE privacy_ledgerentry SET id = 3 WHERE id = 99")

    assert ledger.verify().broken == 2


def test_a_ledger_recomputed_as_a_whole_is_found_by_last_night_s_note() -> None:
    write(4)
    anchors.note_head(at=NOW)
    genuine = list(LedgerEntry.objects.order_by("id"))
    with an_intruder() as cursor:
        cursor.execute("DELETE FROM privacy_ledgerentry WHERE id > 1")
        cursor.execute("UPDATE privacy_execution SET times = 1")
        for entry in genuine[1:]:
            ledger.append(executor=entry.executor, at=entry.at, facts={"count": 0})

    found = ledger.verify()

    assert (found.broken, found.because) == (4, "unlike-anchor")


def test_a_tail_cut_off_together_with_the_counts_is_found_by_last_night_s_note() -> None:
    write(4)
    anchors.note_head(at=NOW)
    with an_intruder() as cursor:
        cursor.execute("DELETE FROM privacy_ledgerentry WHERE id > 2")
        cursor.execute("UPDATE privacy_execution SET times = 2")

    assert (ledger.verify().broken, ledger.verify().because) == (3, "truncated")

    anchors.note_restoration(at=NOW)
    assert ledger.verify().sound


def test_protections_switched_off_are_found() -> None:
    write(2)
    triggers.unprotect(connection)

    assert ledger.verify() == ledger.Verification(2, None, "unprotected")

    triggers.protect(connection)
    assert ledger.verify().sound
