"""Every promise that is kept has a test that proves it; every proof names a promise."""

from __future__ import annotations

import ast
from collections import defaultdict
from datetime import date

from clairevoie import policy
from clairevoie.lib.calendar import add_months
from tests.architecture.source import dotted, modules, nothing
from tests.cast import TODAY
from tests.promises import promise


def _proofs() -> dict[str, list[str]]:
    """Promise code → the tests marked with it, read from the source: no test needs to run."""
    proofs: dict[str, list[str]] = defaultdict(list)
    for module in modules("tests"):
        for node in ast.walk(module.tree):
            decorators = getattr(node, "decorator_list", [])
            marks = [*decorators, *_module_marks(node)]
            for mark in marks:
                if isinstance(mark, ast.Call) and dotted(mark.func).split(".")[-1] == "promise":
                    for code in mark.args:
                        place = f"{module.name}::{getattr(node, 'name', '')}"
                        proofs[str(ast.literal_eval(code))].append(place)
    return proofs


def _module_marks(node: ast.AST) -> list[ast.expr]:
    """``pytestmark = promise(…)``, alone or in a list."""
    if isinstance(node, ast.Assign) and dotted(node.targets[0]) == "pytestmark":
        return node.value.elts if isinstance(node.value, ast.List) else [node.value]
    return []


@promise("P-001")
def test_every_promise_that_is_executed_is_proved() -> None:
    proofs = _proofs()
    unproved = [
        f"{code} ({kept.executor}): {kept.sentence[:70]}"
        for code, kept in sorted(policy.current().promises.items())
        if not kept.planned and not proofs.get(code)
    ]

    nothing(unproved, mend="mark the test that proves it: @promise(code)")


@promise("P-001")
def test_every_proof_names_a_promise_that_exists() -> None:
    promises = policy.current().promises
    unknown = [f"{code} in {places}" for code, places in _proofs().items() if code not in promises]

    nothing(unknown, mend="no such promise in policy/promises.toml")


@promise("P-001")
def test_all_one_hundred_and_ten_promises_have_an_owner_and_a_recent_review() -> None:
    promises = policy.current().promises
    stale = [p.code for p in promises.values() if p.last_review < add_months(TODAY, -12)]

    assert list(promises) == [f"P-{number:03d}" for number in range(1, 111)]
    assert all(promise.owner for promise in promises.values())
    nothing(stale, mend="review these promises")
    assert all(promise.last_review <= date(2026, 12, 31) for promise in promises.values())
