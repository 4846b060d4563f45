"""Nothing else in the code writes to people: by lint, by reading, whatever the detour."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from clairevoie import policy
from tests.architecture.source import REPOSITORY, SOURCE, dotted, modules, nothing
from tests.promises import promise

BANNED = tuple(
    tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["tool"]["ruff"]["lint"][
        "flake8-tidy-imports"
    ]["banned-api"]
)
DOORS = "src/clairevoie/messaging/doors/"
# Another module that opens a connection → why
EXEMPT = {
    "src/clairevoie/config/supervision.py": "asks its own child, on this machine, if it answers",
}
BY_NAME = ("import_module", "__import__", "import_string", "get_connection")
SENDS = ("send", "send_many", "start_mailing", "send_test")


def ways_out(tree: ast.AST) -> Iterator[str]:
    """Every banned module that a file imports, or names to a function that imports."""
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Call) and dotted(node.func).split(".")[-1] in BY_NAME:
            names = [str(a.value) for a in node.args if isinstance(a, ast.Constant)]
        for name in names:
            if any(name == banned or name.startswith(f"{banned}.") for banned in BANNED):
                yield name


@promise("P-063")
def test_the_doors_alone_lead_out() -> None:
    found = [
        f"{module.name} imports {name}"
        for module in modules()
        if not module.name.startswith(DOORS) and module.name not in EXEMPT
        for name in ways_out(module.tree)
    ]

    nothing(found, mend="call messaging.send, or open a door in messaging/doors")


def test_every_exemption_is_still_one() -> None:
    by_name = {module.name: module for module in modules()}

    for name in EXEMPT:
        assert list(ways_out(by_name[name].tree)), f"{name} no longer needs its exemption"


@pytest.mark.parametrize(
    "line",
    [
        "from django.core.mail import send_mail",
        "from django.core import mail",
        "import smtplib",
        "from smtplib import SMTP",
        "import urllib.request",
        "from urllib import request",
        "import requests",
        "from anymail.message import AnymailMessage",
        "from importlib import import_module\nimport_module('smtplib')",
        "__import__('urllib.request')",
    ],
)
def test_a_module_that_finds_its_own_way_is_caught(line: str) -> None:
    assert list(ways_out(ast.parse(line)))


def test_the_lint_says_it_while_the_code_is_written(tmp_path: Path) -> None:
    folder = tmp_path / "src" / "clairevoie" / "surveys"
    folder.mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text((REPOSITORY / "pyproject.toml").read_text())
    guilty = folder / "shouting.py"
    guilty.write_text(
        '"""Writes to people."""\n\nfrom django.core.mail import send_mail\n\n'
        'send_mail("a", "b", "c@exemple.fr", ["d@exemple.fr"])\n'
    )

    lint = [sys.executable, "-m", "ruff", "check", "--no-cache", "--select", "TID251", str(folder)]
    said = subprocess.run(lint, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert said.returncode == 1
    assert "asks the gate" in said.stdout


# --- What is sent has a category ----------------------------------------------------------------


def _constants(tree: ast.Module) -> dict[str, str]:
    """Names a module gives to texts: ``ASKING = "satisfaction"``."""
    return {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name) and isinstance(node.value.value, str)
    }


def _activities_sent_under(tree: ast.Module) -> Iterator[str]:
    known = _constants(tree)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not dotted(node.func).startswith("messaging."):
            continue
        if dotted(node.func).removeprefix("messaging.") not in SENDS:
            continue
        named = [keyword.value for keyword in node.keywords if keyword.arg == "activity"]
        for argument in [*node.args[2:3], *named]:
            if isinstance(argument, ast.Constant):
                yield str(argument.value)
            elif isinstance(argument, ast.Name) and argument.id in known:
                yield known[argument.id]


@promise("P-015")
def test_whatever_is_sent_has_a_category_in_the_register() -> None:
    activities = policy.current().activities
    sent = [(m.name, code) for m in modules() for code in _activities_sent_under(m.tree)]

    assert len({code for _, code in sent}) >= 3, "the walk finds what is sent"
    nothing(
        [
            f"{name} sends under « {code} »"
            for name, code in sent
            if code not in activities or activities[code].category is None
        ],
        mend="give the activity a category in policy/activities.toml",
    )


def test_every_mail_shows_how_to_stop_it_when_it_can_be() -> None:
    """The frame says it, and no letter takes the frame's words away with its link."""
    for ending in ("html", "txt"):
        frame = (SOURCE / "messaging/templates/messages" / f"base.{ending}").read_text()
        assert "{{ unsubscribe_url }}" in frame
        assert "{% if unsubscribe_url %}" in frame
