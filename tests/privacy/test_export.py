"""A copy of everything: complete, named, dated, portable, of one instant, whole or refused."""

from __future__ import annotations

import csv
import io
import json
import re
import threading
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from jsonschema import Draft202012Validator, FormatChecker

from clairevoie import privacy
from clairevoie.privacy import export_pages
from clairevoie.privacy.declarations import personal_declarations
from clairevoie.privacy.exporting import SubjectErased
from clairevoie.privacy.models import (
    Consent,
    DataSubject,
    Effect,
    ExportPack,
    LedgerEntry,
    Objection,
)
from tests.canaries import Nest, nest
from tests.cast import NOW, TODAY, Person
from tests.promises import promise

SCHEMA = Path(__file__).parents[2] / "docs" / "reference" / "export.schema.json"


@pytest.fixture
def everywhere(db: None) -> Nest:
    """A person with a row in every declared table."""
    return nest(31)


def pack_of(subject: DataSubject) -> ZipFile:
    written = io.BytesIO()
    privacy.export(subject, to=written, at=NOW)
    return ZipFile(written)


def document_of(pack: ZipFile, name: str = "donnees.json") -> dict[str, Any]:
    document: dict[str, Any] = json.loads(pack.read(name))
    return document


# --- Completeness -------------------------------------------------------------------------------


@promise("P-010", "P-097")
def test_every_exported_value_is_in_the_json_and_on_the_page(everywhere: Nest) -> None:
    pack = pack_of(everywhere.subject)
    document, page = pack.read("donnees.json").decode(), pack.read("lisez-moi.html").decode()

    shown = {
        f"{declaration.label}.{column}"
        for declaration in personal_declarations()
        for column in (
            *declaration.provided,
            *declaration.observed,
            *declaration.derived,
            *declaration.third_party,
        )
        if column not in declaration.files
    }
    for canary, where in everywhere.canaries.items():
        assert (canary in document) == (where in shown), where
        assert (canary in page) == (where in shown), where


@promise("P-097")
def test_secrets_never_leave(everywhere: Nest) -> None:
    pack = pack_of(everywhere.subject)
    everything = b"".join(pack.read(name) for name in pack.namelist())

    secret = {f"{d.label}.{column}" for d in personal_declarations() for column in d.secret}
    for canary, where in everywhere.canaries.items():
        assert where not in secret or canary.encode() not in everything, where


def test_the_persons_files_are_in_the_pack_but_no_earlier_pack(everywhere: Nest) -> None:
    pack = pack_of(everywhere.subject)
    files = {name: pack.read(name) for name in pack.namelist() if name.startswith("fichiers/")}

    told = {canary.encode() for canary, where in everywhere.canaries.items() if "avatar" in where}
    earlier = {c.encode() for c, where in everywhere.canaries.items() if "ExportPack" in where}
    assert told <= set(files.values())
    assert not earlier & set(files.values())
    listed = [name for c in document_of(pack)["categories"] for name in c["files"]]
    assert sorted(listed) == sorted(files)


def test_a_file_that_is_missing_is_said_and_stops_nothing(everywhere: Nest) -> None:
    member: Any = everywhere.rows[
        next(m for m in everywhere.rows if m._meta.label == "accounts.Member")
    ]
    default_storage.delete(member.avatar.name)

    document = document_of(pack_of(everywhere.subject))

    assert document["missing_files"] == [member.avatar.name]


def test_nobody_else_is_in_the_pack(everywhere: Nest) -> None:
    other = nest(32)

    pack = pack_of(everywhere.subject)

    everything = b"".join(pack.read(name) for name in pack.namelist()).decode(errors="replace")
    assert not [canary for canary in other.canaries if canary in everything]


# --- What the law wants beside the values -------------------------------------------------------


@promise("P-010", "P-097")
def test_each_category_says_why_until_when_whence_and_to_whom(everywhere: Nest) -> None:
    document = document_of(pack_of(everywhere.subject))
    categories = {category["code"]: category for category in document["categories"]}

    profile = categories["accounts.member"]
    assert profile["activity"]["basis"] == "contract"
    assert profile["activity"]["purposes"]
    assert profile["retention"]["last_day"] == "2031-11-20"
    assert {"name": "last_name", "provenance": "provided"}.items() <= {
        **next(c for c in profile["columns"] if c["name"] == "last_name")
    }.items()
    assert profile["recipients_served"] == ["Serveur de l’organisme"]
    (recipient,) = document["recipients"]
    assert recipient["name"] == "Serveur de l’organisme"
    assert recipient["received"][0]["fields"] == ["email", "phone"]
    for category in document["categories"]:
        for row in category["rows"]:
            assert list(row) == [column["name"] for column in category["columns"]]


def test_what_a_row_points_to_is_named_rather_than_numbered(everywhere: Nest) -> None:
    (survey,) = (row for model, row in everywhere.rows.items() if model.__name__ == "Survey")

    document = document_of(pack_of(everywhere.subject))

    (answers,) = (c for c in document["categories"] if c["code"] == "surveys.answer")
    assert [row["survey"] for row in answers["rows"]] == [str(survey)]


def test_the_page_names_the_controller_the_rights_and_the_authority(everywhere: Nest) -> None:
    page = pack_of(everywhere.subject).read("lisez-moi.html").decode()

    for words in ("Smart Solutions", "98464755200012", "3 place de Fontenoy", "22 novembre 2026"):
        assert words in page
    assert str(everywhere.subject.uuid) in page


def test_the_page_asks_nothing_of_the_network(everywhere: Nest) -> None:
    page = pack_of(everywhere.subject).read("lisez-moi.html").decode()

    assert not re.search(r'(src|href)="(?!#|mailto:|fichiers/|pages/)', page)
    assert "@import" not in page
    assert "url(http" not in page


def test_what_people_wrote_cannot_become_markup(alice: Person) -> None:
    alice.member.last_name = "<script>alert(1)</script>"
    alice.member.save()

    page = pack_of(alice.subject).read("lisez-moi.html").decode()

    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)" in page


@promise("P-103")
def test_the_documents_follow_the_published_schema(everywhere: Nest) -> None:
    validator = Draft202012Validator(
        json.loads(SCHEMA.read_text()), format_checker=FormatChecker()
    )
    pack = pack_of(everywhere.subject)

    for name in ("donnees.json", "portabilite/donnees.json"):
        assert not list(validator.iter_errors(document_of(pack, name)))


@promise("P-103")
def test_what_may_be_carried_elsewhere_was_provided_or_observed(everywhere: Nest) -> None:
    pack = pack_of(everywhere.subject)
    carried = document_of(pack, "portabilite/donnees.json")["categories"]
    more = {d.label.lower() for d in personal_declarations() if d.carried}

    assert "accounts.member" in {category["code"] for category in carried}
    for category in carried:
        assert category["activity"]["basis"] in ("consent", "contract") or category["code"] in more
        assert {c["provenance"] for c in category["columns"]} <= {"provided", "observed"}
        table = pack.read(f"portabilite/{category['code']}.csv").decode("utf-8-sig")
        head, *rows = csv.reader(io.StringIO(table))
        assert head == [column["name"] for column in category["columns"]]
        assert len(rows) == category["count"]


# --- One instant, whole or refused --------------------------------------------------------------


def test_a_person_who_was_erased_has_nothing_to_copy(alice: Person) -> None:
    privacy.erase(alice.subject, because="request", on=TODAY)

    with pytest.raises(SubjectErased):
        privacy.export(alice.subject, to=io.BytesIO(), at=NOW)
    with pytest.raises(SubjectErased):
        privacy.make_pack(alice.subject, at=NOW)


def test_an_archive_alone_is_nothing_to_copy(alice: Person) -> None:
    DataSubject.objects.filter(pk=alice.subject.pk).update(erased_on=TODAY)

    with pytest.raises(SubjectErased):
        privacy.export(alice.subject, to=io.BytesIO(), at=NOW)


@pytest.mark.django_db(transaction=True)
def test_an_erasure_in_the_middle_refuses_the_pack_and_blocks_nobody() -> None:
    person = nest(33, lasting=False)
    halfway = _Halfway(lambda: privacy.erase(person.subject, because="request", on=TODAY))

    with pytest.raises(SubjectErased):
        privacy.export(person.subject, to=halfway, at=NOW)

    assert halfway.done
    assert not DataSubject.objects.filter(pk=person.subject.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_a_change_in_the_middle_is_wholly_after_the_pack() -> None:
    person = nest(34)
    written = io.BytesIO()
    halfway = _Halfway(
        lambda: Objection.including_restricted.filter(subject=person.subject).delete(), written
    )

    privacy.export(person.subject, to=halfway, at=NOW)

    codes = {c["code"] for c in document_of(ZipFile(written))["categories"]}
    assert "privacy.objection" in codes
    assert not Objection.including_restricted.filter(subject=person.subject).exists()


@pytest.mark.django_db(transaction=True)
def test_no_file_stays_when_the_person_is_erased_while_the_pack_is_saved(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    person = nest(35, lasting=False)
    save, before = default_storage.save, set(_packs_on_disk())

    def save_late(name: str, content: Any) -> str:
        saved = save(name, content)
        privacy.erase(person.subject, because="request", on=TODAY)
        return saved

    monkeypatch.setattr(default_storage, "save", save_late)

    with pytest.raises(SubjectErased):
        privacy.make_pack(person.subject, at=NOW)

    assert set(_packs_on_disk()) == before


class _Halfway:
    """A file that, at its first bytes, has another connection do something."""

    def __init__(self, action: Any, written: io.BytesIO | None = None) -> None:
        self._action, self._written = action, written or io.BytesIO()
        self.done = False

    def write(self, data: bytes) -> int:
        if not self.done:
            self.done = True
            other = threading.Thread(target=self._elsewhere)
            other.start()
            other.join(timeout=10)
            assert not other.is_alive(), "the export made a writer wait"
        return self._written.write(data)

    def flush(self) -> None: ...

    def _elsewhere(self) -> None:
        try:
            self._action()
        finally:
            connection.close()


def _packs_on_disk() -> list[str]:
    try:
        return default_storage.listdir("exports")[1]
    except FileNotFoundError:
        return []


# --- Packs --------------------------------------------------------------------------------------


@pytest.fixture
def alices_pack(alice: Person) -> Iterator[ExportPack]:
    pack = privacy.make_pack(alice.subject, at=NOW)
    yield pack
    default_storage.delete(str(pack.file))


@promise("P-097")
def test_a_pack_is_kept_fourteen_days_for_its_person(
    alices_pack: ExportPack, alice: Person
) -> None:
    assert alices_pack.subject == alice.subject
    assert alices_pack.expires_on == date(2026, 12, 6)
    assert re.fullmatch(r"exports/[0-9a-f-]{36}\.zip", str(alices_pack.file))
    with alices_pack.file.open() as stored:
        assert document_of(ZipFile(stored))["subject"] == str(alice.subject.uuid)


def test_making_a_pack_is_in_the_ledger_with_counts_and_hash(
    alices_pack: ExportPack, alice: Person
) -> None:
    line = LedgerEntry.objects.get(executor="rights.export")

    assert line.subject == alice.subject.uuid
    assert line.facts["rows"] > 0
    assert re.fullmatch("[0-9a-f]{64}", line.facts["sha256"])
    assert not Effect.objects.exists()


def test_the_night_after_its_term_a_pack_is_gone(alices_pack: ExportPack) -> None:
    name = str(alices_pack.file)
    last = alices_pack.expires_on

    privacy.retention.carry_out(privacy.retention.plan(last))
    privacy.outbox.deliver(at=NOW)
    assert default_storage.exists(name)

    privacy.retention.carry_out(privacy.retention.plan(last + timedelta(days=1)))
    privacy.outbox.deliver(at=NOW)
    assert not default_storage.exists(name)


def test_erasing_the_person_erases_the_pack(alices_pack: ExportPack, alice: Person) -> None:
    privacy.erase(alice.subject, because="request", on=TODAY)
    privacy.outbox.deliver(at=NOW)

    assert not default_storage.exists(str(alices_pack.file))


# --- Many rows ----------------------------------------------------------------------------------


def test_a_long_category_has_pages_of_its_own(
    alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_pages, "INLINE_ROWS", 10)
    monkeypatch.setattr(export_pages, "ROWS_A_PAGE", 20)
    Consent.including_restricted.bulk_create(
        Consent(
            subject=alice.subject,
            activity=f"zzyx{number:03d}",
            at=NOW,
            source="test",
            policy_hash="",
            given=True,
        )
        for number in range(45)
    )

    pack = pack_of(alice.subject)

    names = [name for name in pack.namelist() if name.startswith("pages/")]
    assert names == [f"pages/privacy.consent-{number}.html" for number in (1, 2, 3)]
    first, second, third = (pack.read(name).decode() for name in names)
    assert ("zzyx000" in first, "zzyx019" in first, "zzyx020" in first) == (True, True, False)
    assert ("zzyx020" in second, "zzyx039" in second) == (True, True)
    assert ("zzyx040" in third, "zzyx044" in third) == (True, True)
    for page in (first, second, third):
        assert page.rstrip().endswith("</html>")
        assert page.count("<dl class") == page.count("</dl>")
    main = pack.read("lisez-moi.html").decode()
    assert "zzyx000" not in main
    assert all(f'href="{name}"' in main for name in names)
