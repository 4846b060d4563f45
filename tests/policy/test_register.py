"""The art. 30 register, in four formats."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import date
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from django.core.management import call_command

from clairevoie import policy
from clairevoie.lib.typography import french_spaces
from clairevoie.policy import REGISTER_FORMATS as FORMATS
from clairevoie.policy import Register, register
from clairevoie.policy.art30 import in_words
from tests.promises import promise

TABLES = {"account": ("accounts.Member : <nom> & pseudo",)}


@pytest.fixture
def found() -> Register:
    return register(policy.current(), on=date(2026, 11, 22), tables=TABLES)


@promise("P-005")
def test_each_activity_has_a_complete_sheet(found: Register) -> None:
    optional = {"joint-controllers", "balancing", "transfers", "gaps", "tables", "promises"}

    for sheet in found.activities:
        empty = {entry.code for entry in sheet.entries if not entry.values} - optional
        assert not empty, sheet.code
    assert len(found.activities) >= 14


@promise("P-005", "P-087")
@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("prospect", "3 ans après le dernier contact venant de la personne, puis effacement"),
        ("audience", "25 mois après l’événement mesuré, puis effacement"),
        ("closed-account", "effacement dès la fermeture du compte"),
        ("identity", "jusqu’à la fin de la dernière autre conservation, puis effacement"),
        ("dormant-account", "2 ans après la dernière utilisation de la plateforme, puis masquage"),
        ("draft", "30 jours après l’enregistrement du brouillon, puis effacement"),
    ],
)
def test_a_rule_is_put_in_words(code: str, words: str) -> None:
    rule = policy.current().retention[code]

    assert in_words(rule).startswith(f"{rule.title} : {words}")


def test_json_is_one_document(found: Register) -> None:
    document = json.loads(FORMATS["json"](found))

    assert document["organisation"]["made-on"] == ["22/11/2026"]
    assert [each["code"] for each in document["activities"]] == list(policy.current().activities)


def test_csv_has_a_row_for_each_activity(found: Register) -> None:
    rows = list(csv.DictReader(io.StringIO(FORMATS["csv"](found).decode("utf-8-sig"))))

    assert [row["Activité"] for row in rows] == [sheet.title for sheet in found.activities]
    assert rows[0]["Tables"] == french_spaces(TABLES["account"][0])


def test_markdown_has_a_heading_for_each_activity(found: Register) -> None:
    text = FORMATS["md"](found).decode()

    assert text.count("\n## ") == 1 + len(found.activities)


def test_a_spreadsheet_has_a_tab_for_each_activity(found: Register) -> None:
    with zipfile.ZipFile(io.BytesIO(FORMATS["ods"](found))) as archive:
        first = archive.infolist()[0]
        content = ET.fromstring(archive.read("content.xml"))
        ET.fromstring(archive.read("META-INF/manifest.xml"))
    table = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
    names = [tab.attrib[f"{table}name"] for tab in content.iter(f"{table}table")]

    assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
    assert len(names) == len(set(names)) == 1 + len(found.activities)
    assert all(len(name) <= 31 for name in names)
    assert french_spaces(TABLES["account"][0]) in "".join(content.itertext())


@pytest.mark.parametrize("format_", FORMATS)
def test_the_same_register_is_the_same_file(found: Register, format_: str) -> None:
    again = register(policy.current(), on=date(2026, 11, 22), tables=TABLES)

    assert FORMATS[format_](found) == FORMATS[format_](again)


@promise("P-005")
def test_the_command_adds_the_tables_that_hold_the_data(tmp_path: Path) -> None:
    file = tmp_path / "registre.json"

    call_command("register", "--format=json", f"--output={file}")
    account = json.loads(file.read_bytes())["activities"][0]

    assert any(line.startswith("accounts.Member") for line in account["tables"])


@promise("P-005")
def test_no_table_holds_data_of_an_activity_that_is_only_planned() -> None:
    from clairevoie.privacy.declarations import personal_declarations

    activities = policy.current().activities

    assert not [
        f"{table.label}: {table.activity}"
        for table in personal_declarations()
        if activities[table.activity].planned
    ]
