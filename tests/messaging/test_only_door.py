"""Nothing else in the platform can write to people."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import clairevoie
from tests.promises import promise

SOURCE = Path(clairevoie.__file__).parent
LEADS_OUT = ("django.core.mail", "smtplib", "anymail")
DOOR = SOURCE / "messaging" / "doors"


def imported(module: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_one_package_alone_can_send_mail() -> None:
    guilty = {
        module.relative_to(SOURCE).as_posix()
        for module in SOURCE.rglob("*.py")
        if DOOR not in module.parents
        and any(name.startswith(LEADS_OUT) for name in imported(module))
    }

    assert guilty == set(), "call messaging.send, which asks the gate"


@promise("P-009")
def test_every_mail_has_two_forms_that_end_with_the_link_to_the_policy() -> None:
    titles = list(SOURCE.glob("*/templates/messages/**/*.subject.txt"))

    for title in titles:
        for ending in (".txt", ".html"):
            form = title.with_name(title.name.removesuffix(".subject.txt") + ending)
            assert form.exists(), f"{form} is missing"
            assert f'extends "messages/base{ending}"' in form.read_text(), form
