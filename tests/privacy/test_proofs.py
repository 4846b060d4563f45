"""The proof of a consent outlives its person by five years, to the day, and says who to nobody."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from clairevoie import consent, privacy
from clairevoie.consent import receipts
from clairevoie.lib.calendar import PARIS
from clairevoie.privacy import proofs, retention
from clairevoie.privacy.models import Consent, ConsentProof, DataSubject, LedgerEntry
from tests.cast import NOW, TODAY, Person
from tests.promises import promise

pytestmark = pytest.mark.django_db
ACTIVITY = "testimonials"


def agree(person: Person, *, at: datetime = NOW, activity: str = ACTIVITY) -> Consent:
    return consent.give(person.subject, activity=activity, source="mon-compte", at=at)


def take_back(person: Person, *, at: datetime) -> None:
    consent.withdraw(person.subject, activity=ACTIVITY, source="mon-compte", at=at)


def night(on: date) -> None:
    retention.carry_out(retention.plan(on))


@promise("P-100")
def test_the_proof_survives_its_person_and_holds_nothing_of_them(alice: Person) -> None:
    given = agree(alice)
    take_back(alice, at=NOW + timedelta(days=1))

    erasure = privacy.erase(alice.subject, because="request", on=TODAY + timedelta(days=9))

    [proof] = ConsentProof.objects.all()
    assert (proof.record, proof.person, proof.activity) == (
        given.pk,
        alice.subject.uuid,
        ACTIVITY,
    )
    assert (proof.text_hash, proof.fingerprint) == (given.text_hash, given.fingerprint)
    assert (proof.given_at, proof.withdrawn_at) == (NOW, NOW + timedelta(days=1))
    assert proof.ended_on == TODAY + timedelta(days=1)
    assert erasure.kept == {"privacy.ConsentProof": 1}
    assert not DataSubject.objects.filter(pk=alice.subject.pk).exists(), "no shell is needed"
    assert not Consent.including_restricted.exists()
    kept = str(list(ConsentProof.objects.values()))
    assert not [canary for canary in alice.canaries.all if canary in kept]


@promise("P-016", "P-100")
@pytest.mark.parametrize(
    ("erased", "last_kept"),
    [
        (date(2026, 11, 22), date(2031, 11, 22)),
        (date(2027, 2, 28), date(2032, 2, 28)),
        (date(2028, 2, 29), date(2033, 2, 28)),
    ],
)
def test_five_years_after_its_end_it_leaves_to_the_day(
    alice: Person, erased: date, last_kept: date
) -> None:
    agree(alice)
    privacy.erase(alice.subject, because="request", on=erased)

    night(last_kept)
    kept = ConsentProof.objects.count()
    night(last_kept + timedelta(days=1))

    assert kept == 1
    assert not ConsentProof.objects.exists()


def test_each_consent_has_its_own_end(alice: Person) -> None:
    first = agree(alice)
    renewed = agree(alice, at=NOW + timedelta(days=2))
    take_back(alice, at=NOW + timedelta(days=4))
    again = agree(alice, at=NOW + timedelta(days=6))
    other = agree(alice, activity="newsletter", at=NOW + timedelta(days=3))

    privacy.erase(alice.subject, because="request", on=TODAY + timedelta(days=30))

    ends = dict(ConsentProof.objects.values_list("record", "ended_on"))
    withdrawn = set(
        ConsentProof.objects.exclude(withdrawn_at=None).values_list("record", flat=True)
    )
    days = {record: (end - TODAY).days for record, end in ends.items()}
    assert days == {first.pk: 2, renewed.pk: 4, again.pk: 30, other.pk: 30}
    assert withdrawn == {renewed.pk}


@pytest.mark.parametrize(("erased", "kept"), [(date(2031, 11, 22), 1), (date(2031, 11, 23), 0)])
def test_what_ended_five_years_before_the_person_left_leaves_no_proof(
    alice: Person, erased: date, kept: int
) -> None:
    agree(alice)
    take_back(alice, at=NOW)

    privacy.erase(alice.subject, because="request", on=erased)

    assert ConsentProof.objects.count() == kept


def test_an_end_at_midnight_is_counted_in_paris(alice: Person) -> None:
    agree(alice)
    take_back(alice, at=datetime(2026, 12, 1, 0, 30, tzinfo=PARIS))  # still November in UTC

    privacy.erase(alice.subject, because="request", on=date(2027, 1, 1))

    assert ConsentProof.objects.get().ended_on == date(2026, 12, 1)


def test_nobody_who_agreed_to_nothing_leaves_a_proof(alice: Person, charlie: Person) -> None:
    agree(charlie)

    privacy.erase(alice.subject, because="request", on=TODAY)

    assert not ConsentProof.objects.exists()


def test_a_batch_costs_one_statement_however_many_consents(alice: Person, charlie: Person) -> None:
    for person in (alice, charlie):
        for day in range(5):
            agree(person, at=NOW + timedelta(days=day))

    with CaptureQueriesContext(connection) as queries:
        kept = proofs.keep_proofs([alice.subject.pk, charlie.subject.pk], on=TODAY)

    assert (kept, len(queries)) == (10, 1)


def test_a_restored_backup_keeps_one_proof(alice: Person) -> None:
    agree(alice)
    proofs.keep_proofs([alice.subject.pk], on=TODAY)

    privacy.erase(alice.subject, because="restored-backup", on=TODAY)

    assert ConsentProof.objects.count() == 1


def test_the_database_lets_nobody_rewrite_a_proof(alice: Person) -> None:
    agree(alice)
    privacy.erase(alice.subject, because="request", on=TODAY)

    with pytest.raises(DatabaseError), transaction.atomic():
        ConsentProof.objects.update(ended_on=date(2040, 1, 1))


def test_the_night_that_ends_proofs_says_so(alice: Person) -> None:
    agree(alice)
    privacy.erase(alice.subject, because="request", on=TODAY)

    night(date(2031, 11, 23))

    line = LedgerEntry.objects.get(executor="retention.consent-proof")
    assert (line.facts["what"], line.facts["count"]) == ("privacy.ConsentProof", 1)


# --- Against the receipt that the person kept ----------------------------------------------------


def standing(file: bytes) -> receipts.Standing | None:
    return receipts.standing_of(json.loads(file))


@promise("P-100")
def test_the_receipt_the_person_kept_finds_its_proof(alice: Person) -> None:
    file = receipts.file_of(agree(alice), at=NOW)
    in_force = standing(file)
    take_back(alice, at=NOW + timedelta(days=1))
    at_home = standing(file)
    privacy.erase(alice.subject, because="request", on=TODAY + timedelta(days=2))
    proved = standing(file)
    night(date(2031, 11, 24))
    forgotten = standing(file)

    assert in_force is not None
    assert at_home is not None
    assert proved is not None
    assert (in_force.ended_on, in_force.kept_until) == (None, None)
    assert (at_home.ended_on, at_home.kept_until) == (TODAY + timedelta(days=1), None)
    assert (proved.given_at, proved.withdrawn_at) == (NOW, NOW + timedelta(days=1))
    assert proved.kept_until == date(2031, 11, 23)
    assert forgotten is None


def test_two_people_of_one_second_have_each_their_own(alice: Person, charlie: Person) -> None:
    mine, theirs = agree(alice), agree(charlie)
    receipt = receipts.file_of(mine, at=NOW)
    take_back(charlie, at=NOW + timedelta(days=1))
    privacy.erase(charlie.subject, because="request", on=TODAY)
    before = standing(receipt)
    privacy.erase(alice.subject, because="request", on=TODAY + timedelta(days=3))

    found = standing(receipt)

    assert theirs.pk != mine.pk
    assert before is not None
    assert before.kept_until is None
    assert found is not None
    assert (found.withdrawn_at, found.ended_on) == (None, TODAY + timedelta(days=3))


def test_a_receipt_of_a_former_number_finds_it_too(alice: Person, dora: Person) -> None:
    """Dora agreed before she was known as Alice: her receipt bears her former number."""
    file = receipts.file_of(agree(dora), at=NOW)
    privacy.merge(alice.subject, dora.subject, on=TODAY)
    merged = standing(file)
    privacy.erase(alice.subject, because="request", on=TODAY)

    assert merged is not None
    assert standing(file) is not None


@pytest.mark.parametrize("spoiled", [{}, {"dpv:hasIdentifier": "x"}, {"dpv:hasProcess": []}])
def test_what_is_no_receipt_has_no_standing(alice: Person, spoiled: dict[str, Any]) -> None:
    receipt = receipts.receipt_of(agree(alice)) if spoiled else {}

    assert receipts.standing_of({**receipt, **spoiled}) is None


def test_the_command_says_what_is_left(
    alice: Person, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "recu.json"
    file.write_bytes(receipts.file_of(agree(alice), at=NOW))
    call_command("consent", "verify", str(file))
    before = capsys.readouterr().err
    privacy.erase(alice.subject, because="request", on=TODAY)
    call_command("consent", "verify", str(file))
    after = " ".join(capsys.readouterr().err.split())
    call_command("consent", "verify", str(file), "--json")
    answer = json.loads(capsys.readouterr().out)
    night(date(2031, 11, 23))
    call_command("consent", "verify", str(file))
    gone = capsys.readouterr().err

    assert "en vigueur" in before
    assert "part après le 22 novembre 2031" in after
    assert answer["standing"]["kept_until"] == "2031-11-22"
    assert "Rien n’en est plus gardé" in gone
