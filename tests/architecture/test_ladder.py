"""Imports go down the ladder, and through the doors."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

import grimp

from clairevoie import privacy
from tests.architecture.source import REPOSITORY, SOURCE, nothing

# What stands open in an app for the apps above it.
OPEN_IN_DOMAIN_APPS = ("models", "actions")
OPEN_IN_ENGINE = {
    "consent": ("models", "guardians", "receipts"),
    "messaging": ("models",),
    # What commands print or publish: documents nobody needs at each start.
    "policy": ("publication", "report", "register", "register_formats"),
    # Models at import time, when the door's lazy names cannot resolve; the door's own modules;
    # what the back offices, and the commands, of all apps have in common.
    "privacy": ("models", *privacy._MODULES, "backoffice", "console"),
}
# config is the only place that knows every app (architecture.md, section 2).
ABOVE_ALL = "config"

EXEMPT: dict[tuple[str, str], str] = {}


@cache
def _graph() -> grimp.ImportGraph:
    return grimp.build_graph("clairevoie", cache_dir=None)


def test_the_ladder_holds_and_every_app_stands_on_it() -> None:
    # A process of its own: it sets up logging for itself, and would silence all our loggers.
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout


def test_every_app_has_a_rung_with_a_sentence() -> None:
    text = (REPOSITORY / "pyproject.toml").read_text()
    rungs = tomllib.loads(text)["tool"]["importlinter"]["contracts"][0]["layers"]
    folders = {path.parent.name for path in SOURCE.glob("*/__init__.py")}

    assert {app for rung in rungs for app in rung.split(" | ")} == folders
    for rung in rungs:  # siblings share a line, with a sentence each
        line = next(line for line in text.splitlines() if line.strip().startswith(f'"{rung}",'))
        sentences = [words for words in line.partition("#")[2].split(";") if words.strip()]
        assert len(sentences) >= len(rung.split(" | ")), f"{rung}: a sentence for each"
        assert all(len(words.split()) >= 3 for words in sentences), f"{rung} has no sentence"


def _is_through_a_door(importer: str, imported: str) -> bool:
    from_app, to = importer.split(".")[1], imported.split(".")[1:]
    if from_app == "__main__":
        return True
    if not to or from_app in (to[0], ABOVE_ALL) or to[0] == "lib":
        return True
    inside = to[1] if len(to) > 1 else None
    if to[0] in OPEN_IN_ENGINE:
        return inside is None or inside in OPEN_IN_ENGINE[to[0]]
    return inside in OPEN_IN_DOMAIN_APPS


def test_other_apps_are_entered_by_their_doors_only() -> None:
    graph = _graph()
    trespassing = [
        f"{importer} imports {imported}"
        for importer in sorted(graph.modules)
        if "." in importer
        for imported in sorted(graph.find_modules_directly_imported_by(importer))
        if not _is_through_a_door(importer, imported) and (importer, imported) not in EXEMPT
    ]

    nothing(trespassing, mend="import models and actions of apps, and engines by their package")


def test_the_policy_reader_needs_the_standard_library_alone() -> None:
    graph = grimp.build_graph("clairevoie", include_external_packages=True, cache_dir=None)
    outside = {
        f"{module} imports {imported}"
        for module in graph.modules
        if module.startswith(("clairevoie.policy", "clairevoie.lib.duration"))
        and not module.endswith(".apps")
        and ".management" not in module
        for imported in graph.find_modules_directly_imported_by(module)
        if graph.is_module_squashed(imported) and imported not in _standard_library()
    }

    nothing(sorted(outside), mend="the standard library only")


def _standard_library() -> frozenset[str]:
    return frozenset(sys.stdlib_module_names) | {"__future__"}


def test_our_apps_send_each_other_no_signals() -> None:
    for path in SOURCE.rglob("*.py"):
        text = path.read_text()
        assert "Signal(" not in text, f"{path}: the higher app calls, nobody listens"
