"""Files and functions fit in a glance; edges hold no rule; nobody but the edges asks the time."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.architecture.source import REPOSITORY, Module, dotted, modules, nothing

LONGEST_FILE = 500
LONGEST_FUNCTION = 40

# file or file::function → why it may be longer
LONGER = {
    "bench/by_hand.py::_remove": "the SQL somebody would write by hand, in the order it runs",
    "bench/by_hand.py::_write_ledger": "the same",
}

# Where a person, a clock or a network enters: they may ask what time it is.
EDGES = (
    *("/views", "/admin", "/management/commands/", "/forms", "/middleware", "/config/", "/site/"),
    *("/tasks", "/adapter", "/backends", "/sessions", "/second_factor", "/backoffice"),
    "/privacy/console",
)
# A journal says when a line was written, whatever day is being played.
JOURNALS = ("ledger.append", "outbox.queue", "outbox.queue_many", "_note")
MAY_ASK_THE_TIME = {
    "src/clairevoie/lib/calendar.py": "the one module that asks the clock",
    "src/clairevoie/privacy/exporting.py": "a file being written is left alone in real time",
    "src/clairevoie/privacy/retention.py": "an execution is dated by the wall, as the journal is",
}

# file::call → why a write stands in an edge
WRITES_IN_EDGES: dict[str, str] = {}


def _functions(module: Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_files_end_near_five_hundred_lines() -> None:
    long = [
        f"{module.name} ({module.text.count(chr(10))} lines)"
        for folder in ("src/clairevoie", "tests", "bench")
        for module in modules(folder)
        if module.text.count("\n") > LONGEST_FILE and module.name not in LONGER
    ]

    nothing(long, mend="make each a package by noun")


def test_functions_end_near_thirty_lines() -> None:
    long = []
    for folder in ("src/clairevoie", "tests", "bench"):
        for module in modules(folder):
            for function in _functions(module):
                lines = (function.end_lineno or 0) - function.body[0].lineno + 1
                name = f"{module.name}::{function.name}"
                if lines > LONGEST_FUNCTION and name not in LONGER:
                    long.append(f"{name} ({lines} lines)")

    nothing(long, mend="give each part its name")


CLOCKS = ("datetime.now", "datetime.today", "datetime.utcnow", "date.today", "timezone.now")
OUR_CLOCK = ("calendar.now", "calendar.today")


def _calls(module: Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call):
            yield node.lineno, dotted(node.func)


def test_one_module_alone_reads_the_clock() -> None:
    readers = [
        f"{module.name}:{line} {name}"
        for module in modules()
        if module.name not in MAY_ASK_THE_TIME
        for line, name in _calls(module)
        if name.endswith(CLOCKS) and not name.endswith(OUR_CLOCK)
    ]

    nothing(readers, mend="take on= or at=; edges call clairevoie.lib.calendar")


def _dates_of_journals(module: Module) -> set[int]:
    """Lines of ``ledger.append(…, at=calendar.now())``."""
    return {
        keyword.value.lineno
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and dotted(node.func).endswith(JOURNALS)
        for keyword in node.keywords
        if keyword.arg == "at"
    }


def test_only_edges_ask_what_time_it_is() -> None:
    askers = [
        f"{module.name}:{line} {name}"
        for module in modules()
        if module.name not in MAY_ASK_THE_TIME and not any(edge in module.name for edge in EDGES)
        for line, name in _calls(module)
        if name.endswith(OUR_CLOCK) and line not in _dates_of_journals(module)
    ]

    nothing(askers, mend="time is an argument: on= or at=")


WRITES = (
    "create",
    "save",
    "delete",
    "update",
    "bulk_create",
    "bulk_update",
    "get_or_create",
    "update_or_create",
)
DOORS = ("/views", "/admin", "/management/commands/", "/templatetags/", "/urls")


def _is_a_write(name: str) -> bool:
    chain, _, verb = name.rpartition(".")
    if verb not in WRITES:
        return False
    if verb in ("save", "delete"):
        return not chain.endswith(("super()", "session", "cache", "storage", "form"))
    return "objects" in chain or "filter()" in chain or "including_restricted" in chain


def test_edges_write_through_actions_alone() -> None:
    writes = [
        f"{module.name}:{line} {name}"
        for module in modules()
        if any(door in module.name for door in DOORS)
        for line, name in _calls(module)
        if _is_a_write(name) and f"{module.name}::{name}" not in WRITES_IN_EDGES
    ]

    nothing(writes, mend="every write is a function of actions.py")


def test_no_file_is_left_unused() -> None:
    empty = [
        module.name
        for module in modules()
        if not module.text.strip() and module.path.name != "__init__.py"
    ]

    nothing(empty, mend="a file is added only when it has something to say")


def test_every_app_says_what_it_is_for() -> None:
    silent = [
        module.name
        for module in modules()
        if module.path.name == "__init__.py"
        and module.path.parent.parent == REPOSITORY / "src" / "clairevoie"
        and len((ast.get_docstring(module.tree) or "").split()) < 6
    ]

    nothing(silent, mend="one paragraph: what this app is for, and what it never does")


def test_actions_take_named_arguments() -> None:
    """Keyword-only after the subject, so that a call reads as a sentence."""
    positional = [  # messaging.send(subject, template, activity) reads as a sentence itself
        f"{module.name}::{function.name}"
        for module in modules()
        if "/actions" in module.name and module.app != "messaging"
        for function in module.tree.body
        if isinstance(function, ast.FunctionDef)
        and not function.name.startswith("_")
        and len(function.args.args) > 1
    ]

    nothing(positional, mend="write def verb(subject, *, …)")
