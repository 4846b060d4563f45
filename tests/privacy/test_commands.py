"""The command line: one JSON document out, words aside, exit codes that scripts can trust."""

from __future__ import annotations

import json
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from clairevoie import privacy
from clairevoie.lib import calendar
from clairevoie.privacy import anchors, ledger, tombstones
from clairevoie.privacy.models import DataSubject, LedgerEntry, Tombstone
from tests.cast import NOW, TODAY, Person
from tests.promises import promise

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def run_json(*arguments: str) -> Any:
    return json.loads(run(*arguments, "--json"))


# --- subject ------------------------------------------------------------------------------------


def test_a_person_is_found_by_email_phone_pseudo_or_uuid(alice: Person) -> None:
    for identifier in (
        alice.canaries.email,
        alice.canaries.phone,
        alice.canaries.pseudo,
        str(alice.subject.uuid),
    ):
        found = run_json("subject", "find", identifier)

        assert found["uuid"] == str(alice.subject.uuid)
        kept = {category["title"]: category for category in found["kept"]}
        assert kept["Compte et profil"]["last_day"] == "2031-11-22"


@pytest.mark.parametrize("verb", ["find", "export", "erase", "restrict", "release"])
def test_an_unknown_person_is_a_failure_that_says_what_to_try(verb: str, db: None) -> None:
    with pytest.raises(CommandError, match="UUID") as refusal:
        run("subject", verb, "personne@exemple.fr")

    assert refusal.value.returncode == 1


def test_a_contact_that_several_people_typed_is_nobody_s(db: None) -> None:
    for _ in range(2):
        subject = privacy.register_subject(on=TODAY)
        privacy.note_contact(subject, kind="email", raw="partage@exemple.fr", on=TODAY)

    with pytest.raises(CommandError, match="Plusieurs personnes"):
        run("subject", "erase", "partage@exemple.fr")

    assert DataSubject.objects.count() == 2


def test_export_writes_a_whole_file_for_its_owner_alone(alice: Person, tmp_path: Path) -> None:
    output = tmp_path / "copie.zip"

    told = run_json("subject", "export", alice.canaries.email, "--output", str(output))

    assert told["output"] == str(output)
    assert told["rows"] > 0
    assert output.stat().st_mode & 0o777 == 0o600
    assert "donnees.json" in ZipFile(output).namelist()
    assert [path.name for path in tmp_path.iterdir()] == ["copie.zip"]


def test_an_export_that_cannot_be_written_says_why(alice: Person, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="ne peut être écrit"):
        run("subject", "export", alice.canaries.email, "--output", str(tmp_path / "no" / "x.zip"))


def test_the_export_of_someone_erased_leaves_no_file(alice: Person, tmp_path: Path) -> None:
    DataSubject.objects.filter(pk=alice.subject.pk).update(erased_on=TODAY)

    with pytest.raises(CommandError, match="effacées"):
        run("subject", "export", str(alice.subject.uuid), "--output", str(tmp_path / "x.zip"))

    assert not list(tmp_path.iterdir())


def test_erase_says_what_went_and_what_stays(alice: Person) -> None:
    told = run_json("subject", "erase", alice.canaries.email)

    assert told["uuid"] == str(alice.subject.uuid)
    assert told["erased"]["accounts.Member"] == 1
    assert told["kept"] == {}
    assert privacy.find(alice.canaries.email) is None


def test_a_restricted_person_is_not_erased_until_released(alice: Person) -> None:
    assert run_json("subject", "restrict", alice.canaries.email)["restricted"] is True

    with pytest.raises(CommandError, match="verrouillées"):
        run("subject", "erase", alice.canaries.email)

    assert run_json("subject", "release", alice.canaries.email)["restricted"] is False
    with pytest.raises(CommandError, match="ne sont pas verrouillées"):
        run("subject", "release", alice.canaries.email)


# --- retention ----------------------------------------------------------------------------------


@promise("P-088")
def test_plan_tells_and_run_does_the_day_after_the_last_lawful_day(alice: Person) -> None:
    due = run_json("retention", "plan", "--on", "2031-11-22")
    assert next(line for line in due["due"] if line["rule"] == "account")["count"] == 0

    due = run_json("retention", "plan", "--on", "2031-11-23")
    account = next(line for line in due["due"] if line["rule"] == "account")
    assert (account["count"], account["oldest"]) == (1, "2026-11-22")

    done = run_json("retention", "run", "--on", "2031-11-23")
    assert {"rule": "account", "what": "privacy.DataSubject", "count": 1} in done["done"]
    again = run_json("retention", "run", "--on", "2031-11-23")
    assert again == {"on": "2031-11-23", "total": 0, "done": []}


def test_simulate_walks_the_calendar_and_changes_nothing(alice: Person) -> None:
    lines = LedgerEntry.objects.count()

    told = run_json("retention", "simulate", "--until", "2031-12-31")

    days = {day["on"]: day["done"] for day in told["days"]}
    assert {"rule": "account", "what": "privacy.DataSubject", "count": 1} in days["2031-11-23"]
    assert privacy.find(alice.canaries.email) == alice.subject
    assert LedgerEntry.objects.count() == lines


@pytest.mark.django_db(transaction=True)
def test_simulate_outside_a_transaction_works_on_a_copy(home: Path) -> None:
    subject = privacy.register_subject(on=TODAY)
    before = DataSubject.objects.count()

    told = run_json("retention", "simulate", "--until", "2031-12-31")

    assert told["days"]
    assert DataSubject.objects.count() == before
    assert DataSubject.objects.filter(pk=subject.pk, last_contact=TODAY).exists()
    assert not list(home.glob("simulation-*"))


def test_simulate_refuses_the_past() -> None:
    yesterday = calendar.today() - timedelta(days=1)

    with pytest.raises(CommandError, match="à venir"):
        run("retention", "simulate", "--until", yesterday.isoformat())


@pytest.mark.parametrize("day", ["2026-02-30", "22/11/2026", "demain", "2026-13-01"])
def test_an_impossible_date_is_a_bad_argument_that_says_so(day: str) -> None:
    with pytest.raises(CommandError, match="n’est pas une date du calendrier"):
        run("retention", "plan", "--on", day)


def test_a_person_reads_a_table(alice: Person) -> None:
    table = run("retention", "plan", "--on", "2031-11-23")

    assert "Dû le 23 novembre 2031" in table
    assert "privacy.DataSubject" in table
    assert run("retention", "plan", "--on", "2026-11-23").strip().endswith(": rien.")


# --- ledger -------------------------------------------------------------------------------------


@promise("P-080")
def test_verify_prints_the_number_of_entries_or_the_first_broken_one() -> None:
    ledger.append(executor="tests.write", at=NOW, facts={})
    ledger.append(executor="tests.write", at=NOW, facts={})
    assert run("ledger", "verify") == "2\n"
    assert run_json("ledger", "verify") == {"entries": 2, "broken": None, "because": ""}

    from clairevoie.privacy import triggers

    triggers.unprotect(connection)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE privacy_ledgerentry SET executor = 'x' WHERE id = 2")
    triggers.protect(connection)

    with pytest.raises(CommandError, match="ligne 2") as refusal:
        run("ledger", "verify")
    assert refusal.value.returncode == 1
    with pytest.raises(SystemExit) as code:
        run("ledger", "verify", "--json")
    assert code.value.code == 1


# --- daily --------------------------------------------------------------------------------------


@promise("P-001")
def test_daily_does_everything_as_of_a_day(alice: Person) -> None:
    told = json.loads(run("daily", "--on", "2026-11-23", "--json"))

    assert told["failed"] == []
    assert told["as_of"] == "2026-11-23T00:15:00+01:00"
    assert {"retention.carry-out", "ledger.verify"} <= {step["name"] for step in told["steps"]}


# --- tombstones ---------------------------------------------------------------------------------


@promise("P-084")
def test_a_person_whom_a_backup_brings_back_is_erased_again(alice: Person, home: Path) -> None:
    uuid = alice.subject.uuid
    privacy.erase(alice.subject, because="request", on=TODAY)
    run("tombstones", "write")
    log = tombstones.log_path().read_text()
    assert f"{uuid} 2026-11-22\n" in log
    Tombstone.objects.all().delete()
    restored = DataSubject.objects.create(uuid=uuid, last_use=TODAY)
    privacy.note_contact(restored, kind="email", raw=alice.canaries.email, on=TODAY)
    privacy.restrict(restored, ground="accuracy", on=TODAY)
    privacy.hold(restored, reason="litige", on=TODAY)

    told = run_json("tombstones", "replay", str(tombstones.log_path()))

    assert told["erased"] == 1
    assert not DataSubject.objects.filter(uuid=uuid).exists()
    assert Tombstone.objects.get(uuid=uuid).erased_on == date(2026, 11, 22)
    assert run_json("tombstones", "replay", str(tombstones.log_path()))["erased"] == 0
    assert not anchors.noted_heads()


def test_tombstones_are_written_once(alice: Person) -> None:
    privacy.erase(alice.subject, because="request", on=TODAY)
    first = tombstones.write_out(at=NOW)

    assert first >= 1
    assert tombstones.write_out(at=NOW) == 0


def test_a_file_of_something_else_is_refused_whole(alice: Person, tmp_path: Path) -> None:
    file = tmp_path / "x.log"
    file.write_text(f"{alice.subject.uuid} 2026-11-22\nn’importe quoi\n")

    with pytest.raises(CommandError, match="ligne 2"):
        run("tombstones", "replay", str(file))
    with pytest.raises(CommandError, match="n’existe pas"):
        run("tombstones", "replay", str(tmp_path / "absent"))

    assert privacy.find(alice.canaries.email) == alice.subject
