"""The policy that is shipped: Smart Solutions' own."""

from __future__ import annotations

import ast
import re
from datetime import date
from pathlib import Path

import pytest

from clairevoie import policy
from clairevoie.lib.calendar import last_lawful_day
from clairevoie.policy import Clock, Ending
from clairevoie.policy.quotations import CUT
from tests.promises import promise

SOURCE = Path(policy.__file__).parents[1]
PUBLISHED = "cb9f50f590cd46164f3c62efb7ff22dbff850542e335adf7bbcd97a7044f26d1"


@promise("P-007", "P-110")
def test_version_one_is_the_text_of_15_april_2024() -> None:
    version = policy.current().version_in_force(date(2026, 11, 22))

    assert (version.number, version.effective_on) == (1, date(2024, 4, 15))
    assert version.sha256 == PUBLISHED
    assert "Version n°1 du 15/04/2024" in version.text


def test_no_version_was_in_force_before_the_first() -> None:
    with pytest.raises(LookupError):
        policy.current().version_in_force(date(2024, 4, 14))


@promise("P-001")
def test_all_promises_are_there_in_the_words_of_the_notice() -> None:
    current = policy.current()
    notice = current.versions[0].text

    assert list(current.promises) == [f"P-{number:03}" for number in range(1, 111)]
    for each in current.promises.values():
        assert all(piece in notice for piece in each.sentence.split(CUT)), each.code


def test_a_promise_stands_under_its_heading() -> None:
    notice = policy.current().versions[0].text.splitlines()
    headings = {"Préambule", "Mentions", *(line[3:] for line in notice if line.startswith("## "))}

    assert {each.section for each in policy.current().promises.values()} <= headings


@promise("P-001")
def test_what_is_planned_only_gets_less() -> None:
    planned = [each.code for each in policy.current().promises.values() if each.planned]

    assert len(planned) <= 28


# Rules run by code of their own, tests prove what needs no execution, pages show themselves.
_SHOWN_OR_PROVED = ("retention.", "test:", "site.")


def test_every_executor_that_is_named_exists_in_the_code() -> None:
    named = {each.executor for each in policy.current().promises.values() if each.executor}
    actions = {name for name in named if not name.startswith(_SHOWN_OR_PROVED)}
    written = {text for path in SOURCE.rglob("*.py") for text in _texts(path)}

    assert actions - written == set()


def _texts(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


@promise("P-005")
def test_every_kind_of_person_is_in_the_register() -> None:
    kinds = {kind for each in policy.current().activities.values() for kind in each.subjects}

    assert kinds >= {
        "visiteurs",
        "abonnés à la lettre",
        "prospects",
        "candidats",
        "membres",
        "membres suspendus",
        "clients et payeurs",
        "correspondants du support",
        "répondants aux enquêtes",
    }


@promise("P-021", "P-088", "P-090", "P-091", "P-092", "P-093")
@pytest.mark.parametrize(
    ("code", "clock", "last_day"),
    [
        ("account", date(2024, 2, 29), date(2029, 2, 28)),
        ("account", date(2021, 11, 21), date(2026, 11, 21)),
        ("suspended-account", date(2028, 2, 29), date(2030, 2, 28)),
        ("suspension", date(2025, 6, 10), date(2027, 6, 10)),
        ("prospect", date(2024, 2, 29), date(2027, 2, 28)),
        ("invoice", date(2026, 12, 31), date(2036, 12, 31)),
        ("certificate", date(2024, 2, 29), date(2074, 2, 28)),
        ("audience", date(2026, 11, 22), date(2028, 12, 22)),
        ("security-log", date(2025, 11, 21), date(2026, 11, 21)),
    ],
)
def test_each_rule_ends_on_the_day_of_the_specification(
    code: str, clock: date, last_day: date
) -> None:
    duration = policy.current().retention[code].duration

    assert duration is not None
    assert last_lawful_day(clock, duration) == last_day


@promise("P-088", "P-089", "P-090")
def test_three_rules_end_the_account_and_one_only_hides_it() -> None:
    rules = policy.current().rules_ending("account")

    assert {rule.code: (rule.clock, rule.then) for rule in rules} == {
        "account": (Clock.LAST_USE, Ending.ERASE),
        "suspended-account": (Clock.SUSPENSION, Ending.ERASE),
        "closed-account": (Clock.CLOSURE, Ending.ERASE),
        "dormant-account": (Clock.LAST_USE, Ending.DORMANT),
    }


@promise("P-015")
def test_information_can_be_muted_and_service_messages_cannot() -> None:
    activities = policy.current().activities

    assert activities["information"].mutable
    assert not activities["service-notices"].mutable
    assert not activities["security"].mutable


@promise("P-064")
def test_nobody_pays_for_data() -> None:
    recipients = policy.current().recipients.values()

    assert {each.remuneration for each in recipients} == {"none"}


def test_the_package_needs_nothing_but_the_standard_library() -> None:
    names = {
        (node.module or "") if isinstance(node, ast.ImportFrom) else alias.name
        for path in (SOURCE / "policy").glob("*.py")
        if path.name != "apps.py"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }

    assert not {
        name for name in names if re.match(r"django|rich|clairevoie\.(?!lib|policy)", name)
    }


def test_the_digest_covers_every_file(folder: Path) -> None:
    before = policy.load(folder).digest

    with (folder / "trackers.toml").open("a", encoding="utf-8") as file:
        file.write("# a comment\n")

    assert policy.load(folder).digest != before
