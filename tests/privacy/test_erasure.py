"""Erasing one person: everything but archives, proved, and told."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from clairevoie import privacy
from clairevoie.privacy import retention
from clairevoie.privacy.erasure import CannotErase, ResidueLeft
from clairevoie.privacy.models import DataSubject, Effect, LedgerEntry, Tombstone
from clairevoie.privacy.tables import passing_tables
from tests.cast import Person
from tests.promises import promise

pytestmark = pytest.mark.django_db

ON = date(2026, 11, 22)
AT = datetime(2026, 11, 22, 9, tzinfo=UTC)


@promise("P-084")
def test_an_erased_person_is_in_no_table_and_has_a_tombstone(alice: Person) -> None:
    uuid = alice.subject.uuid

    erasure = privacy.erase(alice.subject, because="request", on=ON)

    assert erasure.tables["accounts.Member"] == 1
    assert erasure.kept == {}
    assert not DataSubject.objects.filter(uuid=uuid).exists()
    assert Tombstone.objects.get(uuid=uuid).erased_on == ON
    for table in passing_tables():
        owner = table.declaration.subject
        rows = table.declaration.model._base_manager.filter(**{owner: alice.subject.pk})
        assert not rows.exists(), table.declaration.label


def test_the_ledger_tells_of_the_erasure_without_telling_who(alice: Person) -> None:
    uuid = alice.subject.uuid

    privacy.erase(alice.subject, because="request", on=ON)

    line = LedgerEntry.objects.get(executor="rights.erase")
    assert line.subject == uuid
    assert not any(canary in str(line.facts) for canary in alice.canaries.all)


def test_others_keep_everything(alice: Person, charlie: Person) -> None:
    privacy.erase(alice.subject, because="request", on=ON)

    assert DataSubject.objects.filter(pk=charlie.subject.pk).exists()
    assert privacy.find(charlie.canaries.email) == charlie.subject


@pytest.mark.parametrize("kind", ["restriction", "hold"])
def test_locked_or_held_data_are_not_erased(alice: Person, kind: str) -> None:
    if kind == "restriction":
        privacy.restrict(alice.subject, ground="accuracy", on=ON)
    else:
        privacy.hold(alice.subject, reason="litige", on=ON)

    with pytest.raises(CannotErase):
        privacy.erase(alice.subject, because="request", on=ON)

    assert privacy.find(alice.canaries.email) == alice.subject


def test_what_the_law_keeps_stays_on_a_shell_without_clock_or_contact(alice: Person) -> None:
    privacy.suspend(
        alice.subject,
        author=alice.subject.uuid,
        reason_code="fraud",
        reason="r",
        appeal="a",
        on=ON,
    )

    erasure = privacy.erase(alice.subject, because="request", on=ON)

    shell = DataSubject.objects.get(pk=alice.subject.pk)
    assert set(erasure.kept) == {"privacy.SuspensionMark"}
    assert shell.erased_on == ON
    assert (shell.last_use, shell.last_contact, shell.suspended_on) == (None, None, None)
    assert privacy.find(alice.canaries.email) is None


def test_recipients_who_were_served_are_told(alice: Person) -> None:
    privacy.disclose(alice.subject, recipient="host", activity="account", fields=("email",), on=ON)

    privacy.erase(alice.subject, because="request", on=ON)

    told = [effect.payload for effect in Effect.objects.filter(kind="notify-recipient")]
    assert [payload["recipient"] for payload in told] == ["host"]
    assert UUID(told[0]["subject"]) == alice.subject.uuid


def test_a_residue_of_an_erased_person_is_an_alarm(alice: Person) -> None:
    privacy.suspend(
        alice.subject, author=alice.subject.uuid, reason_code="x", reason="r", appeal="a", on=ON
    )
    privacy.erase(alice.subject, because="request", on=ON)
    retention.prove(on=ON)

    privacy.note_contact(alice.subject, kind="phone", raw="0612345678", on=ON)

    with pytest.raises(ResidueLeft):
        retention.prove(on=ON)
