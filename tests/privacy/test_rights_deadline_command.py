"""``clairevoie rights deadline`` answers in dates, and refuses what is no date."""

from __future__ import annotations

import json

import pytest
from django.core.management import execute_from_command_line

from tests.promises import promise


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, str]:
    execute_from_command_line(["clairevoie", "rights", "deadline", *arguments, "--json"])
    days: dict[str, str] = json.loads(capsys.readouterr().out)
    return days


@promise("P-107")
def test_a_deadline_is_one_json_document(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "--received", "2026-03-05") == {
        "raw": "2026-04-05",
        "legal_due": "2026-04-07",
        "internal_due": "2026-04-03",
    }


def test_an_extension_and_pauses_are_counted(capsys: pytest.CaptureFixture[str]) -> None:
    extended = run(capsys, "--received", "2028-01-31", "--extended")
    paused = run(
        capsys,
        *("--received", "2026-03-05"),
        *("--pause", "2026-03-10:2026-03-18", "--pause", "2026-03-15:2026-03-20"),
    )

    assert extended["legal_due"] == "2028-05-02"
    assert paused["legal_due"] == "2026-04-15"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--received", "2026-02-30"], "« 2026-02-30 » n’est pas une date"),
        (["--received", "demain"], "« demain » n’est pas une date"),
        (["--received", "2026-03-05", "--pause", "x"], "« x » n’est pas une suspension"),
        ([], "--received"),
    ],
)
def test_an_impossible_date_is_refused_with_a_sentence(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stop:
        execute_from_command_line(["clairevoie", "rights", "deadline", *arguments])

    assert stop.value.code == 2
    assert sentence in capsys.readouterr().err.replace("\u00a0", " ")
